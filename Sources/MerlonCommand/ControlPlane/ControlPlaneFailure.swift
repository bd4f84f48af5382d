internal import Kubernetes
internal import KubernetesAPI

/// Why a control plane did not do what it was asked, and how the command ends for that.
struct ControlPlaneFailure: Error {
  let problems: [Diagnostic]
  let status: ExitStatus
  /// The HTTP status of a refusal.
  let code: Int?

  init(_ problems: [Diagnostic], _ status: ExitStatus, code: Int? = nil) {
    self.problems = problems
    self.status = status
    self.code = code
  }
}

extension ControlPlaneFailure {
  /// No answer came.
  init(_ error: APIError, at server: ServerURL) {
    if case .credentials(let error) = error {
      self.init(error.problems, .usage)
      return
    }
    let problem = Diagnostic(
      .unreadable, .error, "the control plane \(server) cannot be reached: \(error)", at: nil,
      fix: error.fixForControlPlane)
    self.init([problem], .unreadableInput)
  }

  /// Something came that no control plane says.
  init(unreadable problem: String, at server: ServerURL) {
    self.init(
      [
        Diagnostic(
          .unreadable, .error, "\(server) does not answer as a control plane: \(problem)", at: nil,
          fix: "look at the URL of --server")
      ], .unreadableInput)
  }

  /// The server refused (RFC 9457). The problems of a document come with their places in the file that it is from.
  init(refusal answer: APIAnswer, at server: ServerURL, place: (String) -> SourceLocation?) {
    guard let body = try? Document.json(answer.body, file: SourceFile(path: "answer")).root,
      let detail = body["detail"]?.text
    else {
      self.init(unreadable: "HTTP \(answer.status)", at: server)
      return
    }
    let found = (body["problems"]?.elements ?? []).map { Diagnostic($0, place: place) }
    let own = Diagnostic(
      .refused, .error, detail, at: nil, fix: body["fix"]?.text ?? Self.fix(for: answer.status))
    // What is wrong with a document says more than that something is.
    self.init(found.isEmpty ? [own] : found, Self.exitStatus(for: answer.status), code: answer.status)
  }

  private static func exitStatus(for code: Int) -> ExitStatus {
    switch code {
    // What was sent is wrong, or does not fit what is there.
    case 400, 409, 412, 413, 422, 428: .findings
    // Who asks may not, or asks for something that is not there.
    case 401, 403, 404, 405: .usage
    default: .unreadableInput
    }
  }

  private static func fix(for code: Int) -> String? {
    switch code {
    case 401: "name the file of a token that counts with --token-file; `merlon token create` makes one"
    case 403: "use a token of the role admin; `merlon token create --role admin` makes one"
    case 412: "look at what counts now with `merlon get`, and try again with that"
    case 429: "wait a moment"
    default: nil
    }
  }
}

extension APIError {
  fileprivate var fixForControlPlane: String? {
    guard case .transport(let error) = self else { return nil }
    return switch error.reason {
    case .certificate: "--certificate-authority must be the one that signed the server's certificate"
    case .connect: "look at the URL of --server, and whether `merlon serve` runs there"
    case .tls, .timeout, .closed, .tooLarge: nil
    }
  }
}

extension Diagnostic {
  /// A problem as the API has it.
  ///
  /// - Parameter place: where a position of the server is; one that is nowhere here stays a part of the message.
  init(_ node: Node, place: (String) -> SourceLocation?) {
    func text(_ node: Node?) -> String? { node.flatMap { $0.text.isEmpty ? nil : $0.text } }
    let position = text(node["location"])
    let location = position.flatMap(place)
    let message = node["message"]?.text ?? ""
    self.init(
      Code(rawValue: text(node["code"]) ?? Code.refused.rawValue),
      text(node["severity"]).flatMap { Severity(rawValue: $0) } ?? .error,
      location == nil ? [position, message].compactMap(\.self).joined(separator: ": ") : message,
      at: location,
      fix: text(node["fix"]))
  }
}

extension Diagnostic.Code {
  /// A server did not do what it was asked.
  static let refused = Self(rawValue: "refused")
}
