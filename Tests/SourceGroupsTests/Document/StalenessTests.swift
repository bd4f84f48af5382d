import Kubernetes
import SourceGroups
import Testing

@Suite("A stale source")
struct StalenessTests {
  private static let sources = "[{kubernetes: {\(Documents.everyPod)}}]"
  private static let allow = Documents.rule()
  private static let deny = Documents.rule(id: "d", action: "deny")
  private static let auditedDeny = Documents.rule(id: "a", action: "deny", "mode: audit")

  private func actions(_ text: String) throws -> [StaleAction] {
    try Documents.policy(text).groups.map { $0.sources[0].onStale }
  }

  @Test(
    "leaves a group that only allows",
    arguments: ["[\(allow)]", "[\(auditedDeny), \(allow)]"], ["allow", "deny"])
  func allowGroups(rules: String, defaultPolicy: String) throws {
    let text = Documents.text(
      defaultPolicy: defaultPolicy, Documents.group(sources: Self.sources, rules: rules))
    #expect(try actions(text) == [.clear])
  }

  @Test("leaves a group that denies when nothing after it allows")
  func harmlessDenyGroups() throws {
    let text = Documents.text(
      Documents.group(sources: Self.sources, rules: "[\(Self.allow)]", "defaultAction: deny"),
      Documents.group(id: "last", priority: 2, rules: "[\(Self.deny)]"))
    #expect(try actions(text)[0] == .clear)
  }

  @Test("stays in a group that denies what the default policy or a group after it allows")
  func denyGroups() throws {
    let group = Documents.group(sources: Self.sources, rules: "[\(Self.deny)]")
    #expect(try actions(Documents.text(defaultPolicy: "allow", group)) == [.keep])
    let later = Documents.group(id: "last", priority: 2, sources: Self.sources)
    #expect(try actions(Documents.text(group, later)) == [.keep, .clear])
    let audited = Documents.group(id: "last", priority: 2, sources: Self.sources, "mode: audit")
    #expect(try actions(Documents.text(group, audited)) == [.clear, .clear])
  }

  @Test("may not leave a group when that opens something")
  func openingGroups() {
    let text = Documents.text(
      defaultPolicy: "allow",
      Documents.group(
        sources: Self.sources.replacing("}}}]", with: "}}, onStale: clear}]"), rules: "[\(Self.deny)]"))
    Expected(
      text, .opensWhenStale, "`onStale: clear` would open what the source group `web` denies",
      fix: "write onStale: keep, or deny"
    ).check(Documents.read(text))
  }

  @Test("is not denied in a group that is only audited")
  func auditedGroups() {
    let text = Documents.text(
      Documents.group(sources: Self.sources.replacing("}}}]", with: "}}, onStale: deny}]"), "mode: audit"))
    Expected(
      text, .invalidValue, "would deny connections in a group that is only audited",
      fix: "write onStale: keep"
    ).check(Documents.read(text))
  }
}
