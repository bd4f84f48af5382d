import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Lint in tiers in which the first match decides")
struct OrderedTierTests {
  private static let world = [
    namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
  ]

  private static func calico(_ rules: String, order: Int = 10) -> String {
    object(
      "projectcalico.org/v3", "GlobalNetworkPolicy", "a",
      "spec: {selector: app == 'web', order: \(order), types: [Ingress], ingress: [\(rules)]}")
  }

  @Test(
    "a rule that a later one of another action covers is not redundant",
    arguments: [
      "{action: Allow, source: {selector: app == 'db'}}, {action: Deny}",
      "{action: Allow, source: {selector: app == 'db'}}, {action: Allow}",
      "{action: Deny, protocol: UDP}, {action: Allow, protocol: TCP}, {action: Allow, notProtocol: UDP}",
    ])
  func redundantCalico(rules: String) {
    let outcome = LintOutcome(
      Self.world + [Self.calico(rules)], profile: .calico, only: ["MRL018", "MRL019"])
    #expect(outcome.findings.isEmpty)
  }

  @Test("neither is one of a ClusterNetworkPolicy", arguments: ["Admin", "Baseline"])
  func redundantClusterPolicy(tier: String) {
    let rules =
      "ingress: [{action: Accept, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}, {action: Deny, from: [{namespaces: {}}]}]"
    let outcome = LintOutcome(
      Self.world + [clusterPolicy("a", tier: tier, rules)], only: ["MRL018", "MRL019"])
    #expect(outcome.findings.isEmpty)
  }

  @Test(
    "a rule opens everything to everyone only when nothing is decided before it",
    arguments: [
      ("{action: Allow}", true), ("{action: Log}, {action: Allow}", true),
      ("{action: Deny, source: {nets: [0.0.0.0/0]}}, {action: Allow}", false),
      ("{action: Pass, source: {nets: [0.0.0.0/0]}}, {action: Allow}", false),
    ])
  func openToEveryone(rules: String, isOpen: Bool) {
    let outcome = LintOutcome(Self.world + [Self.calico(rules)], profile: .calico, only: ["MRL006"])
    #expect(outcome.findings.isEmpty != isOpen)
  }

  @Test("nor when an earlier tier denies something")
  func openBehindTier() {
    let open = policy("shop/a", "podSelector: {}, ingress: [{}]")
    let denial = clusterPolicy("a", "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
    #expect(LintOutcome(Self.world + [open], only: ["MRL006"]).findings.count == 1)
    #expect(LintOutcome(Self.world + [open, denial], only: ["MRL006"]).findings.isEmpty)
  }

  @Test("the fix for names that cannot be looked up is at the side that cuts")
  func dnsFix() {
    let dns = policy("kube-system/closed", "podSelector: {}")
    let web = policy(
      "shop/a",
      "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]")
    func fixes(_ policy: String) -> [String?] {
      LintOutcome(Self.world + [policy], only: ["MRL007"]).report.entries.map(\.diagnostic.fix)
    }
    #expect(fixes(dns) == ["allow ingress to the pods of cluster DNS on UDP and TCP"])
    #expect(fixes(web) == ["allow egress to the pods of cluster DNS on UDP and TCP"])
  }
}
