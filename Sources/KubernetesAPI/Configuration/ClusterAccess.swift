package import Kubernetes

/// All that a client must know to reach one API server.
package struct ClusterAccess: Sendable {
  /// What it is called in messages: the context's name, `in-cluster`, or the server's URL.
  package var name: String
  package var server: ServerURL
  package var trust: ServerTrust
  /// The name that the server's certificate must be for, when it is another than the server's host.
  package var tlsServerName: String?
  package var proxy: ProxyServer?
  /// Whether answers may be compressed.
  package var allowsCompression = true
  package var credential = Credential()
  package var impersonation: Impersonation?
  /// The namespace that is meant where none is named.
  package var namespace = "default"

  init(name: String, server: ServerURL, trust: ServerTrust) {
    self.name = name
    self.server = server
    self.trust = trust
  }
}

/// Who may sign the certificate of an API server.
package enum ServerTrust: Sendable, Equatable {
  /// The authorities that this machine trusts.
  case system
  /// These authorities and no others.
  case authorities(Certificates)
  /// Everybody: the server is not asked who it is (`insecure-skip-tls-verify`).
  case anyone
}

/// Whom a client pretends to be, for requests that its own identity may make in the name of others.
package struct Impersonation: Sendable, Equatable {
  package var user: String
  package var uid: String?
  package var groups: [String] = []
  /// Values by key, in the order of the file.
  package var extra: [(key: String, values: [String])] = []

  init(user: String) {
    self.user = user
  }

  /// The headers that say so, in an order that does not change.
  package var headers: [(name: String, value: String)] {
    [("Impersonate-User", user)] + (uid.map { [("Impersonate-Uid", $0)] } ?? [])
      + groups.map { ("Impersonate-Group", $0) }
      + extra.flatMap { key, values in
        values.map { ("Impersonate-Extra-" + Self.escaped(key), $0) }
      }
  }

  /// A key as a part of a header's name: bytes that it cannot have, and `%`, as `%2F`.
  private static func escaped(_ key: String) -> String {
    key.utf8.reduce(into: "") { text, byte in
      let character = Character(UnicodeScalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "!#$&'*+-.^_`|~".contains(character) {
        text.append(character)
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  package static func == (left: Impersonation, right: Impersonation) -> Bool {
    left.headers.elementsEqual(right.headers, by: ==)
  }
}

extension ClusterAccess {
  /// A server that is named by its URL.
  ///
  /// - Parameters:
  ///   - authority: the PEM text of the only authorities that are trusted; nil for those of this machine.
  ///   - token: what to authenticate with. It is sent to a server of this machine over plain http too.
  /// - Throws: everything that is wrong with them.
  package init(
    server: String, authority: ManifestText?, token: Secret<String>?,
    environment: EnvironmentVariables = .process
  ) throws(AccessError) {
    var problems: [Diagnostic] = []
    var url: ServerURL?
    do throws(URLProblem) {
      url = try ServerURL(server)
    } catch {
      problems.append(
        Diagnostic(.invalidValue, .error, "the server's URL \(error.message)", at: nil, fix: error.fix))
    }
    var trust = ServerTrust.system
    if let authority {
      do throws(PEMProblem) {
        trust = .authorities(try Certificates(pem: authority.bytes))
      } catch {
        problems.append(
          Diagnostic(.invalidValue, .error, "\(authority.file.path) \(error.message)", at: nil))
      }
    }
    if let token, let problem = Credential.tokenProblem(token.revealed) {
      problems.append(Diagnostic(.invalidValue, .error, "the token \(problem)", at: nil))
    }
    try problems.throwIfAny()
    guard let url else { throw AccessError(problems) }
    self.init(name: url.text, server: url, trust: trust)
    if let token { credential.identity = .token(token) }
    proxy = try ProxyServer.named(by: environment, for: url)
  }
}
