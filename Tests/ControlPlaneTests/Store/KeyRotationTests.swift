import Kubernetes
import Testing

@testable import ControlPlane

@Suite("changing the sealing key")
struct KeyRotationTests {
  private let folder: StoreFolder
  private let store: SQLiteStore

  init() async throws {
    folder = try StoreFolder()
    store = try folder.open()
    for name in ["a", "b", "c"] { try await store.create(name, token: "token of \(name)") }
    try await store.create("public")
  }

  private func tokens(_ key: SealingKey) async throws -> [String?] {
    try await folder.open(key).integrations().map { $0.record?.token?.revealed }
  }

  private func rotate() async throws -> KeyRotation {
    try await store.rotate(from: .a, to: .b, by: "bob", at: .at(9))
  }

  @Test("seals all secrets anew, and nothing else changes")
  func rotating() async throws {
    let before = try await store.integrations()
    #expect(try await rotate() == KeyRotation(resealed: 3, alreadySealed: 0, unreadable: []))
    #expect(try await store.integrations() == before)
    #expect(try await tokens(.b) == ["token of a", "token of b", "token of c", nil])
    #expect(try await tokens(.a) == [nil, nil, nil, nil])
    #expect(
      try await store.trail.last == "5 bob key.rotate sealing key \(SealingKey.b.id): 3 secrets sealed anew")
  }

  @Test("what is written afterwards is sealed with the new key")
  func later() async throws {
    _ = try await rotate()
    try await store.create("d", token: "token of d")
    #expect(try await tokens(.b).contains("token of d"))
  }

  @Test("a record of another key says which")
  func wrongKey() async throws {
    let list = try await folder.open(.b).integrations()
    #expect(
      list.compactMap { $0.unreadable?.problem }
        == .init(
          repeating:
            "has a token that is sealed with the key \(SealingKey.a.id), not with \(SealingKey.b.id)",
          count: 3))
    #expect(
      list.compactMap { $0.unreadable?.fix }.first == "start merlon with that key, or send the token again")
    #expect(list.compactMap { $0.record?.name } == ["public"])
  }

  @Test("a server that has both keys reads through it")
  func bothKeys() async throws {
    let server = try folder.open(.b, others: [.a])
    let before = try await server.integrations()
    #expect(before.allSatisfy { $0.record != nil })
    _ = try await rotate()
    #expect(try await server.integrations() == before)
  }

  @Test("a store keeps the keys that it had for opening")
  func keptKeys() async throws {
    let third = SealingKey.random()
    try await folder.open(third).create("d", token: "token of d")
    let server = try folder.open(.a, others: [third])
    let rotation = try await server.rotate(from: .a, to: .b, by: "bob", at: .at(9))
    #expect(rotation.unreadable.map(\.id) == ["d"])
    #expect(try await server.integrations().allSatisfy { $0.record != nil })
  }

  @Test("doing it again does no harm and leaves no entry")
  func again() async throws {
    _ = try await rotate()
    #expect(try await rotate() == KeyRotation(resealed: 0, alreadySealed: 3, unreadable: []))
    #expect(try await store.trail.count == 5)
  }

  @Test("a damaged record stays as it is and keeps no other")
  func damaged() async throws {
    try await store.execute("UPDATE integration SET token = 'AAAA' WHERE name = 'b'")
    let rotation = try await rotate()
    #expect(rotation.resealed == 2)
    #expect(rotation.unreadable.map(\.id) == ["b"])
    #expect(try await tokens(.b) == ["token of a", nil, "token of c", nil])
    #expect(
      try await store.trail.last?.hasSuffix(
        "2 secrets sealed anew; integration b has a token that is damaged")
        == true)
  }

  @Test("one that is interrupted changes nothing")
  func interrupted() async throws {
    try await store.execute(
      """
      CREATE TRIGGER interruption BEFORE UPDATE ON integration WHEN old.name = 'c'
      BEGIN SELECT RAISE(ABORT, 'interrupted'); END
      """)
    let error = try await storeError { _ = try await rotate() }
    #expect(error.message.hasSuffix("interrupted"))
    #expect(try await tokens(.a) == ["token of a", "token of b", "token of c", nil])
    #expect(try await store.trail.count == 4)
    try await store.execute("DROP TRIGGER interruption")
    try await store.create("d", token: "token of d")
    #expect(try await tokens(.a).contains("token of d"), "the old key seals on")
  }
}
