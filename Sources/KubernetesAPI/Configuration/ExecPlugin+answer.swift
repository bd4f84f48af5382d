internal import Kubernetes

extension ExecPlugin {
  /// What is wrong with an answer, for after the plugin's name. Never with anything of the answer itself.
  struct UnusableAnswer: Error {
    let message: String

    init(_ message: String) {
      self.message = message
    }
  }
}

extension ExecPlugin.Answer {
  /// Reads an `ExecCredential`, in JSON or YAML.
  ///
  /// - Parameter version: the version that was asked for, and must answer.
  init(_ output: [UInt8], version: ExecPlugin.Version) throws(ExecPlugin.UnusableAnswer) {
    let text = SettingsText(ManifestText(path: "", bytes: output))
    guard text.problems.isEmpty, let root = text.root, root.content == .mapping else {
      let place = text.problems.first?.location.map { " (line \($0.line), column \($0.column))" } ?? ""
      throw ExecPlugin.UnusableAnswer(
        output.isEmpty ? "printed nothing" : "printed something else than an `ExecCredential`\(place)")
    }
    try Self.check(root, version)
    guard let status = root["status"], status.content == .mapping else {
      throw ExecPlugin.UnusableAnswer("answered without `status`")
    }
    let token = try Self.text(status, "token")
    if let token, let problem = Credential.tokenProblem(token) {
      throw ExecPlugin.UnusableAnswer("answered with a `status.token` that \(problem)")
    }
    self.token = token.map { Secret($0) }
    certificate = try Self.certificate(status)
    if token == nil, certificate == nil {
      throw ExecPlugin.UnusableAnswer("answered with neither a token nor a certificate")
    }
    expiration = try Self.text(status, "expirationTimestamp").map {
      (text) throws(ExecPlugin.UnusableAnswer) in
      guard let time = Timestamp(text) else {
        throw ExecPlugin.UnusableAnswer(
          "answered with a `status.expirationTimestamp` that is no time such as 2026-01-31T12:00:00Z")
      }
      return time
    }
  }

  private static func check(_ root: Node, _ version: ExecPlugin.Version)
    throws(ExecPlugin.UnusableAnswer)
  {
    if let kind = try text(root, "kind"), kind != "ExecCredential" {
      throw ExecPlugin.UnusableAnswer("answered with another `kind` than `ExecCredential`")
    }
    let answered = try text(root, "apiVersion")
    if answered != version.rawValue {
      // What is no version that anybody knows is not repeated.
      let known = ExecPlugin.Version(rawValue: answered ?? "").map { ", but with \($0.rawValue)" } ?? ""
      throw ExecPlugin.UnusableAnswer("did not answer with the `apiVersion` \(version.rawValue)\(known)")
    }
  }

  private static func certificate(_ status: Node) throws(ExecPlugin.UnusableAnswer) -> ClientCertificate? {
    let chain = try text(status, "clientCertificateData")
    let key = try text(status, "clientKeyData")
    guard let chain, let key else {
      if chain == nil, key == nil { return nil }
      throw ExecPlugin.UnusableAnswer("answered with one of `clientCertificateData` and `clientKeyData` only")
    }
    do throws(PEMProblem) {
      return ClientCertificate(
        chain: try Certificates(pem: Array(chain.utf8)), key: try PrivateKey(pem: Array(key.utf8)))
    } catch {
      throw ExecPlugin.UnusableAnswer("answered with a certificate or key that \(error.message)")
    }
  }

  /// A text; nil for none, and for an empty one.
  private static func text(_ node: Node, _ name: StaticString) throws(ExecPlugin.UnusableAnswer) -> String? {
    guard let value = node[name], !value.isNull else { return nil }
    guard value.content == .scalar, case .string = value.scalar else {
      throw ExecPlugin.UnusableAnswer("answered with a `\(name)` that is no string")
    }
    return value.text.isEmpty ? nil : value.text
  }
}
