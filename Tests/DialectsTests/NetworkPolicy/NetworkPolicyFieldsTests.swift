import Kubernetes
import PolicyModel
import Testing

@testable import Dialects

/// SEMANTICS.md §1.1 and §1.5: what fields mean, and what they mean when they are not there.
@Suite("NetworkPolicy fields")
struct NetworkPolicyFieldsTests {
  @Test(
    "podSelector absent, null or {} is every pod of the namespace",
    arguments: [
      "", "podSelector: null", "podSelector: {}", "podSelector: {matchLabels: null, matchExpressions: []}",
    ])
  func podSelector(_ text: String) throws {
    let reading = PolicyReading.spec("spec: {\(text)}\n")
    #expect(reading.isAccepted)
    let subject = try #require(reading.policies.first?.subject)
    #expect(
      subject.description
        == PolicyReading.spec("spec: {podSelector: {}}\n").policies.first?.subject.description)
  }

  @Test(
    "spec absent, null or {} closes ingress of the namespace",
    arguments: ["", "spec:\n", "spec: null\n", "spec: {}\n"])
  func spec(_ text: String) {
    let reading = PolicyReading.spec(text)
    #expect(reading.isAccepted)
    #expect(reading.policies.first?.isolates == [.ingress] && reading.rules.isEmpty)
  }

  @Test(
    "policyTypes of length 0 is [Ingress], plus Egress when there are egress rules",
    arguments: [
      ("", [.ingress]),
      ("policyTypes: []", [.ingress]),
      ("policyTypes: null", [.ingress]),
      ("egress: []", [.ingress]),
      ("egress: null", [.ingress]),
      ("egress: [{}]", [.ingress, .egress]),
      ("egress: [null]", [.ingress, .egress]),
      ("policyTypes: [], egress: [{}]", [.ingress, .egress]),
      ("ingress: [{}]", [.ingress]),
      ("policyTypes: [Ingress], egress: [{}]", [.ingress]),
      ("policyTypes: [Egress]", [.egress]),
      ("policyTypes: [Egress], ingress: [{}]", [.egress]),
      ("policyTypes: [Egress, Ingress]", [.ingress, .egress]),
      ("policyTypes: [Ingress, Ingress]", [.ingress]),
    ] as [(String, Set<Direction>)])
  func policyTypes(_ text: String, _ directions: Set<Direction>) {
    let reading = PolicyReading.spec("spec: {\(text)}\n")
    #expect(reading.isAccepted)
    #expect(reading.policies.first?.isolates == directions)
  }

  @Test("policyTypes: [Egress] without rules closes egress only")
  func egressOnly() {
    let reading = PolicyReading.spec("spec: {policyTypes: [Egress]}\n")
    #expect(reading.policies.first?.isolates == [.egress] && reading.rules.isEmpty)
  }

  @Test("rules of a direction that is not listed are inert, and the author is told")
  func inertRules() {
    let reading = PolicyReading.spec("spec:\n  policyTypes: [Egress]\n  ingress:\n    - {}\n")
    #expect(reading.rules.isEmpty)
    #expect(reading.warnings == ["7:5 these ingress rules do nothing: `policyTypes` does not list Ingress"])
  }

  @Test(
    "ingress absent, null or [] is no allow rule",
    arguments: ["policyTypes: [Ingress]", "ingress: null", "ingress: []"])
  func noRules(_ text: String) {
    let reading = PolicyReading.spec("spec: {\(text)}\n")
    #expect(reading.isAccepted && reading.rules.isEmpty && reading.policies.first?.isolates == [.ingress])
  }

  @Test("ingress: [{}] is open to everything")
  func emptyRule() {
    #expect(PolicyReading.ingress("{}").ruleTexts == ["ingress[0]: anyone | all ports"])
  }

  @Test("a null rule is stored as {} and allows all, which deserves a warning")
  func nullRule() {
    let reading = PolicyReading.ingress("null")
    #expect(reading.ruleTexts == ["ingress[0]: anyone | all ports"])
    #expect(reading.warnings == ["4:18 a null rule is stored as `{}` and allows everything"])
    #expect(reading.isAccepted)
  }

  @Test(
    "from absent, null or [] is any source",
    arguments: ["{ports: [{port: 1}]}", "{from: null, ports: [{port: 1}]}", "{from: [], ports: [{port: 1}]}"])
  func anySource(_ rule: String) {
    #expect(PolicyReading.ingress(rule).ruleTexts == ["ingress[0]: anyone | TCP 1"])
  }

  @Test(
    "ports absent, null or [] is any protocol and port",
    arguments: [
      "{from: [{podSelector: {}}]}", "{from: [{podSelector: {}}], ports: null}",
      "{from: [{podSelector: {}}], ports: []}",
    ])
  func anyPort(_ rule: String) {
    let reading = PolicyReading.ingress(rule)
    #expect(reading.isAccepted && reading.ruleTexts.first?.hasSuffix("| all ports") == true)
  }

  @Test(
    "ports: [{}] is all TCP ports, and so is a null entry",
    arguments: ["{}", "null", "{port: null}", "{protocol: null}", "{protocol: TCP}"])
  func emptyPort(_ port: String) {
    let reading = PolicyReading.port(port)
    #expect(reading.isAccepted)
    #expect(reading.ruleTexts == ["ingress[0]: anyone | TCP all ports"])
  }

  @Test(
    "port entries",
    arguments: [
      ("{port: 80}", "TCP 80"), ("{port: 1}", "TCP 1"), ("{port: 65535}", "TCP 65535"),
      ("{protocol: UDP, port: 53}", "UDP 53"), ("{protocol: SCTP}", "SCTP all ports"),
      ("{port: http}", "TCP http"),
      ("{port: 80, endPort: 90}", "TCP 80-90"), ("{port: 80, endPort: 80}", "TCP 80"),
      ("{port: 80, endPort: null}", "TCP 80"),
      ("{port: \"http\"}", "TCP http"), ("{port: 8080-a}", "TCP 8080-a"),
    ])
  func ports(_ port: String, _ meaning: String) {
    let reading = PolicyReading.port(port)
    #expect(reading.isAccepted)
    #expect(reading.ruleTexts == ["ingress[0]: anyone | \(meaning)"])
  }

  @Test("a peer's podSelector looks into the policy's namespace, unless there is a namespaceSelector")
  func peers() throws {
    func scope(_ peer: String) throws -> NamespaceScope {
      guard case .anyOf(let peers)? = PolicyReading.peer(peer).rules.first?.peers,
        case .endpoints(let selector)? = peers.first?.kind
      else { throw CancellationError() }
      return selector.namespaces
    }
    for peer in ["{podSelector: {}}", "{podSelector: {}, namespaceSelector: null}"] {
      guard case .named("shop") = try scope(peer) else {
        Issue.record("\(peer)")
        continue
      }
    }
    for peer in [
      "{namespaceSelector: {}}", "{podSelector: {}, namespaceSelector: {}}",
      "{podSelector: null, namespaceSelector: {}}",
    ] {
      guard case .matching = try scope(peer) else {
        Issue.record("\(peer)")
        continue
      }
    }
  }

  @Test("a manifest without a namespace is in the default one")
  func defaultNamespace() {
    let reading = PolicyReading(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n")
    #expect(
      reading.policies.first?.identity
        == PolicyIdentity(kind: "NetworkPolicy", namespace: "default", name: "p"))
  }

  @Test("two policies of one name: the last counts, and the reader is told of both")
  func sameObjectTwice() {
    let one = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\n"
    let reading = PolicyReading("\(one)---\n\(one)spec: {policyTypes: [Egress]}\n")
    #expect(reading.policies.map(\.isolates) == [[.egress]])
    #expect(reading.warnings == ["7:18 NetworkPolicy default/p is defined twice; the last one counts"])
    #expect(reading.diagnostics.first?.related.first?.location.line == 3)
  }
}
