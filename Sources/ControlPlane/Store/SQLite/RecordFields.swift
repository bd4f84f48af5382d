internal import GRDB
internal import Kubernetes

/// The columns of a row that may have been damaged: whatever is in them, reading it does not trap.
struct RecordFields {
  let row: Row
  /// What the row is, for messages.
  let kind: String
  /// The column that tells it from others.
  let key: String

  /// The name or number of the record.
  var id: String {
    switch storage(key) {
    case .string(let text): text
    case .int64(let number): String(number)
    default: "?"
    }
  }

  func text(_ column: String) throws(UnreadableRecord) -> String {
    guard let text = try optionalText(column) else { throw unreadable(column) }
    return text
  }

  func optionalText(_ column: String) throws(UnreadableRecord) -> String? {
    switch storage(column) {
    case .string(let text): text
    case .null: nil
    default: throw unreadable(column)
    }
  }

  func number(_ column: String) throws(UnreadableRecord) -> Int {
    guard let number = try optionalNumber(column) else { throw unreadable(column) }
    return number
  }

  func optionalNumber(_ column: String) throws(UnreadableRecord) -> Int? {
    switch storage(column) {
    case .int64(let number): Int(number)
    case .null: nil
    default: throw unreadable(column)
    }
  }

  func moment(_ column: String) throws(UnreadableRecord) -> Timestamp {
    guard let moment = try optionalMoment(column) else { throw unreadable(column) }
    return moment
  }

  func optionalMoment(_ column: String) throws(UnreadableRecord) -> Timestamp? {
    guard let seconds = try optionalNumber(column) else { return nil }
    guard let moment = Timestamp(secondsSince1970: seconds) else { throw unreadable(column) }
    return moment
  }

  /// One of the texts that an enumeration has.
  func value<Value: RawRepresentable<String>>(
    _ column: String, as type: Value.Type
  ) throws(UnreadableRecord) -> Value {
    guard let value = Value(rawValue: try text(column)) else { throw unreadable(column) }
    return value
  }

  /// Whether there is nothing in a column.
  func isNull(_ column: String) -> Bool { storage(column) == .null }

  /// The record is damaged in a column.
  func unreadable(_ column: String) -> UnreadableRecord {
    UnreadableRecord(kind: kind, id: id, problem: "is damaged: its \(column) makes no sense")
  }

  private func storage(_ column: String) -> DatabaseValue.Storage {
    let value: DatabaseValue? = row[column]
    return value?.storage ?? .null
  }
}

/// A record that is a row of a table.
protocol StoredRow: Sendable {
  static var kind: String { get }
  /// The column that tells one from another.
  static var key: String { get }
}

extension StoredRow {
  /// The fields of a row of this kind.
  static func fields(_ row: Row) -> RecordFields {
    RecordFields(row: row, kind: kind, key: key)
  }

  /// Rows as a list shows them.
  static func list(
    _ rows: [Row], _ read: (RecordFields) throws(UnreadableRecord) -> Self
  ) -> [Stored<Self>] {
    rows.map { row in
      do throws(UnreadableRecord) {
        return .readable(try read(fields(row)))
      } catch {
        return .unreadable(error)
      }
    }
  }
}
