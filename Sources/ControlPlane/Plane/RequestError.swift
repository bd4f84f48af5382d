package import Kubernetes

/// Why a request was not done, in words for whoever asked: nothing secret.
package struct RequestError: Error, Sendable {
  /// As HTTP has them.
  package enum Status: Int, Sendable {
    case malformed = 400
    case unauthenticated = 401
    case forbidden = 403
    case missing = 404
    case notAllowed = 405
    case conflict = 409
    case precondition = 412
    case tooLarge = 413
    case invalid = 422
    case tooMany = 429
    case failed = 500
    case badGateway = 502
    case unavailable = 503

    /// Its name in HTTP.
    var title: String {
      switch self {
      case .malformed: "Bad Request"
      case .unauthenticated: "Unauthorized"
      case .forbidden: "Forbidden"
      case .missing: "Not Found"
      case .notAllowed: "Method Not Allowed"
      case .conflict: "Conflict"
      case .precondition: "Precondition Failed"
      case .tooLarge: "Content Too Large"
      case .invalid: "Unprocessable Content"
      case .tooMany: "Too Many Requests"
      case .failed: "Internal Server Error"
      case .badGateway: "Bad Gateway"
      case .unavailable: "Service Unavailable"
      }
    }
  }

  package let status: Status
  package let message: String
  package var fix: String?
  /// What is wrong with a document, each with its place.
  package var problems: [Diagnostic]
  /// Seconds to wait before asking again.
  package var retryAfter: Int?
  /// By which methods the same path may be asked.
  package var allowedMethods: [String]

  package init(
    _ status: Status, _ message: String, fix: String? = nil, problems: [Diagnostic] = [],
    retryAfter: Int? = nil, allowedMethods: [String] = []
  ) {
    self.status = status
    self.message = message
    self.fix = fix
    self.problems = problems
    self.retryAfter = retryAfter
    self.allowedMethods = allowedMethods
  }
}

extension RequestError {
  init(_ error: StoreError) {
    let status: Status =
      switch error.code {
      case .exists, .conflict: .conflict
      case .missing: .missing
      case .invalid: .invalid
      case .busy, .full, .unavailable: .unavailable
      case .unreadable, .exposed, .damaged, .newer: .failed
      }
    self.init(status, error.message, fix: error.fix)
  }
}
