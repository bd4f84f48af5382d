import Kubernetes
import Testing

@testable import ControlPlane

@Suite("several stores on one file")
struct StoreConcurrencyTests {
  @Test("each sees what the other wrote")
  func seeing() async throws {
    let folder = try StoreFolder()
    let server = try folder.open()
    let command = try folder.open()
    let new = try await command.createToken(named: "ci", role: .admin, expiresAt: nil, by: "root", at: .at(0))
    #expect(try await server.authenticate(new.text, at: .at(1)) == .accepted(new.token))
    _ = try await server.revokeToken(1, by: "ann", at: .at(1))
    #expect(try await command.authenticate(new.text, at: .at(2)) == .refused(.revoked(at: .at(1))))
  }

  @Test("of writers who expect the same revision, one wins")
  func oneWinner() async throws {
    let folder = try StoreFolder()
    let stores = try [folder.open(), folder.open()]
    for round in 0..<20 {
      let expected: ExpectedRevision = round == 0 ? .absent : .number(round)
      let outcomes = await withTaskGroup(of: Result<AppendedRevision, StoreError>.self) { group in
        for (index, store) in stores.enumerated() {
          group.addTask {
            do throws(StoreError) {
              return .success(
                try await store.appendRevision(
                  PolicyDraft(text: "\(round)/\(index)", canonicalText: "\(round)/\(index)"),
                  expecting: expected, by: "ann", at: .at(round)))
            } catch {
              return .failure(error)
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let won = outcomes.compactMap { try? $0.get().revision.header.number }
      let lost = outcomes.compactMap { if case .failure(let error) = $0 { error.code } else { nil } }
      #expect(won == [round + 1])
      #expect(lost == [.conflict])
    }
  }

  @Test("opening a new file together makes one database")
  func openingTogether() async throws {
    for _ in 0..<5 {
      let folder = try StoreFolder()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<4 {
          group.addTask { try await folder.open().append("text \(index)") }
        }
        try await group.waitForAll()
      }
      #expect(
        try await folder.open().revisions(.latest, limit: 9).compactMap { $0.record?.number } == [4, 3, 2, 1])
    }
  }

  @Test("many writers wait for each other, and nothing is lost")
  func manyWriters() async throws {
    let folder = try StoreFolder()
    let stores = try (0..<3).map { _ in try folder.open() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, store) in stores.enumerated() {
        group.addTask {
          for number in 0..<20 { try await store.create("cluster-\(index)-\(number)", token: "hunter2") }
        }
      }
      try await group.waitForAll()
    }
    let list = try await stores[0].integrations().compactMap(\.record)
    #expect(list.count == 60)
    #expect(Set(list.map(\.generation)) == Set(1...60))
  }
}
