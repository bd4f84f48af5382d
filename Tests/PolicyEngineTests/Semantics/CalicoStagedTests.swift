import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.3: staged policies.
@Suite("Calico: staged policies")
struct CalicoStagedTests {
  private func expect(
    _ documents: String..., enforced: String, asIfEnforced: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (enforcesStaged, expected) in [(false, enforced), (true, asIfEnforced)] {
      try WorldFixture(
        [
          namespace("shop"), pod("shop/web", "app: web", ip: "10.1.0.1"),
          pod("shop/db", "app: db", ip: "10.1.0.2"),
        ] + documents, profile: .calico, enforcesStaged: enforcesStaged
      ).expect("shop/web -> shop/db tcp/80 \(expected)", sourceLocation: sourceLocation)
    }
  }

  private let denyAll = "types: [Ingress]"

  @Test(
    "staged policies are not enforced, unless they are asked for",
    arguments: ["StagedNetworkPolicy shop/p", "StagedGlobalNetworkPolicy p"])
  func notEnforced(_ staged: String) throws {
    let words = staged.split(separator: " ").map(String.init)
    try expect(calico(words[0], words[1], denyAll), enforced: "allowed", asIfEnforced: "denied")
  }

  @Test("a staged NetworkPolicy of Kubernetes fills in policyTypes as Kubernetes does")
  func kubernetes() throws {
    try expect(
      calico("StagedKubernetesNetworkPolicy", "shop/p", "podSelector: {}\negress: [{}]"), enforced: "allowed",
      asIfEnforced: "denied")
  }

  @Test("Set takes the place of the policy of its name")
  func set() throws {
    try expect(
      calico("NetworkPolicy", "shop/p", denyAll),
      calico("StagedNetworkPolicy", "shop/p", "stagedAction: Set\ningress: [{action: Allow}]"),
      enforced: "denied", asIfEnforced: "allowed")
    try expect(
      policy("shop/p", "podSelector: {}"),
      calico("StagedKubernetesNetworkPolicy", "shop/p", "podSelector: {}\ningress: [{}]"),
      enforced: "denied", asIfEnforced: "allowed")
  }

  @Test("Delete removes the policy of its name")
  func delete() throws {
    try expect(
      calico("NetworkPolicy", "shop/p", denyAll),
      calico("StagedNetworkPolicy", "shop/p", "stagedAction: Delete"), enforced: "denied",
      asIfEnforced: "allowed")
    try expect(
      calico("GlobalNetworkPolicy", "p", denyAll),
      calico("StagedNetworkPolicy", "shop/p", "stagedAction: Delete"), enforced: "denied",
      asIfEnforced: "denied")
    try expect(
      policy("shop/p", "podSelector: {}"),
      calico("StagedKubernetesNetworkPolicy", "shop/p", "stagedAction: Delete"), enforced: "denied",
      asIfEnforced: "allowed")
  }

  @Test("Learn and Ignore change nothing", arguments: ["Learn", "Ignore"])
  func otherActions(_ action: String) throws {
    try expect(
      calico("StagedNetworkPolicy", "shop/p", "stagedAction: \(action)\n\(denyAll)"), enforced: "allowed",
      asIfEnforced: "allowed")
  }

  @Test("a staged policy does not make its tier count")
  func tiers() throws {
    try expect(
      calico("Tier", "t", "order: 1"), calico("StagedGlobalNetworkPolicy", "s", "tier: t\ntypes: [Ingress]"),
      calico("GlobalNetworkPolicy", "p", "ingress: [{action: Allow}]"), enforced: "allowed",
      asIfEnforced: "denied")
  }
}
