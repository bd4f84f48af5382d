import Kubernetes
import Testing

@testable import ControlPlane

@Suite("stored integrations")
struct IntegrationStoreTests {
  private let store: SQLiteStore
  private let settings = IntegrationSettings(
    server: "https://api:6443", certificateAuthority: "PEM", tlsServerName: "kubernetes")

  init() throws {
    store = try .inMemory()
  }

  private func update(
    _ settings: IntegrationSettings, token: TokenChange = .keep, expecting generation: Int? = nil,
    at seconds: Int = 9
  ) async throws -> Integration {
    try await store.updateIntegration(
      named: "prod", settings, token: token, expecting: generation, by: "bob", at: .at(seconds))
  }

  @Test("one that is created is there, with its token")
  func creating() async throws {
    let created = try await store.createIntegration(
      named: "prod", settings, token: SecretText("hunter2"), by: "ann", at: .at(5))
    #expect(
      created
        == Integration(
          name: "prod", settings: settings, token: SecretText("hunter2"), createdAt: .at(5),
          updatedAt: .at(5),
          generation: 1))
    #expect(try await store.integration(named: "prod") == created)
    #expect(try await store.integration(named: "dev") == nil)
  }

  @Test("the list is sorted by name")
  func listing() async throws {
    for name in ["prod", "dev", "stage"] { try await store.create(name) }
    #expect(try await store.integrations().map { $0.record?.name } == ["dev", "prod", "stage"])
  }

  @Test("a name is taken once")
  func existing() async throws {
    try await store.create("prod")
    let error = try await storeError { try await store.create("prod", server: "https://other") }
    #expect(error.code == .exists)
    #expect(error.message == "there is an integration `prod` already")
    #expect(try await store.integration(named: "prod")?.settings.server == "https://api:6443")
    #expect(try await store.trail.count == 1)
  }

  @Test("an update keeps, changes or removes the token, and says so without showing it")
  func tokens() async throws {
    try await store.create("prod", token: "hunter2")
    let settings = IntegrationSettings(server: "https://other")
    #expect(try await update(settings).token == SecretText("hunter2"))
    #expect(try await update(settings, token: .set(SecretText("hunter3"))).token == SecretText("hunter3"))
    #expect(try await update(settings, token: .remove).token == nil)
    #expect(try await update(settings, token: .set(SecretText("hunter4"))).token == SecretText("hunter4"))
    #expect(
      try await store.trail == [
        "1 ann integration.create integration prod: server: https://api:6443; token: set",
        "2 bob integration.update integration prod: server: https://api:6443 → https://other",
        "3 bob integration.update integration prod: token: changed",
        "4 bob integration.update integration prod: token: removed",
        "5 bob integration.update integration prod: token: set",
      ])
  }

  @Test("an update changes the time and the generation; one that changes nothing is not written")
  func identical() async throws {
    try await store.create("prod", token: "hunter2")
    let updated = try await update(settings, token: .set(SecretText("hunter2")))
    #expect(updated.createdAt == .at(0))
    #expect(updated.updatedAt == .at(9))
    #expect(updated.generation == 2)
    let again = try await update(settings, token: .set(SecretText("hunter2")), at: 20)
    #expect(again == updated)
    #expect(try await store.trail.count == 2)
  }

  @Test("what the audit trail says of settings")
  func changes() async throws {
    try await store.create("prod")
    _ = try await update(settings)
    _ = try await update(IntegrationSettings(server: "https://api:6443"))
    let hash = "384fb9a44fabe158be2757b9b8d8f67029f2280fcc1776ab2a53103e6f0c582d"
    let trail = try await store.trail
    #expect(
      trail[1]
        == "2 bob integration.update integration prod: certificate authority: sha256 \(hash); TLS server name: kubernetes"
    )
    #expect(
      trail[2]
        == "3 bob integration.update integration prod: certificate authority: sha256 \(hash) removed; "
        + "TLS server name: kubernetes removed")
  }

  @Test("a writer who has seen another generation is refused")
  func conflicts() async throws {
    let first = try await store.create("prod")
    _ = try await update(settings, expecting: first.generation)
    let error = try await storeError {
      _ = try await update(IntegrationSettings(server: "https://x"), expecting: first.generation)
    }
    #expect(error.code == .conflict)
    #expect(error.message == "the integration `prod` was changed: its generation is 2, not 1")
    let deleting = try await storeError {
      try await store.deleteIntegration(
        named: "prod", expecting: 1, whileActive: .any, by: "bob", at: .at(1))
    }
    #expect(deleting.code == .conflict)
  }

  @Test("an integration that is made again has another generation than any before")
  func remade() async throws {
    let first = try await store.create("prod")
    try await store.deleteIntegration(named: "prod", expecting: 1, whileActive: .any, by: "bob", at: .at(1))
    #expect(try await store.integration(named: "prod") == nil)
    #expect(try await store.create("prod").generation != first.generation)
    #expect(
      try await store.trail[1] == "2 bob integration.delete integration prod: server: was https://api:6443")
  }

  @Test("what is absent can be neither updated nor deleted")
  func missing() async throws {
    let updating = try await storeError { _ = try await update(settings) }
    #expect(updating == StoreError(.missing, "there is no integration `prod`"))
    let deleting = try await storeError {
      try await store.deleteIntegration(
        named: "prod", expecting: nil, whileActive: .any, by: "bob", at: .at(1))
    }
    #expect(deleting == updating)
    #expect(try await store.trail.isEmpty)
  }

  @Test("deleting is refused when the policy is not the one in which it was found unused")
  func deletedWhileActive() async throws {
    try await store.create("prod")
    try await store.append("a")
    let error = try await storeError {
      try await store.deleteIntegration(
        named: "prod", expecting: nil, whileActive: .absent, by: "bob", at: .at(1))
    }
    #expect(error.code == .conflict)
    #expect(error.message == "the policy was changed: revision 1 is active, not none")
    try await store.deleteIntegration(
      named: "prod", expecting: nil, whileActive: .number(1), by: "bob", at: .at(1))
    #expect(try await store.integrations().isEmpty)
  }

  @Test(
    "secrets where everybody would see them are refused, and not repeated",
    arguments: [
      IntegrationSettings(server: "https://me:hunter2@api"), IntegrationSettings(server: "hunter2@api"),
      IntegrationSettings(
        server: "https://api", certificateAuthority: "-----BEGIN RSA PRIVATE KEY-----\nhunter2"),
    ])
  func secretsInClear(_ settings: IntegrationSettings) async throws {
    let error = try await storeError {
      _ = try await store.createIntegration(named: "prod", settings, token: nil, by: "ann", at: .at(0))
    }
    #expect(error.code == .invalid)
    #expect(!"\(error)".contains("hunter2"))
    #expect(try await store.trail.isEmpty)
  }

  @Test("a name with a NUL is no other's, and is not taken")
  func nul() async throws {
    try await store.create("prod")
    #expect(try await store.integration(named: "prod\0x") == nil)
    #expect(try await storeError { try await store.create("prod\0x") }.code == .invalid)
    #expect(try await storeError { try await store.create("dev", server: "https://a\0") }.code == .invalid)
  }

  @Test("a change of how a character is composed is a change")
  func composition() async throws {
    try await store.create("prod", server: "https://api/\u{e9}")
    let updated = try await update(IntegrationSettings(server: "https://api/e\u{301}"))
    #expect(updated.generation == 2)
  }

  @Test("an `@` in a path is no password")
  func pathWithAt() async throws {
    #expect(try await store.create("prod", server: "https://api/a@b").settings.server == "https://api/a@b")
  }
}

