internal import Kubernetes

/// Where an API server answers: `https://10.0.0.1:6443/k8s/clusters/c-1`.
package struct ServerURL: Sendable, Equatable {
  /// How it is spoken to.
  package enum Scheme: String, Sendable {
    case https
    /// Without encryption, which is for this machine alone.
    case http
  }

  package let scheme: Scheme
  /// A name or an address, IPv6 without brackets.
  package let host: String
  package let port: UInt16
  /// What all paths of requests start with, empty or `/k8s/clusters/c-1` without a slash at the end.
  package let pathPrefix: String
  /// As it was written, without a query.
  package let text: String

  /// Reads a URL; its query and fragment are dropped, as by kubectl.
  init(_ text: String) throws(URLProblem) {
    let parts: URLParts
    do throws(URLProblem) {
      parts = try URLParts(text)
    } catch {
      let isBare = !text.hasPart("://") && (try? URLParts("https://" + text)) != nil
      throw isBare ? URLProblem("has no scheme", fix: "write https://\(text)") : error
    }
    guard let scheme = Scheme(rawValue: parts.scheme) else {
      throw URLProblem("has the scheme `\(parts.scheme)`", fix: "write https://")
    }
    if parts.userInfo != nil {
      throw URLProblem("has a user name or a password in it", fix: "remove what stands before the `@`")
    }
    if scheme == .http, !parts.isLoopback {
      throw URLProblem(
        "is plain http to another machine than this, where everybody on the way can read and change what is sent",
        fix: "write https://")
    }
    self.scheme = scheme
    host = parts.host
    port = parts.port ?? (scheme == .https ? 443 : 80)
    pathPrefix = parts.path
    self.text = parts.text
  }

  /// `10.0.0.1:6443`, `[fd00::1]:6443`.
  package var authority: String { (host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host) + ":\(port)" }
}

extension ServerURL: CustomStringConvertible {
  package var description: String { text }
}

/// What is wrong with a URL, for after its field's name: `has no host`. Never with what may be a password.
struct URLProblem: Error, Equatable {
  let message: String
  let fix: String?

  init(_ message: String, fix: String? = nil) {
    self.message = message
    self.fix = fix
  }
}

/// The parts of a URL with an authority.
struct URLParts {
  /// In lower case.
  let scheme: String
  /// What stands before the `@`.
  let userInfo: Secret<String>?
  /// In lower case, IPv6 without brackets.
  let host: String
  let port: UInt16?
  /// Without slashes at the end.
  let path: String
  /// The whole without query and fragment.
  let text: String

  init(_ text: String) throws(URLProblem) {
    if !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      throw URLProblem("has blanks or other characters that no URL has")
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), colon > text.startIndex
    else {
      throw URLProblem("is no URL", fix: "write it as https://host:port")
    }
    scheme = text[..<colon].lowercased()
    let whole = text.prefix { $0 != "?" && $0 != "#" }
    let rest = whole.dropFirst(text.distance(from: text.startIndex, to: colon) + 3)
    var authority = rest.prefix { $0 != "/" }
    path = String(rest[authority.endIndex...].trimmingSlashes)
    self.text = String(whole)
    if let at = authority.lastIndex(of: "@") {
      userInfo = Secret(String(authority[..<at]))
      authority = authority[authority.index(after: at)...]
    } else {
      userInfo = nil
    }
    let (host, port) = try Self.hostAndPort(authority)
    self.host = host
    self.port = port
  }

  private static func hostAndPort(_ text: Substring) throws(URLProblem) -> (String, UInt16?) {
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw URLProblem("has a `[` without a `]`") }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard host.contains(":"), IPAddress(String(host)) != nil else {
        throw URLProblem("has something else than an IPv6 address in brackets")
      }
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
      if rest.dropFirst().contains(":") {
        throw URLProblem("has an IPv6 address without brackets", fix: "write https://[address]:port")
      }
      if host.isEmpty { throw URLProblem("has no host") }
      guard host.utf8.allSatisfy(isNameByte) else {
        throw URLProblem("has a host that is no name or address")
      }
    }
    if rest.isEmpty || rest == ":" { return (host.lowercased(), nil) }
    guard rest.hasPrefix(":"), rest.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(rest.dropFirst()), port > 0
    else { throw URLProblem("has a port that is not 1 to 65535") }
    return (host.lowercased(), port)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  /// Whether the host is this machine by name or address, without asking a resolver.
  var isLoopback: Bool {
    guard let address = IPAddress(host) else { return host == "localhost" }
    return address.bits == 1 && address.family == .ipv6
      || address.bits >> 24 == 127 && address.family == .ipv4
  }
}

extension Substring {
  fileprivate var trimmingSlashes: Substring {
    var text = self
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }
}
