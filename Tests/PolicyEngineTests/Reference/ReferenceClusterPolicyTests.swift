import Testing

@testable import RandomWorlds

@Suite("Reference: §2 cluster policies")
struct ReferenceClusterPolicyTests {
  typealias Policy = ReferenceClusterPolicy

  private func world(_ clusterPolicies: Policy..., policies: [ReferencePolicy] = []) -> ReferenceFixture {
    var fixture = ReferenceFixture()
    fixture.world.policies = policies
    fixture.world.clusterPolicies = clusterPolicies
    return fixture
  }

  private func ingress(_ name: String, _ action: Policy.Action, _ tier: Policy.Tier = .admin) -> Policy {
    var policy = Policy(name: name, tier: tier, subject: Policy.everyPod)
    policy.ingress = [.init(action: action, peers: [.pods(Policy.everyPod)])]
    return policy
  }

  private func egress(_ action: Policy.Action, _ peer: Policy.Peer) -> Policy {
    Policy(name: "out", subject: Policy.everyPod, egress: [.init(action: action, peers: [peer])])
  }

  @Test("Admin, then NetworkPolicy if it isolates, then Baseline, then allow")
  func tiers() {
    let closed = ReferencePolicy.ingress()
    #expect(world(ingress("a", .accept), policies: [closed]).overall(.web, .db) == .allowed)
    #expect(world(ingress("a", .pass), policies: [closed]).overall(.web, .db) == .denied)
    #expect(world(ingress("a", .accept, .baseline), policies: [closed]).overall(.web, .db) == .denied)
    #expect(world(ingress("a", .deny, .baseline)).overall(.web, .db) == .denied)
    #expect(world(ingress("a", .pass, .baseline)).overall(.web, .db) == .allowed)
    #expect(world(ingress("a", .deny)).overall(.outside, .db) == .allowed)
  }

  @Test("of one priority each may be the first; what they agree about is decided")
  func ties() {
    #expect(world(ingress("a", .accept), ingress("b", .deny)).overall(.web, .db) == .undefined)
    #expect(world(ingress("a", .accept), ingress("b", .pass)).overall(.web, .db) == .allowed)
    var later = ingress("b", .deny)
    later.priority = 1
    #expect(world(ingress("a", .accept), later).overall(.web, .db) == .allowed)
  }

  @Test("networks match pods and nodes, nodes match by labels, names by their labels")
  func egressPeers() {
    let all = ReferenceBlock(around: .v4(0, 0, 0, 0), prefix: 0)
    for end in [.db, .n2, .outside, .domain("api.example.com")] as [ReferenceFlow.End] {
      #expect(world(egress(.deny, .networks([all]))).overall(.web, end) == .denied)
    }
    var labelled = world(egress(.deny, .nodes(.init(matchLabels: ["pool": "edge"]))))
    labelled.world.nodes[1].labels = ["pool": "edge"]
    #expect(labelled.overall(.web, .n2) == .denied)
    #expect(labelled.overall(.web, .n1) == .allowed)
    let named = world(egress(.deny, .domainNames(["*.example.com"])))
    #expect(named.overall(.web, .domain("v1.api.example.com")) == .denied)
    #expect(named.overall(.web, .domain("example.com")) == .allowed)
  }

  @Test(
    "domain names",
    arguments: [
      ("*.x.io", "a.x.io", true), ("*.x.io", "b.a.X.io.", true), ("*.x.io", "x.io", false),
      ("x.io", "X.IO", true), ("x.io", "a.x.io", false), ("*.x.io", "ax.io", false),
    ])
  func domainNames(_ pattern: String, _ name: String, _ isMatch: Bool) {
    #expect(ReferenceEvaluator.matches(domainName: pattern, name) == isMatch)
  }

  @Test("both versions are written in their own words")
  func manifests() {
    var policy = ingress("a", .accept)
    policy.ingress?[0].protocols = [.numbers(.tcp, start: 80, end: 80), .named("http")]
    let current = policy.manifest.lines.joined(separator: "\n")
    #expect(current.contains("tier: Admin\n  priority: 0\n  subject:\n    namespaces: {}"))
    #expect(current.contains("- action: Accept"))
    #expect(current.contains("- tcp:\n            destinationPort:\n              number: 80"))
    policy.kind = .adminNetworkPolicy
    policy.spellsTCP = false
    let old = policy.manifest.lines.joined(separator: "\n")
    #expect(old.contains("spec:\n  priority: 0\n  subject:"))
    #expect(old.contains("- action: Allow"))
    #expect(old.contains("- portNumber:\n            port: 80\n        - namedPort: http"))
  }
}
