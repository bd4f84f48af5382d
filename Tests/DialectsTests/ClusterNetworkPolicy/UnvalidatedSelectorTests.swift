import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.1: servers do not validate the selectors of `policy.networking.k8s.io`.
@Suite("Selectors that no server validates")
struct UnvalidatedSelectorTests {
  typealias Reading = ClusterNetworkPolicyReading

  @Test(
    "what only selector validation rejects is admitted, and cannot be read",
    arguments: [
      ("{matchExpressions: [{key: a, operator: Bogus}]}", "`Bogus` is not an operator"),
      ("{matchExpressions: [{key: a, operator: exists}]}", "`exists` is not an operator"),
      ("{matchExpressions: [{key: a, operator: In}]}", "`operator: In` needs at least one value"),
      (
        "{matchExpressions: [{key: a, operator: NotIn, values: []}]}",
        "`operator: NotIn` needs at least one value"
      ),
      (
        "{matchExpressions: [{key: a, operator: Exists, values: [b]}]}",
        "`operator: Exists` must not have values"
      ),
      (
        "{matchLabels: {a b: c}}",
        "the label key `a b` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
      ),
      ("{matchExpressions: [{key: \"\", operator: Exists}]}", "the label key `` must not be empty"),
      (
        "{matchLabels: {a: c d!}}",
        "the label value `c d!` of `spec.egress[].to[].namespaces.matchLabels.a` must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
      ),
    ])
  func admitted(_ selector: String, _ problem: String) {
    let reading = Reading.peer("{namespaces: \(selector)}")
    #expect(reading.isAccepted)
    #expect(reading.ruleTexts == ["egress[0] accept: namespaces unreadable | any"])
    #expect(
      reading.warnings.map { String($0.drop { $0 != " " }.dropFirst()) } == [
        "\(problem); servers admit the selector, but no engine can read it: the peer matches nothing"
      ])
    #expect(reading.diagnostics.map(\.code) == [.unreadableSelector])
  }

  @Test(
    "what the schema rejects is an error",
    arguments: [
      (
        "{matchLabel: {}}",
        "unknown field `matchLabel` in LabelSelector: did you mean `matchLabels`? (a server that drops it selects everything)"
      ),
      (
        "{matchLabels: {a: 1}}",
        "`spec.egress[].to[].namespaces.matchLabels.a` must be a string, not the number `1`"
      ),
      ("{matchExpressions: [{operator: Exists}]}", "a `matchExpressions` entry needs a `key`"),
      (
        "{matchExpressions: [{key: a}]}",
        "a `matchExpressions` entry needs an `operator`: In, NotIn, Exists or DoesNotExist"
      ),
      (
        "{matchExpressions: [{key: a, operator: In, values: [null]}]}",
        "`values[]` must be a string, not null"
      ),
      (
        "{matchExpressions: [null]}",
        "`spec.egress[].to[].namespaces.matchExpressions[]` must be a mapping, not null"
      ),
      ("[]", "`spec.egress[].to[].namespaces` must be a mapping, not a list"),
    ])
  func rejected(_ selector: String, _ error: String) {
    let reading = Reading.peer("{namespaces: \(selector)}")
    #expect(reading.policies.isEmpty)
    #expect(reading.errors.map { String($0.drop { $0 != " " }.dropFirst()) } == [error])
  }

  @Test("a label whose value is null is dropped by the server, which widens the selector")
  func nullLabel() {
    let reading = Reading.peer("{namespaces: {matchLabels: {a: , b: c}}}")
    #expect(reading.isAccepted && reading.ruleTexts == ["egress[0] accept: namespaces [b=c] | any"])
    #expect(
      reading.warnings == [
        "5:61 the server drops the label `a` of `spec.egress[].to[].namespaces`, because its value is null: the selector asks less than it seems to"
      ])
    #expect(
      Reading.peer("{namespaces: {matchLabels: {a: }}}").ruleTexts == [
        "egress[0] accept: namespaces [] | any"
      ])
  }

  private static let bogus = "{matchExpressions: [{key: a, operator: Bogus}]}"

  @Test(
    "in every place that has a selector",
    arguments: [
      "{namespaces: \(bogus)}", "{nodes: \(bogus)}", "{pods: {podSelector: \(bogus)}}",
      "{pods: {podSelector: {}, namespaceSelector: \(bogus)}}",
    ])
  func places(_ peer: String) throws {
    let rule = try #require(Reading.peer("{namespaces: {}}, \(peer)").policies.first?.egress.first)
    #expect(rule.peers.map(\.isUnreadable) == [false, true])
    #expect(!rule.failsClosed, "an Accept rule keeps its other peers")
  }

  @Test(
    "a Deny or Pass rule with an unreadable peer denies everything",
    arguments: [("Deny", "Deny"), ("Pass", "Pass")])
  func failsClosed(_ action: String, _ name: String) throws {
    let reading = Reading.peer("{namespaces: {}}, {namespaces: \(Self.bogus)}", action: action)
    #expect(try #require(reading.policies.first?.egress.first).failsClosed)
    #expect(
      reading.warnings.first?.hasSuffix(
        "no engine can read it: the \(name) rule counts as one that denies everything")
        == true)
    #expect(
      try #require(Reading.peer("{namespaces: {}}", action: action).policies.first?.egress.first).failsClosed
        == false)
  }

  @Test(
    "a policy with an unreadable subject selects no pods",
    arguments: ["namespaces: \(bogus)", "pods: {podSelector: \(bogus)}"])
  func subject(_ subject: String) throws {
    let reading = Reading.spec("spec: {tier: Admin, priority: 1, subject: {\(subject)}}")
    #expect(try #require(reading.policies.first).subject.isUnreadable)
    #expect(reading.warnings.first?.hasSuffix("no engine can read it: the policy selects no pods") == true)
  }
}
