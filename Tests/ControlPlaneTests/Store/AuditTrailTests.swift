import Kubernetes
import Testing

@testable import ControlPlane

@Suite("audit trail")
struct AuditTrailTests {
  @Test("a write without its entry does not happen")
  func together() async throws {
    let store = try SQLiteStore.inMemory()
    try await store.create("prod", token: "hunter2")
    try await store.append("a")
    let token = try await store.createToken(named: "ci", role: .read, expiresAt: nil, by: "ann", at: .at(0))
    try await store.execute(
      "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END")
    let settings = IntegrationSettings(server: "https://other")
    let writes: [() async throws -> Void] = [
      { try await store.create("dev") },
      {
        _ = try await store.updateIntegration(
          named: "prod", settings, token: .remove, expecting: nil, by: "bob", at: .at(1))
      },
      {
        try await store.deleteIntegration(
          named: "prod", expecting: nil, whileActive: .any, by: "bob", at: .at(1))
      },
      { try await store.append("b") },
      { _ = try await store.createToken(named: "cd", role: .read, expiresAt: nil, by: "bob", at: .at(1)) },
      { _ = try await store.revokeToken(1, by: "bob", at: .at(1)) },
      { _ = try await store.rotate(from: .a, to: .b, by: "bob", at: .at(1)) },
    ]
    #expect(writes.count == AuditEntry.Action.allCases.count)
    for write in writes {
      let error = try await storeError(write)
      #expect(error == StoreError(.unavailable, "memory cannot be used: no room"))
    }
    #expect(try await store.integrations().map { $0.record?.token } == [SecretText("hunter2")])
    #expect(try await store.revisions(.latest, limit: 9).count == 1)
    #expect(try await store.authenticate(token.text, at: .at(1)) == .accepted(token.token))
    #expect(try await store.tokens().count == 1)
    #expect(try await store.trail.count == 3)
  }

  @Test("says who and when")
  func entry() async throws {
    let store = try SQLiteStore.inMemory()
    try await store.append("a", at: 77)
    let entry = try #require(try await store.auditTrail(.latest, limit: 1).first?.record)
    #expect(
      entry
        == AuditEntry(
          sequence: 1, at: .at(77), actor: "ann", action: .appendPolicy, subject: "revision 1",
          change: "lines removed: 1, added: 1\n- \n+ a"))
  }

  @Test("can be followed, and read from its end")
  func ranges() async throws {
    let store = try SQLiteStore.inMemory()
    for text in ["a", "b", "c", "d"] { try await store.append(text) }
    func numbers(_ range: RecordRange, _ limit: Int) async throws -> [Int?] {
      try await store.auditTrail(range, limit: limit).map { $0.record?.sequence }
    }
    #expect(try await numbers(.after(0), 3) == [1, 2, 3])
    #expect(try await numbers(.after(3), 3) == [4])
    #expect(try await numbers(.latest, 2) == [4, 3])
    #expect(try await numbers(.before(3), 9) == [2, 1])
  }

  @Test("an entry that cannot be read hides no other")
  func damage() async throws {
    let store = try SQLiteStore.inMemory()
    for text in ["a", "b"] { try await store.append(text) }
    try await store.execute("UPDATE audit SET action = 'x' WHERE sequence = 1")
    let trail = try await store.trail
    #expect(trail[0] == "1 unreadable: is damaged: its action makes no sense")
    #expect(trail[1].hasPrefix("2 ann policy.append"))
  }
}

@Suite("line differences")
struct LineDifferenceTests {
  @Test(
    "are the lines that went and came",
    arguments: [
      ("a\nb\nc", "a\nc", ["- b"]), ("a\nc", "a\nb\nc", ["+ b"]), ("a\nb\nc", "a\nx\nc", ["- b", "+ x"]),
      ("a", "a", []), ("a\na\na", "a\na", ["- a"]),
      ("1\n2\n3\n4", "0\n2\n4\n5", ["- 1", "+ 0", "- 3", "+ 5"]),
    ])
  func lines(_ old: String, _ new: String, _ expected: [String]) {
    #expect(LineDifference(from: old, to: new).lines == expected)
  }

  @Test("are not endless")
  func limits() {
    let many = (0..<1500).map { "line \($0)" }.joined(separator: "\n")
    let shown = LineDifference(from: "", to: many)
    #expect(shown.inserted == 1500)
    #expect(shown.lines.count == 201)
    #expect(shown.lines.last == "and 1301 more lines")
    let large = LineDifference(from: many, to: many.replacing("line", with: "row"))
    #expect(large.removed == 1500 && large.inserted == 1500)
    #expect(large.lines == ["the changed part is too large to compare"])
    #expect(LineDifference(from: "", to: String(repeating: "x", count: 5000)).lines.last?.count == 203)
  }
}
