import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

/// SEMANTICS.md §1.2: peers, blocks and selectors.
@Suite("NetworkPolicy peers")
struct NetworkPolicyPeerTests {
  @Test(
    "a peer has at least one member",
    arguments: [
      "{}", "null", "{podSelector: null}", "{podSelector: null, namespaceSelector: null, ipBlock: null}",
    ])
  func emptyPeer(_ peer: String) {
    let reading = PolicyReading.peer(peer)
    #expect(reading.rejected == 1)
    #expect(reading.errors == ["4:26 a peer needs a `podSelector`, a `namespaceSelector` or an `ipBlock`"])
  }

  @Test(
    "an ipBlock excludes selectors",
    arguments: ["podSelector: {}", "namespaceSelector: {}", "podSelector: {}, namespaceSelector: {}"])
  func blockWithSelector(_ selector: String) {
    let reading = PolicyReading.peer("{ipBlock: {cidr: 10.0.0.0/8}, \(selector)}")
    #expect(reading.rejected == 1)
    #expect(reading.errors == ["4:26 a peer with an `ipBlock` must not have selectors"])
  }

  @Test("a null selector beside an ipBlock is none")
  func blockWithNull() {
    #expect(PolicyReading.peer("{ipBlock: {cidr: 10.0.0.0/8}, podSelector: null}").isAccepted)
  }

  @Test(
    "an ipBlock needs a cidr",
    arguments: [
      ("{}", "4:36 an `ipBlock` needs a `cidr`"), ("{cidr: null}", "4:36 an `ipBlock` needs a `cidr`"),
      ("{cidr: \"\"}", "4:43 `` is not a CIDR such as 10.0.0.0/8 or fd00::/8"),
      ("{cidr: 10}", "4:43 `ipBlock.cidr` must be a string, not the number `10`"),
      ("[10.0.0.0/8]", "4:36 `ipBlock` must be a mapping, not a list"),
    ])
  func missingCIDR(_ block: String, _ error: String) {
    let reading = PolicyReading.peer("{ipBlock: \(block)}")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "every server rejects",
    arguments: ["10.0.0.1", "\"10.0.0.0/8 \"", "10.0.0.0/33", "10.0/8", "\"::/129\"", "\"::1\"", "any"])
  func rejectedCIDR(_ cidr: String) {
    let reading = PolicyReading.peer("{ipBlock: {cidr: \(cidr)}}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("4:43 ") == true)
  }

  @Test("a bare address misses its prefix length, which is named")
  func bareAddress() {
    #expect(
      PolicyReading.peer("{ipBlock: {cidr: 10.0.0.1}}").diagnostics.first?.fix
        == "add the prefix length: 10.0.0.1/32")
  }

