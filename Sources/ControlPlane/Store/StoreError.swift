/// Why something was not stored or read: never with a secret in it.
package struct StoreError: Error, Sendable, Equatable {
  /// What kind of trouble it is, for whoever answers a request.
  package enum Code: String, Sendable {
    /// There is such a record already.
    case exists
    /// There is no such record.
    case missing
    /// The record is not what the writer believed it to be.
    case conflict
    /// What was to be stored is not allowed.
    case invalid
    /// One record is there and cannot be read; others can.
    case unreadable
    /// A file is open to others than its owner.
    case exposed
    /// A file is not what it was when it was written.
    case damaged
    /// The database was written by a later version.
    case newer
    /// Somebody else holds the database.
    case busy
    /// There is no room for it.
    case full
    /// The system refuses; the task ended.
    case unavailable
  }

  package let code: Code
  /// What is wrong, and where.
  package let message: String
  /// What to do, when there is one clear thing.
  package let fix: String?

  package init(_ code: Code, _ message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String { fix.map { "\(message); \($0)" } ?? message }
}
