package import Kubernetes

/// Who a client is to an API server, as configured: what ``CredentialSource`` makes the current credential of.
package struct Credential: Sendable {
  /// Shown in the TLS handshake, beside whatever ``identity`` says.
  package var certificate: ClientCertificateOrigin?
  package var identity = Identity.none

  /// What the header `Authorization` of requests says.
  package enum Identity: Sendable {
    case none
    case token(Secret<String>)
    case tokenFile(TokenFile)
    case basic(user: String, password: Secret<String>)
    case exec(ExecPlugin)
  }

  package init() {}
}

/// A file that has a token, and gets another one from time to time.
package struct TokenFile: Sendable {
  package let path: String
  /// Where the path is written; nil for one that nobody wrote.
  package let location: SourceLocation?
  /// The token until the file has one.
  package let fallback: Secret<String>?

  package init(path: String, location: SourceLocation? = nil, fallback: Secret<String>? = nil) {
    self.path = path
    self.location = location
    self.fallback = fallback
  }
}

/// A certificate with its key.
package struct ClientCertificate: Sendable, Equatable {
  /// The client's own first.
  package let chain: Certificates
  package let key: PrivateKey
}

/// Where a client's certificate and key come from.
package struct ClientCertificateOrigin: Sendable {
  /// The text of one of the two.
  enum Text: Sendable {
    case written(Secret<[UInt8]>, at: SourceLocation)
    case file(String, at: SourceLocation)
  }

  let chain: Text
  let key: Text

  /// Whether it may become another one without a change of the configuration.
  var isInFiles: Bool {
    if case .written = chain, case .written = key { false } else { true }
  }

  /// Reads what is there now.
  ///
  /// - Throws: everything that is wrong with either.
  func read() throws(AccessError) -> ClientCertificate {
    var problems: [Diagnostic] = []
    let chain = Self.read(self.chain, "client-certificate", &problems) { (pem) throws(PEMProblem) in
      try Certificates(pem: pem)
    }
    let key = Self.read(self.key, "client-key", &problems) { (pem) throws(PEMProblem) in
      try PrivateKey(pem: pem)
    }
    guard let chain, let key else { throw AccessError(problems) }
    return ClientCertificate(chain: chain, key: key)
  }

  private static func read<Value>(
    _ text: Text, _ field: String, _ problems: inout [Diagnostic],
    _ parse: ([UInt8]) throws(PEMProblem) -> Value
  ) -> Value? {
    switch text {
    case .written(let pem, let location):
      PEMText.parse(pem.revealed, "`\(field)-data`", location, &problems, parse)
    case .file(let path, let location):
      PEMText.parse(contentsOf: path, field, location, &problems, parse)
    }
  }
}

/// Reading of PEM texts that a field has or names.
enum PEMText {
  /// - Parameter name: the field or the file, as messages call it.
  static func parse<Value>(
    _ pem: [UInt8], _ name: String, _ location: SourceLocation, _ problems: inout [Diagnostic],
    _ parse: ([UInt8]) throws(PEMProblem) -> Value
  ) -> Value? {
    do throws(PEMProblem) {
      return try parse(pem)
    } catch {
      problems.append(Diagnostic(.invalidValue, .error, "\(name) \(error.message)", at: location))
      return nil
    }
  }

  /// - Parameter field: the field that names the file.
  static func parse<Value>(
    contentsOf path: String, _ field: String, _ location: SourceLocation, _ problems: inout [Diagnostic],
    _ parse: ([UInt8]) throws(PEMProblem) -> Value
  ) -> Value? {
    do throws(UnreadableInput) {
      let text = try ManifestText(contentsOf: path, requiresUTF8: false)
      return Self.parse(text.bytes, "\(path), the `\(field)`,", location, &problems, parse)
    } catch {
      problems.append(Diagnostic(.unreadable, .error, "`\(field)`: \(error.problem.message)", at: location))
      return nil
    }
  }
}

extension Credential {
  /// What keeps a token from being sent in a header; nil for a good one. Says nothing of what is in it.
  package static func tokenProblem(_ token: String) -> String? {
    if token.isEmpty { return "is empty" }
    let isPrintable = token.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    return isPrintable ? nil : "has line breaks or other characters that a header cannot have"
  }
}