  @Test(
    "legacy forms are read as older servers meant them, with a warning",
    arguments: [
      ("10.0.0.1/8", "10.0.0.0/8", "has bits set after its prefix"),
      ("010.0.0.0/8", "10.0.0.0/8", "has leading zeros"),
      ("10.0.0.0/08", "10.0.0.0/8", "has leading zeros"),
      ("::ffff:10.0.0.0/104", "10.0.0.0/8", "is an IPv4 block in IPv6 form"),
    ])
  func legacyForms(_ cidr: String, _ meaning: String, _ what: String) {
    let reading = PolicyReading.peer("{ipBlock: {cidr: \"\(cidr)\"}}")
    #expect(reading.isAccepted)
    #expect(
      reading.warnings == [
        "4:43 `\(cidr)` \(what); API servers from 1.36 on reject it, older ones read \(meaning)"
      ])
    #expect(reading.ruleTexts.first?.contains(meaning) == true)
  }

  @Test("IPv6 text that is not canonical is accepted with a warning")
  func notCanonical() {
    let reading = PolicyReading.peer("{ipBlock: {cidr: \"FD00:0::/8\"}}")
    #expect(reading.isAccepted && reading.warnings == ["4:43 `FD00:0::/8` is not the canonical form"])
    #expect(reading.diagnostics.first?.fix == "write fd00::/8")
  }

  @Test(
    "except is a strict subset of cidr",
    arguments: [
      ("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.0/8", "10.0.0.0/7"), ("10.0.0.0/8", "11.0.0.0/16"),
      ("10.0.0.0/8", "fd00::/16"),
      ("0.0.0.0/0", "::/1"), ("0.0.0.0/0", "0.0.0.0/0"), ("fd00::/8", "::/0"),
    ])
  func outsideExcept(_ cidr: String, _ except: String) {
    let reading = PolicyReading.peer("{ipBlock: {cidr: \"\(cidr)\", except: [\"\(except)\"]}}")
    #expect(reading.rejected == 1)
    #expect(
      reading.errors.map { $0.drop { $0 != " " } } == [
        " `\(except)` must be a strict subset of the block \(cidr)"
      ])
  }

  @Test(
    "excepts that are accepted",
    arguments: [
      "[]", "null", "[10.0.0.0/9]", "[10.0.0.0/9, 10.128.0.0/9]", "[10.1.0.0/16, 10.1.0.0/16]",
      "[\"::ffff:10.1.0.0/112\"]",
      "[10.255.255.255/32]",
    ])
  func legalExcepts(_ except: String) {
    #expect(PolicyReading.peer("{ipBlock: {cidr: 10.0.0.0/8, except: \(except)}}").isAccepted)
  }

  @Test("an except that is no CIDR", arguments: ["10.1.0.0", "\"\"", "null", "1", "[]"])
  func illegalExcept(_ except: String) {
    let reading = PolicyReading.peer("{ipBlock: {cidr: 10.0.0.0/8, except: [\(except)]}}")
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("4:64 ") == true)
  }

  @Test("the same peer, rule and except twice are accepted")
  func duplicates() {
    #expect(PolicyReading.peer("{podSelector: {}}, {podSelector: {}}").isAccepted)
    #expect(PolicyReading.ingress("{}, {}").isAccepted)
  }

  @Test(
    "label keys and values that are accepted",
    arguments: [
      "matchLabels: {a: b}", "matchLabels: {a: \"\"}", "matchLabels: {a: }",
      "matchLabels: {example.com/a_b.C-1: X_y.z-0}",
      "matchLabels: {\"1\": \"1\"}", "matchLabels: {a: \"y\"}",
      "matchExpressions: [{key: a, operator: In, values: [\"\"]}]",
      "matchExpressions: [{key: a, operator: NotIn, values: [b, c]}]",
      "matchExpressions: [{key: a, operator: Exists}]",
      "matchExpressions: [{key: a, operator: DoesNotExist, values: []}]",
      "matchExpressions: [{key: a, operator: Exists, values: null}]",
      "matchExpressions: [{key: a, operator: In, values: [null]}]", "matchLabels: {a: 0-5}",
    ])
  func legalSelectors(_ selector: String) {
    let reading = PolicyReading.spec("spec: {podSelector: {\(selector)}}\n")
    #expect(reading.isAccepted, "\(reading.errors)")
  }

  @Test(
    "label keys and values that are rejected",
    arguments: [
      "matchLabels: {a b: c}", "matchLabels: {-a: c}", "matchLabels: {a-: c}", "matchLabels: {a/b/c: d}",
      "matchLabels: {/a: b}",
      "matchLabels: {a/: b}", "matchLabels: {A.com/a: b}", "matchLabels: {\"\": b}", "matchLabels: {a: -b}",
      "matchLabels: {a: b-}",
      "matchLabels: {a: b c}", "matchLabels: {a: é}", "matchLabels: {a: true}", "matchLabels: {a: y}",
      "matchLabels: {a: no}",
      "matchLabels: {a: On}", "matchLabels: {a: off}", "matchLabels: {a: 1}", "matchLabels: {a: 1.5}",
      "matchLabels: {a: 1e3}",
      "matchLabels: {a: [b]}", "matchLabels: [a]", "matchLabels: a",
      "matchLabels: {a: \(String(repeating: "x", count: 64))}",
      "matchLabels: {\(String(repeating: "x", count: 64)): a}",
      "matchExpressions: [{key: a, operator: In}]", "matchExpressions: [{key: a, operator: In, values: []}]",
      "matchExpressions: [{key: a, operator: NotIn, values: null}]",
      "matchExpressions: [{key: a, operator: Exists, values: [b]}]",
      "matchExpressions: [{key: a, operator: DoesNotExist, values: [\"\"]}]",
      "matchExpressions: [{key: a, operator: Gt, values: [\"1\"]}]",
      "matchExpressions: [{key: a, operator: in, values: [b]}]", "matchExpressions: [{key: a}]",
      "matchExpressions: [{operator: Exists}]",
      "matchExpressions: [{key: null, operator: Exists}]", "matchExpressions: [{key: a b, operator: Exists}]",
      "matchExpressions: [{key: a, operator: In, values: [b c]}]",
      "matchExpressions: [{key: a, operator: In, values: [yes]}]",
      "matchExpressions: {key: a}", "matchExpressions: [a]", "matchExpressions: [null]",
      "matchExpressions: [{key: 1, operator: Exists}]", "matchExpressions: [{key: a, operator: \"\"}]",
    ])
  func illegalSelectors(_ selector: String) {
    let reading = PolicyReading.spec("spec: {podSelector: {\(selector)}}\n")
    #expect(reading.rejected == 1 && !reading.errors.isEmpty)
    #expect(reading.errors.allSatisfy { $0.hasPrefix("4:") })
  }

  @Test("a boolean where a label value belongs: the answer is to quote it")
  func booleanLabel() {
    let reading = PolicyReading.spec("spec: {podSelector: {matchLabels: {team: y}}}\n")
    #expect(
      reading.errors == ["4:42 `spec.podSelector.matchLabels.team` must be a string, not the boolean `y`"])
    #expect(reading.diagnostics.first?.fix == "quote it: \"y\"")
  }

  @Test("a wrong operator is recognised")
  func operatorSuggestion() {
    let reading = PolicyReading.spec(
      "spec: {podSelector: {matchExpressions: [{key: a, operator: notin, values: [b]}]}}\n")
    #expect(reading.diagnostics.first?.fix == "did you mean `NotIn`?")
  }

  @Test("a label key that YAML reads as a number is written as Go writes it")
  func numericKeys() {
    let reading = PolicyReading.spec("spec: {podSelector: {matchLabels: {010: a, yes: b}}}\n")
    #expect(reading.isAccepted)
    #expect(reading.policies.first?.subject.description.contains("8=a") == true)
    #expect(reading.policies.first?.subject.description.contains("true=b") == true)
  }
}
