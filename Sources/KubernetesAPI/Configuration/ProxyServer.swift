internal import Kubernetes

/// A proxy between here and an API server.
package struct ProxyServer: Sendable, Equatable {
  /// How the proxy is spoken to.
  package enum Scheme: String, Sendable {
    /// HTTP `CONNECT`.
    case http
    case socks5
  }

  package let scheme: Scheme
  /// A name or an address, IPv6 without brackets.
  package let host: String
  package let port: UInt16
  /// `user:password`, percent signs decoded.
  package let credentials: Secret<String>?
  /// As it was written, for plugins.
  let url: Secret<String>

  init(_ text: String) throws(URLProblem) {
    let parts = try URLParts(text)
    guard let scheme = Scheme(rawValue: parts.scheme) else {
      throw parts.scheme == "https"
        ? URLProblem(
          "is a proxy that is spoken to over TLS, which Merlon cannot do", fix: "use its http:// port")
        : URLProblem("has the scheme `\(parts.scheme)`", fix: "write http:// or socks5://")
    }
    self.scheme = scheme
    host = parts.host
    port = parts.port ?? (scheme == .http ? 80 : 1080)
    credentials = try parts.userInfo.map { (secret) throws(URLProblem) in
      guard let decoded = secret.revealed.percentDecoded else {
        throw URLProblem(
          "has a user name or password with a `%` that is not followed by two hexadecimal digits")
      }
      return Secret(decoded)
    }
    url = Secret(text)
  }
}

extension ProxyServer {
  /// The proxy that `HTTPS_PROXY` and `NO_PROXY` name for a server; nil for none. Names in lower case count where the
  /// others are not set. Nothing stands between here and this machine itself.
  ///
  /// - Throws: what is wrong with the variable.
  package static func named(by environment: EnvironmentVariables, for server: ServerURL) throws(AccessError)
    -> ProxyServer?
  {
    guard server.scheme == .https,
      let (variable, text) = environment.first(of: ["HTTPS_PROXY", "https_proxy"]),
      let parts = try? URLParts(server.text), !parts.isLoopback
    else { return nil }
    let exceptions = environment.first(of: ["NO_PROXY", "no_proxy"])?.value ?? ""
    if exceptions.split(separator: ",").contains(where: { covers($0, server) }) { return nil }
    do throws(URLProblem) {
      return try ProxyServer(text.hasPart("://") ? text : "http://" + text)
    } catch {
      throw AccessError(
        Diagnostic(
          .invalidValue, .error, "the environment variable `\(variable)` \(error.message)", at: nil,
          fix: error.fix))
    }
  }

  /// Whether an element of `NO_PROXY` is about a server: `*`, an address, a block, a name with all names under it, or
  /// `.name` for those alone; each may have a port.
  private static func covers(_ element: Substring, _ server: ServerURL) -> Bool {
    var text = String(Array(element.utf8)[...].trimmingBlanks.map { Character(UnicodeScalar($0)) })
      .lowercased()
    if text == "*" { return true }
    let address = IPAddress(server.host)
    if let block = ParsedCIDR(text) { return address.map { block.cidr.contains($0) } ?? false }
    if let exact = IPAddress(text) { return exact == address }
    if let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
      if port != server.port { return false }
      text = String(text[..<colon])
    }
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    if let exact = IPAddress(text) { return exact == address }
    if text.hasPrefix("*.") { text.removeFirst() }
    if text.isEmpty || text == "." { return false }
    return text.hasPrefix(".")
      ? server.host.hasSuffix(text) : server.host == text || server.host.hasSuffix("." + text)
  }
}
