internal import Kubernetes

/// Why an API server's answer is not there.
package enum APIError: Error, Sendable, CustomStringConvertible {
  /// No answer came, or not all of it.
  case transport(TransportError)
  /// There is nothing to show who asks.
  case credentials(AccessError)
  /// The server refused.
  case refused(APIStatus)
  /// What came is not what the API promises.
  case unreadable(String)

  package var description: String {
    switch self {
    case .transport(let error): error.description
    case .credentials(let error): error.problems.map(\.message).joined(separator: "; ")
    case .refused(let status): status.description
    case .unreadable(let problem): problem
    }
  }

  /// The task ended before the answer was there.
  static let cancelled = APIError.transport(TransportError(.closed, "cancelled"))

  /// Whether the server says that this is not allowed.
  var isForbidden: Bool { refusal == 403 }

  /// Whether a list cannot be continued, because the server has forgotten the state it was of.
  var isExpired: Bool { refusal == 410 }

  /// Seconds to wait before asking again, when the server says it.
  var retryAfter: Int? { if case .refused(let status) = self { status.retryAfter } else { nil } }

  /// The HTTP status of a refusal.
  private var refusal: Int? { if case .refused(let status) = self { status.code } else { nil } }
}

/// A refusal: `v1 Status`.
package struct APIStatus: Sendable, Hashable, CustomStringConvertible {
  /// The HTTP status.
  package let code: Int
  /// `Forbidden`, `Expired`; empty when the answer is no Status.
  package let reason: String
  package let message: String
  /// Seconds to wait before asking again, when the server says it.
  package let retryAfter: Int?

  package init(code: Int, reason: String, message: String, retryAfter: Int? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The same with other texts in place of secrets.
  func without(secrets: [String]) -> APIStatus {
    func replaced(_ text: String) -> String {
      // The longest first: a header holds its token.
      secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
        .reduce(text) { $0.replacing($1, with: "<secret>") }
    }
    return APIStatus(code: code, reason: replaced(reason), message: replaced(message), retryAfter: retryAfter)
  }

  /// A text of a server as a part of one line: without control characters, and not endless.
  private static func line(_ text: String?) -> String {
    let line = String(
      (text ?? "").map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0 }
    )
    return line.count > 400 ? line.prefix(400) + "…" : line
  }

  /// Reads an error's body, which a proxy on the way may have written.
  init(code: Int, retryAfter: String?, body: [UInt8]) {
    let root = try? Document.json(body, file: SourceFile(path: "answer")).root
    let status = root.flatMap { $0["kind"]?.hasText("Status") ?? false ? $0 : nil }
    self.init(code: code, status, retryAfter: retryAfter.flatMap { Int($0) })
  }

  /// Reads the object of an event that ends a watch.
  init(_ status: Node) {
    var code = 500
    if case .integer(let own)? = status["code"]?.scalar, let own = Int(exactly: own) { code = own }
    var retryAfter: Int?
    if case .integer(let own)? = status["details"]?["retryAfterSeconds"]?.scalar {
      retryAfter = Int(exactly: own)
    }
    self.init(code: code, status, retryAfter: retryAfter)
  }

  private init(code: Int, _ status: Node?, retryAfter: Int?) {
    self.init(
      code: code, reason: Self.line(status?["reason"]?.text), message: Self.line(status?["message"]?.text),
      retryAfter: retryAfter)
  }

  package var description: String {
    let name = reason.isEmpty ? "HTTP \(code)" : "\(reason) (HTTP \(code))"
    return message.isEmpty ? name : "\(name): \(message)"
  }
}
