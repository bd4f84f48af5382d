internal import GRDB
package import Kubernetes

extension SQLiteStore {
  package func tokens() async throws(StoreError) -> [Stored<APIToken>] {
    try await read { database in
      APIToken.list(try Row.fetchAll(database, sql: "SELECT * FROM api_token ORDER BY id")) {
        fields throws(UnreadableRecord) in try APIToken(fields)
      }
    }
  }

  package func createToken(
    named name: String, role: APIToken.Role, expiresAt: Timestamp?, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> NewAPIToken {
    try requireStorable(name, actor)
    if name.isEmpty { throw StoreError(.invalid, "a token needs a name that says what it is for") }
    if let expiresAt, expiresAt <= now {
      throw StoreError(.invalid, "the token `\(name)` would expire at \(expiresAt), and it is \(now)")
    }
    let new = APITokenText.random()
    let token = try await write { database in
      try database.execute(
        sql: "INSERT INTO api_token (name, role, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
        arguments: [name, role.rawValue, new.hash, now.seconds, expiresAt?.seconds])
      let token = APIToken(
        id: Int(database.lastInsertedRowID), name: name, role: role, createdAt: now, expiresAt: expiresAt,
        revokedAt: nil)
      try database.audit(
        Act(actor: actor, now: now), .createToken, token.subject,
        ["role: \(role.rawValue)", expiresAt.map { "expires: \($0)" } ?? "never expires"])
      return token
    }
    return NewAPIToken(token: token, text: new.text)
  }

  package func authenticate(
    _ presented: SecretText, at now: Timestamp
  ) async throws(StoreError) -> Authentication {
    guard let text = APITokenText(presented) else { return .refused(.malformed) }
    let hash = text.hash
    return try await read { database in
      // The index finds it by a hash that nobody can choose; what it finds is compared in constant time.
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM api_token WHERE hash = ?", arguments: [hash]),
        isEqualInConstantTime(Array(try APIToken.fields(row).text("hash").utf8), Array(hash.utf8))
      else { return .refused(.unknown) }
      let token = try APIToken(APIToken.fields(row))
      if let revokedAt = token.revokedAt { return .refused(.revoked(at: revokedAt)) }
      if let expiresAt = token.expiresAt, expiresAt <= now { return .refused(.expired(at: expiresAt)) }
      return .accepted(token)
    }
  }

  package func revokeToken(
    _ id: Int, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> APIToken {
    try requireStorable(actor)
    return try await write { database in
      guard let token = try database.token(id) else { throw StoreError(.missing, "there is no token \(id)") }
      if token.revokedAt != nil { return token }
      try database.execute(
        sql: "UPDATE api_token SET revoked_at = ? WHERE id = ?", arguments: [now.seconds, id])
      try database.audit(Act(actor: actor, now: now), .revokeToken, token.subject, ["revoked"])
      return try database.token(id) ?? token
    }
  }
}

extension Database {
  fileprivate func token(_ id: Int) throws -> APIToken? {
    try Row.fetchOne(self, sql: "SELECT * FROM api_token WHERE id = ?", arguments: [id])
      .map { try APIToken(APIToken.fields($0)) }
  }
}

extension APIToken: StoredRow {
  static let kind = "API token"
  static let key = "id"

  init(_ fields: RecordFields) throws(UnreadableRecord) {
    id = try fields.number("id")
    name = try fields.text("name")
    role = try fields.value("role", as: Role.self)
    createdAt = try fields.moment("created_at")
    expiresAt = try fields.optionalMoment("expires_at")
    revokedAt = try fields.optionalMoment("revoked_at")
  }

  /// As the audit trail names it.
  fileprivate var subject: String { "token \(id) (\(name))" }
}
