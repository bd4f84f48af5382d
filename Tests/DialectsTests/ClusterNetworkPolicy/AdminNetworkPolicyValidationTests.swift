import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §2.3: what v1alpha1 asks for and v1alpha2 does not, and the limits that both have.
@Suite("Validation of AdminNetworkPolicy and BaselineAdminNetworkPolicy")
struct AdminNetworkPolicyValidationTests {
  typealias Reading = ClusterNetworkPolicyReading
  typealias Kind = ClusterNetworkPolicy.Kind

  private static let kinds: [Kind] = [.adminNetworkPolicy, .baselineAdminNetworkPolicy]

  @Test("priority of an AdminNetworkPolicy is 0 to 1000")
  func priority() {
    func reading(_ priority: Int) -> Reading {
      Reading.spec("spec: {subject: {namespaces: {}},\n priority: \(priority)}", .adminNetworkPolicy)
    }
    for priority in [0, 1000] { #expect(reading(priority).isAccepted) }
    for priority in [-1, 1001] {
      #expect(reading(priority).errors == ["5:12 `priority` must be 0 to 1000, not \(priority)"])
    }
  }

  @Test(
    "pods as a subject need both selectors",
    arguments: [
      ("{podSelector: {}}", "namespaceSelector"), ("{namespaceSelector: {}}", "podSelector"),
    ])
  func subject(_ pods: String, _ missing: String) {
    for kind in Self.kinds {
      let priority = kind == .adminNetworkPolicy ? "priority: 1, " : ""
      let reading = Reading.spec("spec: {\(priority)ingress: [],\n subject: {pods: \(pods)}}", kind)
      #expect(reading.policies.isEmpty && reading.errors.count == 1)
      #expect(reading.errors.first?.hasPrefix("5:18 `spec.subject.pods` without `\(missing)`") == true)
    }
  }

  @Test(
    "ingress peers are namespaces or pods",
    arguments: ["networks: [10.0.0.0/8]", "nodes: {}", "domainNames: [a.b]"], kinds)
  func ingressPeers(_ peer: String, _ kind: Kind) {
    let reading = Reading.rules("ingress: [{action: Deny, from: [{\(peer)}]}]", kind)
    let field = peer.prefix { $0 != ":" }
    #expect(
      reading.policies.isEmpty
        && reading.errors == [
          "5:35 unknown field `\(field)` in AdminNetworkPolicyIngressPeer: only peers of egress rules have it"
        ])
  }

  @Test("egress peers of a BaselineAdminNetworkPolicy are networks, and nodes on the experimental channel")
  func baselinePeers() {
    let networks = Reading.peer("{networks: [10.0.0.0/8]}", action: "Deny", .baselineAdminNetworkPolicy)
    #expect(networks.isAccepted && networks.diagnostics.isEmpty)
    let nodes = Reading.peer("{nodes: {}}", action: "Deny", .baselineAdminNetworkPolicy)
    #expect(nodes.isAccepted && nodes.ruleTexts == ["egress[0] deny: nodes [] | any"])
    #expect(
      nodes.warnings == [
        "5:31 standard-channel clusters reject `nodes`: only the experimental channel of the API has it"
      ])
  }

  @Test("without ports a rule is for all traffic", arguments: kinds)
  func withoutPorts(_ kind: Kind) {
    for ports in ["", ", ports: null"] {
      #expect(
        Reading.rules("ingress: [{action: Deny, from: [{namespaces: {}}]\(ports)}]", kind).ruleTexts
          == ["ingress[0] deny: namespaces [] | any"])
    }
  }
}
