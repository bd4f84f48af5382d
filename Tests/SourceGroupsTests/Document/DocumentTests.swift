import Kubernetes
import SourceGroups
import Testing

@Suite("A document of source groups")
struct DocumentTests {
  @Test("is read with its groups in the order of their priorities")
  func orderOfGroups() throws {
    let policy = try Documents.policy(
      Documents.text(Documents.group(id: "late", priority: 20), Documents.group(id: "early", priority: 3)))
    #expect(policy.name == "egress")
    #expect(policy.groups.map(\.id) == ["early", "late"])
    #expect(policy.defaultPolicy.value == .deny)
    #expect("\(policy.groups[0].location)" == "policy.yaml:8:7")
  }

  @Test("says what it is", arguments: ["merlon.dev/v1", "v1"])
  func apiVersion(version: String) {
    let text = Documents.text(Documents.group()).replacing("merlon.dev/v1alpha1", with: version)
    Expected(text, .invalidValue, "is of apiVersion merlon.dev/v1alpha1 and kind SourceGroupPolicy").check(
      Documents.read(text))
  }

  @Test(
    "has no fields that nobody knows",
    arguments: [
      ("defaultPolicy:", "default_policy: deny\n  defaultPolicy:", "did you mean `defaultPolicy`?"),
      ("priority:", "prio: 1, priority:", "unknown field `prio` in a source group"),
      ("cidrs:", "cidr: [10.0.0.0/8], cidrs:", "did you mean `cidrs`?"),
      ("action:", "Action: allow, action:", "did you mean `action`?"),
      ("anywhere:", "dst: x, anywhere:", "unknown field `dst` in to"),
      ("port:", "ports: [1], port:", "did you mean `port`?"),
      ("name: egress", "name: egress, labels: {a: b}", "unknown field `labels` in metadata"),
    ])
  func unknownFields(place: String, written: String, message: String) {
    let text = Documents.text(Documents.group()).replacing(place, with: written, maxReplacements: 1)
    let reading = Documents.read(text)
    #expect(reading.policy == nil)
    #expect(reading.diagnostics.map(\.code) == [.unknownField])
    #expect(reading.diagnostics.first?.message.contains(message) ?? false, "\(reading.diagnostics)")
  }

  @Test("has what it needs", arguments: ["id", "priority", "sources"])
  func missingFields(field: String) {
    let text = Documents.text(Documents.group()).replacing("\(field): ", with: "x\(field): ")
    let errors = Documents.read(text).diagnostics
    #expect(errors.contains { $0.code == .missingField && $0.message.contains("needs `\(field)`") })
  }

  @Test("names a key once")
  func duplicateKeys() {
    let text = Documents.text(Documents.group()).replacing("priority: 1", with: "priority: 1, priority: 2")
    let reading = Documents.read(text)
    #expect(reading.policy == nil)
    #expect(reading.diagnostics.map(\.code) == [.duplicateKey])
  }

  @Test("has an id for one group only")
  func duplicateGroups() {
    let text = Documents.text(Documents.group(priority: 1), Documents.group(priority: 2))
    let reading = Documents.read(text)
    Expected(text, .duplicateObject, "two source groups `web`").check(reading)
    #expect(reading.diagnostics.first?.related.map { "\($0.location)" } == ["policy.yaml:7:7"])
  }

  @Test("has an id for one rule of a group only")
  func duplicateRules() {
    let text = Documents.text(
      Documents.group(rules: "[\(Documents.rule()), \(Documents.rule())]"),
      Documents.group(id: "other", priority: 2))
    Expected(text, .duplicateObject, "`web` has two rules `r`").check(Documents.read(text))
  }

  @Test("has no two groups of one priority, as the order of the text would decide")
  func duplicatePriorities() {
    let text = Documents.text(Documents.group(), Documents.group(id: "db"))
    Expected(
      text, .duplicatePriority, "`web` and `db` have one priority, 1",
      fix: "give each group a priority of its own"
    ).check(Documents.read(text))
  }

  @Test("with several problems has all of them reported, in the order of the text")
  func allProblems() {
    let text = Documents.text(
      Documents.group(
        sources: "[{cidrs: [10.1.0.1/16]}, {}]",
        rules: "[\(Documents.rule(traffic: "[{protocol: TCP, port: 0}]")), {id: x}]"))
    let lines = Documents.read(text).diagnostics.map(\.code.rawValue)
    #expect(
      lines == [
        "invalid-value", "missing-field", "invalid-value", "missing-field", "missing-field", "missing-field",
      ])
  }

  @Test("may be JSON")
  func json() throws {
    let yaml = try Documents.policy(Documents.text(Documents.group()))
    #expect(try Documents.policy(yaml.data.prettyJSON) == yaml)
  }

  @Test("is not empty", arguments: ["", "---\n", "[]", "text", "{"])
  func noDocument(text: String) {
    let reading = Documents.read(text)
    #expect(reading.policy == nil)
    #expect(reading.diagnostics.contains { $0.severity == .error })
  }

  @Test("that audits a group enforces none of its rules")
  func auditedGroups() throws {
    let rule = Documents.rule()
    let policy = try Documents.policy(Documents.text(Documents.group(rules: "[\(rule)]", "mode: audit")))
    #expect(policy.groups[0].rules[0].mode == .audit)
    let enforced = Documents.rule("mode: enforce")
    let text = Documents.text(Documents.group(rules: "[\(enforced)]", "mode: audit"))
    Expected(
      text, .invalidValue, "the rule `r` is enforced in a group that is only audited",
      fix: "give the group mode: enforce, and mode: audit to its other rules"
    ).check(Documents.read(text))
  }
}