@Suite("integrations that cannot be read")
struct UnreadableIntegrationTests {
  private let store: SQLiteStore

  init() async throws {
    store = try .inMemory()
    for name in ["a", "b", "c"] { try await store.create(name, token: "token of \(name)") }
  }

  @Test(
    "hide no other",
    arguments: [
      ("token = 'AAAA'", "has a token that is damaged"), ("token = ''", "has a token that is damaged"),
      ("token = (SELECT token FROM integration WHERE name = 'a')", "has a token that is damaged"),
      ("created_at = -1", "is damaged: its created_at makes no sense"),
      ("updated_at = 9223372036854775807", "is damaged: its updated_at makes no sense"),
    ])
  func isolation(_ damage: String, _ problem: String) async throws {
    try await store.execute("UPDATE integration SET \(damage) WHERE name = 'b'")
    let list = try await store.integrations()
    #expect(list.compactMap { $0.record?.token?.revealed } == ["token of a", "token of c"])
    let unreadable = try #require(list[1].unreadable)
    #expect(unreadable.id == "b")
    #expect(unreadable.generation == 2)
    #expect(unreadable.problem == problem)
    let error = try await storeError { _ = try await store.integration(named: "b") }
    #expect(error.code == .unreadable)
    #expect(error.message == "the integration `b` \(problem)")
  }

  @Test("tables without types hold anything, and nothing in them traps")
  func untyped() async throws {
    try await store.execute(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'integration';
      """)
    for column in ["server", "certificate_authority", "tls_server_name", "token", "created_at", "generation"]
    {
      for value in ["x'ff'", "1.5", "'text'", "1"] {
        _ = try? await store.execute("UPDATE integration SET \(column) = \(value) WHERE name = 'b'")
        let list = try await store.integrations()
        #expect(list.count == 3)
        #expect(list[0].record != nil && list[2].record != nil)
      }
    }
  }

  @Test("are mended by sending the token again, and can be deleted")
  func mending() async throws {
    try await store.execute("UPDATE integration SET token = 'AAAA'")
    let settings = IntegrationSettings(server: "https://api:6443")
    let kept = try await storeError {
      _ = try await store.updateIntegration(
        named: "b", IntegrationSettings(server: "https://other"), token: .keep, expecting: nil, by: "bob",
        at: .at(1))
    }
    #expect(kept.code == .unreadable)
    #expect(kept.fix == "send its token again")
    #expect(try await store.trail.count == 3, "what is refused leaves no trace")
    let mended = try await store.updateIntegration(
      named: "b", settings, token: .set(SecretText("new")), expecting: 2, by: "bob", at: .at(1))
    #expect(mended.token == SecretText("new"))
    try await store.deleteIntegration(named: "c", expecting: 3, whileActive: .any, by: "bob", at: .at(1))
    #expect(try await store.integrations().map { $0.record?.name } == [nil, "b"])
  }
}
