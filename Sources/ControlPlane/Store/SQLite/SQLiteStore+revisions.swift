internal import GRDB
package import Kubernetes

extension SQLiteStore {
  package func revisions(
    _ range: RecordRange, limit: Int
  ) async throws(StoreError) -> [Stored<RevisionHeader>] {
    try await read { database in
      let rows = try database.rows(
        RevisionHeader.columns, of: RevisionHeader.self, in: "policy_revision", range, limit: limit)
      return RevisionHeader.list(rows) { fields throws(UnreadableRecord) in try RevisionHeader(fields) }
    }
  }

  package func revision(_ number: Int) async throws(StoreError) -> PolicyRevision? {
    try await read { database in try database.revision("number = \(number)") }
  }

  package func activeRevision() async throws(StoreError) -> PolicyRevision? {
    try await read { database in try database.activeRevision() }
  }

  package func appendRevision(
    _ draft: PolicyDraft, expecting expected: ExpectedRevision, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> AppendedRevision {
    try requireStorable(draft.text, draft.canonicalText, draft.note, actor)
    return try await write { database in
      let digest = sha256(draft.canonicalText)
      let active = try database.readableActiveRevision()
      if let active, active.header.digest == digest {
        return AppendedRevision(revision: active, isNew: false)
      }
      try database.requireActive(expected)
      try database.requireOrigin(draft)
      for name in draft.integrations where try Integration.row(name, in: database) == nil {
        throw Integration.missing(name)
      }
      let header = try database.insert(draft, digest: digest, by: actor, at: now)
      try database.audit(
        Act(actor: actor, now: now), .appendPolicy, "revision \(header.number)",
        header.changes(from: active, draft))
      return AppendedRevision(
        revision: PolicyRevision(header: header, text: draft.text, canonicalText: draft.canonicalText),
        isNew: true)
    }
  }
}

extension Database {
  /// The revision that a condition is true for.
  fileprivate func revision(_ condition: String) throws -> PolicyRevision? {
    let columns = "\(RevisionHeader.columns), text, canonical_text"
    return try Row.fetchOne(self, sql: "SELECT \(columns) FROM policy_revision WHERE \(condition)")
      .map { try PolicyRevision(RevisionHeader.fields($0)) }
  }

  fileprivate func activeRevision() throws -> PolicyRevision? {
    try revision("number = (\(RevisionHeader.activeNumber))")
  }

  /// nil also when the active one is damaged: that must not keep anybody from writing a better one.
  fileprivate func readableActiveRevision() throws -> PolicyRevision? {
    do {
      return try activeRevision()
    } catch is UnreadableRecord {
      return nil
    }
  }

  /// Refuses what was decided when another revision was active.
  func requireActive(_ expected: ExpectedRevision) throws {
    let number = try Int.fetchOne(self, sql: RevisionHeader.activeNumber)
    let believed: String
    switch expected {
    case .any: return
    case .absent:
      if number == nil { return }
      believed = "not none"
    case .number(let expected):
      if number == expected { return }
      believed = "not \(expected)"
    }
    throw StoreError(
      .conflict,
      "the policy was changed: \(number.map { "revision \($0)" } ?? "no revision") is active, \(believed)",
      fix: "read it again, and decide anew")
  }

  fileprivate func requireOrigin(_ draft: PolicyDraft) throws {
    guard let number = draft.origin else { return }
    guard let origin = try revision("number = \(number)") else {
      throw StoreError(.missing, "there is no policy revision \(number) to go back to")
    }
    if sha256(draft.canonicalText) != origin.header.digest || sha256(draft.text) != sha256(origin.text) {
      throw StoreError(.invalid, "this is not the text of policy revision \(number)")
    }
  }

  fileprivate func insert(
    _ draft: PolicyDraft, digest: String, by author: String, at now: Timestamp
  ) throws -> RevisionHeader {
    try execute(
      sql: """
        INSERT INTO policy_revision (text, canonical_text, digest, author, created_at, note, origin)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        draft.text, draft.canonicalText, digest, author, now.seconds, draft.note, draft.origin,
      ])
    return RevisionHeader(
      number: Int(lastInsertedRowID), digest: digest, author: author, createdAt: now, note: draft.note,
      origin: draft.origin, isActive: true)
  }
}

extension RevisionHeader: StoredRow {
  static let kind = "policy revision"
  static let key = "number"
  fileprivate static let activeNumber = "SELECT max(number) FROM policy_revision"
  fileprivate static let columns =
    "number, digest, author, created_at, note, origin, number = (\(activeNumber)) AS is_active"

  init(_ fields: RecordFields) throws(UnreadableRecord) {
    number = try fields.number("number")
    digest = try fields.text("digest")
    author = try fields.text("author")
    createdAt = try fields.moment("created_at")
    note = try fields.text("note")
    origin = try fields.optionalNumber("origin")
    isActive = try fields.number("is_active") == 1
  }

  /// What the audit trail says of a new revision.
  fileprivate func changes(from old: PolicyRevision?, _ draft: PolicyDraft) -> [String] {
    let difference = LineDifference(from: old?.canonicalText ?? "", to: draft.canonicalText)
    var lines = old.map { ["follows revision \($0.header.number)"] } ?? []
    if let origin { lines.append("brings back revision \(origin)") }
    if !note.isEmpty { lines.append("note: \(note)") }
    return lines + ["lines removed: \(difference.removed), added: \(difference.inserted)"] + difference.lines
  }
}

extension PolicyRevision {
  /// - Throws: also when the text is not the one that was written.
  fileprivate init(_ fields: RecordFields) throws(UnreadableRecord) {
    header = try RevisionHeader(fields)
    text = try fields.text("text")
    canonicalText = try fields.text("canonical_text")
    if sha256(canonicalText) != header.digest {
      throw UnreadableRecord(
        kind: fields.kind, id: fields.id, problem: "is damaged: its text does not have its digest",
        fix: "restore a backup, or go back to another revision")
    }
  }
}
