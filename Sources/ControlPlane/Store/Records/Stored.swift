/// A record as a list shows it: a bad one never hides the others.
package enum Stored<Record: Sendable>: Sendable {
  case readable(Record)
  case unreadable(UnreadableRecord)

  /// The record; nil when it cannot be read.
  package var record: Record? { if case .readable(let record) = self { record } else { nil } }

  /// What is wrong; nil when nothing is.
  package var unreadable: UnreadableRecord? {
    if case .unreadable(let record) = self { record } else { nil }
  }
}

extension Stored: Equatable where Record: Equatable {}

/// A record that is there and cannot be read.
package struct UnreadableRecord: Error, Sendable, Equatable {
  /// What it is: `integration`, `policy revision`, `API token`, `audit entry`.
  package let kind: String
  /// Its name or number.
  package let id: String
  /// Of an integration: what to name when it is written anew or deleted.
  package let generation: Int?
  /// What is wrong, for after the record's name: `has a token that is damaged`.
  package let problem: String
  /// What to do, when there is one clear thing.
  package let fix: String?

  package init(kind: String, id: String, generation: Int? = nil, problem: String, fix: String? = nil) {
    self.kind = kind
    self.id = id
    self.generation = generation
    self.problem = problem
    self.fix = fix
  }
}

extension StoreError {
  init(_ record: UnreadableRecord) {
    self.init(.unreadable, "the \(record.kind) `\(record.id)` \(record.problem)", fix: record.fix)
  }
}

/// Which of many numbered records a list has.
package enum RecordRange: Sendable, Equatable {
  /// The newest first.
  case latest
  /// Those with lower numbers, the newest first.
  case before(Int)
  /// Those with higher numbers, the oldest first.
  case after(Int)
}
