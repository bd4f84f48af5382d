internal import GRDB
internal import Kubernetes

extension SQLiteStore {
  package func auditTrail(
    _ range: RecordRange, limit: Int
  ) async throws(StoreError) -> [Stored<AuditEntry>] {
    try await read { database in
      AuditEntry.list(try database.rows("*", of: AuditEntry.self, in: "audit", range, limit: limit)) {
        fields throws(UnreadableRecord) in try AuditEntry(fields)
      }
    }
  }
}

extension AuditEntry: StoredRow {
  static let kind = "audit entry"
  static let key = "sequence"

  init(_ fields: RecordFields) throws(UnreadableRecord) {
    sequence = try fields.number("sequence")
    at = try fields.moment("at")
    actor = try fields.text("actor")
    action = try fields.value("action", as: Action.self)
    subject = try fields.text("subject")
    change = try fields.text("change")
  }
}

/// Who writes, and when.
struct Act: Sendable {
  let actor: String
  let now: Timestamp
}

extension Database {
  /// Adds to the audit trail in the transaction of what it is about.
  ///
  /// - Returns: the entry's number.
  @discardableResult
  func audit(
    _ act: Act, _ action: AuditEntry.Action, _ subject: String, _ change: [String]
  ) throws -> Int {
    try execute(
      sql: "INSERT INTO audit (at, actor, action, subject, change) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        act.now.seconds, act.actor, action.rawValue, subject, change.joined(separator: "\n"),
      ])
    return Int(lastInsertedRowID)
  }

  /// The rows of a table that is numbered by its records' key.
  func rows<Record: StoredRow>(
    _ columns: String, of type: Record.Type, in table: String, _ range: RecordRange, limit: Int
  ) throws -> [Row] {
    let (condition, bound, order) =
      switch range {
      case .latest: ("<=", Int.max, "DESC")
      case .before(let number): ("<", number, "DESC")
      case .after(let number): (">", number, "ASC")
      }
    return try Row.fetchAll(
      self,
      sql: """
        SELECT \(columns) FROM \(table) WHERE \(Record.key) \(condition) ? ORDER BY \(Record.key) \(order) LIMIT ?
        """, arguments: [bound, max(0, limit)])
  }
}
