import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §1.2, the parts that are not peers or ports.
@Suite("NetworkPolicy validation")
struct NetworkPolicyValidationTests {
  private func named(_ name: String) -> PolicyReading {
    PolicyReading("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: \(name)\n")
  }

  @Test(
    "metadata.name is a DNS-1123 subdomain",
    arguments: ["a", "a.b", "0", "a-b.c-d", "\"1\"", String(repeating: "a", count: 253)])
  func legalNames(_ name: String) {
    #expect(named(name == "0" ? "\"0\"" : name).isAccepted)
  }

  @Test(
    "metadata.name outside of DNS-1123 is rejected",
    arguments: [
      "A", "a_b", "-a", "a-", ".a", "a.", "a..b", "\"a b\"", "a/b", "é", String(repeating: "a", count: 254),
    ])
  func illegalNames(_ name: String) {
    let reading = named(name)
    #expect(reading.rejected == 1 && reading.errors.count == 1)
    #expect(reading.errors.first?.hasPrefix("4:9 the name ") == true)
  }

  @Test(
    "a name that is missing, empty or no text is rejected, and said",
    arguments: [
      ("metadata: {}", "3:11 NetworkPolicy without `metadata.name`"),
      ("metadata: {name: }", "3:11 NetworkPolicy without `metadata.name`"),
      ("metadata: {name: \"\"}", "3:11 NetworkPolicy without `metadata.name`"),
      ("metadata: {name: 12}", "3:18 `metadata.name` must be a string, not the number `12`"),
      ("metadata: {name: [a]}", "3:18 `metadata.name` must be a string, not a list"),
      ("metadata: a", "3:11 `metadata` must be a mapping, not the string `a`"),
      ("metadata: null", "1:1 NetworkPolicy without `metadata`"),
      ("spec: {}", "1:1 NetworkPolicy without `metadata`"),
    ])
  func missingNames(_ metadata: String, _ error: String) {
    let reading = PolicyReading("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\(metadata)\n")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test(
    "policyTypes are at most two of Ingress and Egress",
    arguments: [
      ("[ingress]", "4:22 `policyTypes` entries must be Ingress or Egress, not `ingress`"),
      ("[Both]", "4:22 `policyTypes` entries must be Ingress or Egress, not `Both`"),
      ("[\"\"]", "4:22 `policyTypes` entries must be Ingress or Egress, not ``"),
      ("[null]", "4:22 `policyTypes` entries must be Ingress or Egress, not null"),
      ("[Ingress, Egress, Ingress]", "4:39 `policyTypes` may have at most two entries"),
      ("Ingress", "4:21 `spec.policyTypes` must be a list, not the string `Ingress`"),
      ("{Ingress: true}", "4:21 `spec.policyTypes` must be a list, not a mapping"),
      ("[1]", "4:22 `spec.policyTypes[]` must be a string, not the number `1`"),
    ])
  func policyTypes(_ text: String, _ error: String) {
    let reading = PolicyReading.spec("spec: {policyTypes: \(text)}\n")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("a wrong letter case is recognised")
  func suggestion() {
    #expect(
      PolicyReading.spec("spec: {policyTypes: [ingress]}\n").diagnostics.first?.fix
        == "did you mean `Ingress`?")
  }

  @Test(
    "unknown fields are errors with a suggestion, because dropping them widens",
    arguments: [
      (
        "spec: {podSelector: {matchLabel: {a: b}}}",
        "4:22 unknown field `matchLabel` in LabelSelector: did you mean `matchLabels`? (a server that drops it selects everything)"
      ),
      (
        "spec: {ingress: [{to: []}]}",
        "4:19 unknown field `to` in NetworkPolicyIngressRule (a server that drops it opens the rule to everyone)"
      ),
      (
        "spec: {egress: [{from: []}]}",
        "4:18 unknown field `from` in NetworkPolicyEgressRule (a server that drops it opens the rule to everyone)"
      ),
      (
        "spec: {ingress: [{fromm: []}]}",
        "4:19 unknown field `fromm` in NetworkPolicyIngressRule: did you mean `from`? (a server that drops it opens the rule to everyone)"
      ),
      ("spec: {ingres: []}", "4:8 unknown field `ingres` in NetworkPolicySpec: did you mean `ingress`?"),
      (
        "spec: {podselector: {}}",
        "4:8 unknown field `podselector` in NetworkPolicySpec: did you mean `podSelector`?"
      ),
      ("spce: {}", "4:1 unknown field `spce` in NetworkPolicy: did you mean `spec`?"),
      (
        "spec: {ingress: [{from: [{ipblock: {cidr: 10.0.0.0/8}}]}]}",
        "4:27 unknown field `ipblock` in NetworkPolicyPeer: did you mean `ipBlock`?"
      ),
      (
        "spec: {ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, excepts: []}}]}]}",
        "4:55 unknown field `excepts` in IPBlock: did you mean `except`?"
      ),
      (
        "spec: {ingress: [{ports: [{port: 1, endport: 2}]}]}",
        "4:37 unknown field `endport` in NetworkPolicyPort: did you mean `endPort`? (a server that drops it opens more ports)"
      ),
      (
        "spec: {podSelector: {matchExpressions: [{key: a, operator: Exists, value: b}]}}",
        "4:68 unknown field `value` in LabelSelectorRequirement: did you mean `values`?"
      ),
      ("spec: {yes: 1}", "4:8 unknown field `true` in NetworkPolicySpec"),
    ])
  func unknownFields(_ text: String, _ error: String) {
    let reading = PolicyReading.spec(text + "\n")
    #expect(reading.rejected == 1)
    #expect(reading.errors.contains(error), "\(reading.errors)")
  }

  @Test("unknown fields of metadata are errors; the known ones are not")
  func metadataFields() {
    let head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n"
    let known =
      "  creationTimestamp: null\n  generation: 1\n  managedFields: []\n  uid: x\n  annotations: {a: b, c: null}\n"
    #expect(PolicyReading(head + known).isAccepted)
    #expect(
      PolicyReading(head + "  label: {}\n").errors == [
        "5:3 unknown field `label` in ObjectMeta: did you mean `labels`?"
      ])
    #expect(
      PolicyReading(head + "  annotations: {a: 1, b: yes}\n").errors == [
        "5:20 `metadata.annotations.a` must be a string, not the number `1`",
        "5:26 `metadata.annotations.b` must be a string, not the boolean `yes`",
      ])
  }

  @Test(
    "wrong types",
    arguments: [
      ("spec: []", "4:7 `spec` must be a mapping, not a list"),
      ("spec: {podSelector: []}", "4:21 `spec.podSelector` must be a mapping, not a list"),
      ("spec: {ingress: {}}", "4:17 `spec.ingress` must be a list, not a mapping"),
      ("spec: {ingress: [a]}", "4:18 `spec.ingress[]` must be a mapping, not the string `a`"),
      ("spec: {ingress: [{from: {}}]}", "4:25 `spec.ingress[].from` must be a list, not a mapping"),
      ("spec: {egress: [{to: [x]}]}", "4:23 `peer` must be a mapping, not the string `x`"),
      ("spec: {egress: [{ports: 80}]}", "4:25 `spec.egress[].ports` must be a list, not the number `80`"),
      ("spec: {egress: [{ports: [80]}]}", "4:26 `ports[]` must be a mapping, not the number `80`"),
    ])
  func wrongTypes(_ text: String, _ error: String) {
    let reading = PolicyReading.spec(text + "\n")
    #expect(reading.rejected == 1 && reading.errors == [error])
  }

  @Test("all problems of one policy are reported in one run")
  func allProblems() {
    let reading = PolicyReading.spec(
      "spec:\n  podSelector: {matchLabels: {team: y}}\n  policyTypes: [In]\n  ingress:\n    - from: [{}, {ipBlock: {}}]\n      ports: [{port: 0}, {protocol: tcp}]\n"
    )
    #expect(
      reading.errors.map { String($0.prefix { $0 != " " }) } == [
        "5:37", "6:17", "8:14", "8:28", "9:22", "9:37",
      ])
  }

  @Test("a policy with a key twice is rejected: nobody knows which value was meant")
  func duplicateKeys() {
    let reading = PolicyReading.spec("spec: {podSelector: {}, podSelector: {matchLabels: {a: b}}}\n")
    #expect(reading.rejected == 1 && reading.policies.isEmpty)
    #expect(
      reading.errors == [
        "4:25 the key `podSelector` stands twice in one mapping; only one of the values can count"
      ])
  }

  @Test(
    "a NetworkPolicy in the wrong API group or version",
    arguments: ["v1", "apps/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1", "network.k8s.io/v1"])
  func wrongVersion(_ version: String) {
    let reading = PolicyReading("apiVersion: \(version)\nkind: NetworkPolicy\nmetadata: {name: p}\n")
    #expect(reading.policies.isEmpty && reading.errors.count == 1)
  }

  @Test("a misspelled kind is recognised")
  func misspelledKind() {
    let reading = PolicyReading("apiVersion: networking.k8s.io/v1\nkind: NetworkPolcy\nmetadata: {name: p}\n")
    #expect(
      reading.errors == [
        "2:7 `networking.k8s.io/v1` has no kind `NetworkPolcy`: did you mean `NetworkPolicy`?"
      ])
  }

  @Test("a value in braces is a template's: render first")
  func template() {
    let reading = PolicyReading.peer("{ipBlock: {cidr: \"{{ .Values.cidr }}\"}}")
    #expect(reading.errors == ["1:1 this is a Helm template, not a manifest"])
  }
}
