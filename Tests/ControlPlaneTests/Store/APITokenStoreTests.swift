import Kubernetes
import Testing

@testable import ControlPlane

@Suite("stored API tokens")
struct APITokenStoreTests {
  private let store: SQLiteStore

  init() throws {
    store = try .inMemory()
  }

  private func create(_ name: String = "ci", expiresAt: Timestamp? = nil) async throws -> NewAPIToken {
    try await store.createToken(named: name, role: .read, expiresAt: expiresAt, by: "ann", at: .at(0))
  }

  @Test("the text is `mrl_` and 48 letters, and no two are the same")
  func text() async throws {
    let texts = try await [create(), create(), create()].map(\.text.revealed)
    for text in texts { #expect(text.wholeMatch(of: /mrl_[A-Za-z0-9_-]{48}/) != nil) }
    #expect(Set(texts).count == 3)
  }

  @Test("whoever shows it is who it was made for", arguments: APIToken.Role.allCases)
  func accepting(_ role: APIToken.Role) async throws {
    let new = try await store.createToken(named: "ci", role: role, expiresAt: .at(60), by: "ann", at: .at(0))
    #expect(
      new.token
        == APIToken(
          id: 1, name: "ci", role: role, createdAt: .at(0), expiresAt: .at(60), revokedAt: nil))
    #expect(try await store.authenticate(new.text, at: .at(59)) == .accepted(new.token))
  }

  @Test("a typing error is told from a token that is not known")
  func refusing() async throws {
    let text = try await create().text.revealed
    let last = text.last == "A" ? "B" : "A"
    for wrong in [
      text.dropLast() + last, text.dropLast() + "", text + "A", "mrl_", "", "hunter2", text.dropFirst() + "",
    ] {
      #expect(
        try await store.authenticate(SecretText(String(wrong)), at: .at(0)) == .refused(.malformed))
    }
    #expect(try await store.authenticate(APITokenText.random().text, at: .at(0)) == .refused(.unknown))
  }

  @Test("it expires at its moment, not later", arguments: [(59, true), (60, false), (61, false)])
  func expiry(_ second: Int, counts: Bool) async throws {
    let new = try await create(expiresAt: .at(60))
    #expect(
      try await store.authenticate(new.text, at: .at(second))
        == (counts ? .accepted(new.token) : .refused(.expired(at: .at(60)))))
  }

  @Test("a revoked token does not count, and others do")
  func revoking() async throws {
    let first = try await create()
    let second = try await create()
    let revoked = try await store.revokeToken(first.token.id, by: "bob", at: .at(5))
    #expect(revoked.revokedAt == .at(5))
    #expect(try await store.authenticate(first.text, at: .at(6)) == .refused(.revoked(at: .at(5))))
    #expect(try await store.authenticate(second.text, at: .at(6)) == .accepted(second.token))
    #expect(try await store.revokeToken(first.token.id, by: "eve", at: .at(9)) == revoked)
    #expect(try await store.trail.count == 3, "revoking twice is not written twice")
    let error = try await storeError { _ = try await store.revokeToken(7, by: "bob", at: .at(5)) }
    #expect(error == StoreError(.missing, "there is no token 7"))
  }

  @Test("one that would be expired, or has no name, is not made")
  func invalid() async throws {
    for body in [
      { try await create(expiresAt: .at(0)) }, { try await create("") },
    ] as [() async throws -> NewAPIToken] {
      let error = try await storeError { _ = try await body() }
      #expect(error.code == .invalid)
    }
    #expect(try await store.tokens().isEmpty)
  }

  @Test("the list and the trail say who, not what")
  func listing() async throws {
    let new = try await create("ci", expiresAt: .at(60))
    _ = try await create("cd")
    _ = try await store.revokeToken(1, by: "bob", at: .at(1))
    let list = try await store.tokens()
    #expect(list.map { $0.record?.name } == ["ci", "cd"])
    let trail = try await store.trail
    #expect(
      trail == [
        "1 ann token.create token 1 (ci): role: read; expires: \(Timestamp.at(60))",
        "2 ann token.create token 2 (cd): role: read; never expires",
        "3 bob token.revoke token 1 (ci): revoked",
      ])
    var dumped = ""
    dump(new, to: &dumped)
    #expect(!dumped.contains("mrl_") && !"\(new)".contains("mrl_"))
  }

  @Test(
    "one that is damaged hides no other", arguments: ["role = 'root'", "expires_at = -5", "created_at = -1"])
  func damage(_ damage: String) async throws {
    let first = try await create()
    let second = try await create()
    try await store.execute("UPDATE api_token SET \(damage) WHERE id = 1")
    #expect(try await store.tokens().map { $0.record?.id } == [nil, 2])
    #expect(try await store.authenticate(second.text, at: .at(1)) == .accepted(second.token))
    let error = try await storeError { _ = try await store.authenticate(first.text, at: .at(1)) }
    #expect(error.code == .unreadable)
  }
}
