internal import GRDB
package import Kubernetes

extension SQLiteStore {
  package func integrations() async throws(StoreError) -> [Stored<Integration>] {
    try await read { [self] database in
      let sealing = sealing
      return Integration.list(try Row.fetchAll(database, sql: "SELECT * FROM integration ORDER BY name")) {
        fields throws(UnreadableRecord) in try Integration(fields, sealing)
      }
    }
  }

  package func integration(named name: String) async throws(StoreError) -> Integration? {
    try await read { [self] database in try find(name, in: database) }
  }

  package func createIntegration(
    named name: String, _ settings: IntegrationSettings, token: SecretText?, by actor: String,
    at now: Timestamp
  ) async throws(StoreError) -> Integration {
    try settings.requireNoSecrets()
    try requireStorable([name, actor] + settings.texts)
    return try await write { [self] database in
      if try Integration.row(name, in: database) != nil {
        throw StoreError(
          .exists, "there is an integration `\(name)` already", fix: "change it, or choose another name")
      }
      let generation = try database.audit(
        Act(actor: actor, now: now), .createIntegration, Integration.subject(name),
        settings.changes(from: nil) + (token == nil ? [] : ["token: set"]))
      let integration = Integration(
        name: name, settings: settings, token: token, createdAt: now, updatedAt: now, generation: generation)
      try database.execute(
        sql: """
          INSERT INTO integration
            (name, server, certificate_authority, tls_server_name, token, created_at, updated_at, generation)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          name, settings.server, settings.certificateAuthority, settings.tlsServerName,
          try token.map { try sealing.seal($0, for: .integrationToken(name)) }, now.seconds, now.seconds,
          generation,
        ])
      return integration
    }
  }

  package func updateIntegration(
    named name: String, _ settings: IntegrationSettings, token: TokenChange, expecting generation: Int?,
    by actor: String, at now: Timestamp
  ) async throws(StoreError) -> Integration {
    try settings.requireNoSecrets()
    try requireStorable([actor] + settings.texts)
    return try await write { [self] database in
      let fields = try Integration.requireFields(name, expecting: generation, in: database)
      let (sealed, tokenChange) = try apply(token, to: fields)
      let changes = settings.changes(from: IntegrationSettings(damaged: fields)) + tokenChange
      if !changes.isEmpty {
        let generation = try database.audit(
          Act(actor: actor, now: now), .updateIntegration, Integration.subject(name), changes)
        try database.execute(
          sql: """
            UPDATE integration
            SET server = ?, certificate_authority = ?, tls_server_name = ?, token = ?, updated_at = ?, generation = ?
            WHERE name = ?
            """,
          arguments: [
            settings.server, settings.certificateAuthority, settings.tlsServerName, sealed, now.seconds,
            generation, name,
          ])
      }
      guard let integration = try find(name, in: database) else { throw Integration.missing(name) }
      return integration
    }
  }

  package func deleteIntegration(
    named name: String, expecting generation: Int?, whileActive revision: ExpectedRevision, by actor: String,
    at now: Timestamp
  ) async throws(StoreError) {
    try requireStorable(actor)
    try await write { database in
      let fields = try Integration.requireFields(name, expecting: generation, in: database)
      try database.requireActive(revision)
      let server = (try? fields.text("server")) ?? "?"
      try database.audit(
        Act(actor: actor, now: now), .deleteIntegration, Integration.subject(name), ["server: was \(server)"])
      try database.execute(sql: "DELETE FROM integration WHERE name = ?", arguments: [name])
    }
  }

  private func find(_ name: String, in database: Database) throws -> Integration? {
    try Integration.row(name, in: database).map { try Integration(Integration.fields($0), sealing) }
  }

  /// The sealed token that is to be stored, and what the audit trail says of it.
  private func apply(
    _ change: TokenChange, to fields: RecordFields
  ) throws -> (sealed: String?, change: [String]) {
    let record = SealedRecord.integrationToken(fields.id)
    let old = try? fields.optionalText("token")
    switch change {
    case .keep: return (try fields.optionalText("token"), [])
    case .remove: return (nil, fields.isNull("token") ? [] : ["token: removed"])
    case .set(let new):
      if let old, sealing.isCurrent(old), (try? sealing.open(old, for: record)) == new { return (old, []) }
      return (
        try sealing.seal(new, for: record), [fields.isNull("token") ? "token: set" : "token: changed"]
      )
    }
  }
}

extension Integration: StoredRow {
  static let kind = "integration"
  static let key = "name"

  init(_ fields: RecordFields, _ sealing: Sealing) throws(UnreadableRecord) {
    do throws(UnreadableRecord) {
      name = try fields.text("name")
      settings = IntegrationSettings(
        server: try fields.text("server"),
        certificateAuthority: try fields.optionalText("certificate_authority"),
        tlsServerName: try fields.optionalText("tls_server_name"))
      token = try Self.token(fields, sealing)
      createdAt = try fields.moment("created_at")
      updatedAt = try fields.moment("updated_at")
      generation = try fields.number("generation")
    } catch {
      throw UnreadableRecord(
        kind: error.kind, id: error.id, generation: try? fields.number("generation"), problem: error.problem,
        fix: error.fix)
    }
  }

  private static func token(
    _ fields: RecordFields, _ sealing: Sealing
  ) throws(UnreadableRecord) -> SecretText? {
    guard let sealed = try fields.optionalText("token") else { return nil }
    do throws(SealingProblem) {
      return try sealing.open(sealed, for: .integrationToken(fields.id))
    } catch {
      throw UnreadableRecord(
        kind: kind, id: fields.id, problem: "has a token that \(error.message)",
        fix: error == .damaged
          ? "send its token again" : "start merlon with that key, or send the token again")
    }
  }

  static func subject(_ name: String) -> String { "integration \(name)" }

  static func missing(_ name: String) -> StoreError {
    StoreError(.missing, "there is no integration `\(name)`")
  }

  static func row(_ name: String, in database: Database) throws -> Row? {
    // SQLite would look for what stands before a NUL.
    if name.utf8.contains(0) { return nil }
    return try Row.fetchOne(database, sql: "SELECT * FROM integration WHERE name = ?", arguments: [name])
  }

  /// The row that a writer means, readable or not.
  static func requireFields(
    _ name: String, expecting expected: Int?, in database: Database
  ) throws -> RecordFields {
    guard let row = try row(name, in: database) else { throw missing(name) }
    let fields = fields(row)
    let generation = try? fields.number("generation")
    if let expected, let generation, expected != generation {
      throw StoreError(
        .conflict, "the integration `\(name)` was changed: its generation is \(generation), not \(expected)",
        fix: "read it again, and decide anew")
    }
    return fields
  }
}

extension IntegrationSettings {
  /// What can be read of settings that may be damaged.
  fileprivate init(damaged fields: RecordFields) {
    self.init(
      server: (try? fields.text("server")) ?? "?",
      certificateAuthority: (try? fields.optionalText("certificate_authority")) ?? nil,
      tlsServerName: (try? fields.optionalText("tls_server_name")) ?? nil)
  }

  fileprivate var texts: [String] { [server, certificateAuthority, tlsServerName].compactMap(\.self) }

  /// What the audit trail says of a change; empty when there is none.
  fileprivate func changes(from old: IntegrationSettings?) -> [String] {
    func line(_ name: String, _ old: String?, _ new: String?) -> [String] {
      switch (old, new) {
      // By bytes: Swift takes texts for equal that are composed of other characters.
      case (let old?, let new?): old.utf8.elementsEqual(new.utf8) ? [] : ["\(name): \(old) → \(new)"]
      case (nil, let new?): ["\(name): \(new)"]
      case (let old?, nil): ["\(name): \(old) removed"]
      case (nil, nil): []
      }
    }
    // Certificates are compared by what they are, and shown by their hash.
    func certificates(_ settings: IntegrationSettings?) -> String? {
      settings?.certificateAuthority.map { "sha256 \(sha256($0))" }
    }
    return line("server", old?.server, server)
      + line("certificate authority", certificates(old), certificates(self))
      + line("TLS server name", old?.tlsServerName, tlsServerName)
  }
}
