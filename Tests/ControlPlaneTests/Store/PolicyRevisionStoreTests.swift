import Kubernetes
import Testing

@testable import ControlPlane

@Suite("stored policy revisions")
struct PolicyRevisionStoreTests {
  private let store: SQLiteStore

  init() throws {
    store = try .inMemory()
  }

  @Test("there is none at first")
  func absence() async throws {
    #expect(try await store.activeRevision() == nil)
    #expect(try await store.revision(1) == nil)
    #expect(try await store.revisions(.latest, limit: 10).isEmpty)
  }

  @Test("the last that was appended is active, and all are kept as they were written")
  func appending() async throws {
    let first = try await store.append("A: 1", at: 1)
    let second = try await store.append("A: 2", at: 2)
    #expect(first.isNew && second.isNew)
    #expect(second.revision.header.number == 2)
    #expect(second.revision.header.digest == sha256("a: 2"))
    #expect(second.revision.header.createdAt == .at(2))
    #expect(try await store.activeRevision() == second.revision)
    let old = try #require(try await store.revision(1))
    #expect(old.text == "A: 1" && old.canonicalText == "a: 1")
    #expect(!old.header.isActive)
  }

  @Test("an identical document writes nothing, whichever revision was expected")
  func identical() async throws {
    try await store.append("a")
    let second = try await store.append("b", expecting: .number(1), at: 1)
    let again = try await store.append("B", expecting: .number(1), at: 2)
    #expect(again == AppendedRevision(revision: second.revision, isNew: false))
    #expect(try await store.trail.count == 2)
  }

  @Test(
    "a writer who expects another revision is refused",
    arguments: [(ExpectedRevision.absent, "not none"), (.number(1), "not 1"), (.number(3), "not 3")])
  func conflicts(_ expected: ExpectedRevision, _ believed: String) async throws {
    try await store.append("a", expecting: .absent)
    try await store.append("b", expecting: .number(1))
    let error = try await storeError { try await store.append("c", expecting: expected) }
    #expect(error.code == .conflict)
    #expect(error.message == "the policy was changed: revision 2 is active, \(believed)")
    #expect(try await store.trail.count == 2)
  }

  @Test("a revision is expected where there is none")
  func conflictWithNone() async throws {
    let error = try await storeError { try await store.append("c", expecting: .number(1)) }
    #expect(error.message == "the policy was changed: no revision is active, not 1")
  }

  @Test("going back appends the old text and names its origin")
  func restoring() async throws {
    let first = try await store.append("A")
    try await store.append("B")
    let draft = PolicyDraft(restoring: first.revision, note: "B broke the shop")
    let restored = try await store.appendRevision(draft, expecting: .number(2), by: "bob", at: .at(9))
    #expect(restored.revision.text == "A")
    #expect(restored.revision.header.number == 3)
    #expect(restored.revision.header.origin == 1)
    #expect(
      try await store.trail[2]
        == "3 bob policy.append revision 3: follows revision 2; brings back revision 1; "
        + "note: B broke the shop; lines removed: 1, added: 1; - b; + a")
  }

  @Test("a draft is not another text than its origin's, and its origin is there")
  func falseOrigin() async throws {
    let first = try await store.append("A")
    var draft = PolicyDraft(restoring: first.revision)
    draft.canonicalText = "c"
    let changed = try await storeError { [draft] in
      _ = try await store.appendRevision(draft, expecting: .any, by: "bob", at: .at(9))
    }
    #expect(changed == StoreError(.invalid, "this is not the text of policy revision 1"))
    draft.origin = 7
    let missing = try await storeError { [draft] in
      _ = try await store.appendRevision(draft, expecting: .any, by: "bob", at: .at(9))
    }
    #expect(missing == StoreError(.missing, "there is no policy revision 7 to go back to"))
  }

  @Test("integrations that a document names must be there")
  func references() async throws {
    try await store.create("prod")
    let draft = PolicyDraft(text: "a", canonicalText: "a", integrations: ["prod", "dev"])
    let error = try await storeError {
      _ = try await store.appendRevision(draft, expecting: .any, by: "ann", at: .at(0))
    }
    #expect(error == StoreError(.missing, "there is no integration `dev`"))
    #expect(try await store.activeRevision() == nil)
  }

  @Test("a text that SQLite would cut short is refused")
  func nul() async throws {
    let error = try await storeError { try await store.append("a\0b") }
    #expect(error == StoreError(.invalid, "a NUL character cannot be stored", fix: "remove it"))
    let note = PolicyDraft(text: "a", canonicalText: "a", note: "\0")
    let noted = try await storeError {
      _ = try await store.appendRevision(note, expecting: .any, by: "ann", at: .at(0))
    }
    #expect(noted.code == .invalid)
    #expect(try await store.activeRevision() == nil)
  }

  @Test("a task that was cancelled writes nothing, and the store goes on")
  func cancelled() async throws {
    let task = Task { [store] in
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.append("a")
    }
    let error = try await storeError { try await task.value }
    #expect(error == StoreError(.unavailable, "the task ended before anything was stored"))
    #expect(try await store.append("b").revision.header.number == 1)
  }

  @Test("lists are parts, with the newest or the oldest first")
  func ranges() async throws {
    for text in ["a", "b", "c", "d", "e"] { try await store.append(text) }
    func numbers(_ range: RecordRange, _ limit: Int) async throws -> [Int?] {
      try await store.revisions(range, limit: limit).map { $0.record?.number }
    }
    #expect(try await numbers(.latest, 2) == [5, 4])
    #expect(try await numbers(.before(4), 2) == [3, 2])
    #expect(try await numbers(.after(2), 2) == [3, 4])
    #expect(try await numbers(.after(5), 2) == [])
    #expect(try await numbers(.latest, -1) == [])
    #expect(
      try await store.revisions(.latest, limit: 9).map { $0.record?.isActive } == [true]
        + .init(repeating: false, count: 4))
  }

  @Test("a text that is not the one that was written is not given out, and keeps nobody from a better one")
  func damage() async throws {
    try await store.append("a")
    try await store.append("b")
    try await store.execute("UPDATE policy_revision SET canonical_text = 'allow all' WHERE number = 2")
    let error = try await storeError { _ = try await store.activeRevision() }
    #expect(error.code == .unreadable)
    #expect(error.message == "the policy revision `2` is damaged: its text does not have its digest")
    #expect(try await store.revision(1)?.text == "a")
    #expect(try await store.append("b", expecting: .number(2)).revision.header.number == 3)
    #expect(try await store.activeRevision()?.text == "b")
  }
}
