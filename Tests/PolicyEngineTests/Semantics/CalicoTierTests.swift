import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §3.5 and §2.4: the order of tiers and policies, and how dialects stack.
@Suite("Calico: evaluation")
struct CalicoTierTests {
  private func tier(_ name: String, _ spec: String) -> String { calico("Tier", name, spec) }

  private func global(_ name: String, _ spec: String) -> String {
    calico("GlobalNetworkPolicy", name, "selector: app == 'db'\n\(spec)")
  }

  private func shop(_ documents: String...) -> WorldFixture {
    WorldFixture(
      [
        namespace("shop"), pod("shop/web", "app: web", ip: "10.1.0.1"),
        pod("shop/db", "app: db", ip: "10.1.0.2"),
      ] + documents, profile: .calico)
  }

  private func outcome(_ documents: String..., flow: String = "shop/web -> shop/db tcp/80") throws -> Outcome
  {
    let world = WorldFixture(
      [
        namespace("shop"), pod("shop/web", "app: web", ip: "10.1.0.1"),
        pod("shop/db", "app: db", ip: "10.1.0.2"),
      ] + documents, profile: .calico)
    let outcome = try world.verdict(flow).outcome
    try world.expect("\(flow) \(outcome.rawValue)")
    return outcome
  }

  private let allow = "ingress: [{action: Allow}]"
  private let deny = "ingress: [{action: Deny}]"

  @Test("no policy, and Pass out of the last tier: the namespace's profile allows")
  func profileAllows() throws {
    #expect(try outcome() == .allowed)
    #expect(try outcome(global("p", "ingress: [{action: Pass}]")) == .allowed)
  }

  @Test("a policy with types and no rules denies, whatever its order")
  func defaultDeny() throws {
    #expect(try outcome(global("p", "types: [Ingress]\norder: 1")) == .denied)
    #expect(try outcome(global("p", "types: [Ingress]\norder: 1"), global("q", allow)) == .allowed)
  }

  @Test("an explicit Deny depends on the order")
  func explicitDeny() throws {
    #expect(try outcome(global("p", "order: 1\n\(deny)"), global("q", "order: 2\n\(allow)")) == .denied)
    #expect(try outcome(global("p", "order: 2\n\(deny)"), global("q", "order: 1\n\(allow)")) == .allowed)
  }

  @Test("an absent order is last; a negative one is early")
  func orders() throws {
    #expect(try outcome(global("a", deny), global("b", "order: 1000000\n\(allow)")) == .allowed)
    #expect(try outcome(global("a", "order: 0\n\(deny)"), global("b", "order: -0.5\n\(allow)")) == .allowed)
  }

  @Test("ties go by the text name/namespace/kind")
  func ties() throws {
    #expect(try outcome(global("a", deny), global("b", allow)) == .denied)
    #expect(try outcome(global("b", deny), global("a", allow)) == .allowed)
    // "a-b//…" comes before "a/shop/…".
    let namespaced = calico("NetworkPolicy", "shop/a", "order: 7\n\(deny)")
    #expect(try outcome(namespaced, global("a-b", "order: 7\n\(allow)")) == .allowed)
    // "a//GlobalNetworkPolicy" comes before "a/shop/NetworkPolicy".
    #expect(try outcome(namespaced, global("a", "order: 7\n\(allow)")) == .allowed)
    #expect(try outcome(namespaced, global("b", "order: 7\n\(allow)")) == .denied)
  }

  @Test("rules go in order, and Log goes on")
  func rules() throws {
    let rules = { (list: String) in try self.outcome(self.global("p", "ingress: [\(list)]")) }
    #expect(try rules("{action: Log}, {action: Allow}") == .allowed)
    #expect(try rules("{action: Log}") == .denied)
    #expect(
      try rules("{action: Deny, protocol: TCP, destination: {ports: [80]}}, {action: Allow}") == .denied)
    #expect(try rules("{action: Allow}, {action: Deny}") == .allowed)
  }

  @Test("tiers go by order, absent last, ties by name")
  func tiers() throws {
    let first = tier("first", "order: 10")
    let in_ = { (tier: String, action: String) in
      self.global("\(tier)-p", "tier: \(tier)\n\(action)")
    }
    #expect(try outcome(first, in_("first", deny), in_("default", allow)) == .denied)
    #expect(
      try outcome(tier("late", "{}"), in_("late", deny), in_("default", allow)) == .allowed)
    #expect(
      try outcome(tier("a", "order: 5"), tier("b", "order: 5"), in_("b", deny), in_("a", allow)) == .allowed)
  }

  @Test("the end of a tier denies, or with defaultAction Pass goes on")
  func endOfTier() throws {
    let deciding = "ingress: [{action: Allow, protocol: UDP}]"
    let inDefault = global("q", allow)
    #expect(
      try outcome(tier("t", "order: 1"), global("p", "tier: t\n\(deciding)"), inDefault) == .denied)
    #expect(
      try outcome(
        tier("t", "order: 1\ndefaultAction: Pass"), global("p", "tier: t\n\(deciding)"), inDefault)
        == .allowed)
  }

  @Test("a tier counts only for endpoints and directions that a policy of it applies to")
  func consideredTiers() throws {
    let egressOnly = global("p", "tier: t\negress: [{action: Allow}]")
    #expect(try outcome(tier("t", "order: 1"), egressOnly, global("q", allow)) == .allowed)
    let others = calico("GlobalNetworkPolicy", "p", "tier: t\nselector: app == 'x'\ntypes: [Ingress]")
    #expect(try outcome(tier("t", "order: 1"), others, global("q", allow)) == .allowed)
  }

  @Test("Pass leaves the tier, later policies of it included")
  func pass() throws {
    let passing = global("p", "tier: t\norder: 1\ningress: [{action: Pass}]")
    let denying = global("r", "tier: t\norder: 2\n\(deny)")
    #expect(try outcome(tier("t", "order: 1"), passing, denying, global("q", allow)) == .allowed)
    #expect(
      try outcome(tier("t", "order: 1"), passing, denying, global("q", "types: [Ingress]")) == .denied)
  }

  @Test("allowing without isolating: an earlier tier with defaultAction Pass")
  func allowOnly() throws {
    let world = shop(
      tier("t", "order: 1\ndefaultAction: Pass"),
      global("p", "tier: t\ningress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]"))
    try world.expect("shop/web -> shop/db tcp/80 allowed\nshop/web -> shop/db tcp/81 allowed")
  }

  @Test("a policy in a tier that is not there is left out, and an error")
  func missingTier() throws {
    let world = shop(tier("security", "order: 1"), global("p", "tier: securty\n\(deny)"))
    #expect(try world.verdict("shop/web -> shop/db tcp/80").outcome == .allowed)
    #expect(world.problems == ["no Tier `securty` is in the input: answers are without this policy"])
  }

  @Test("both ends must allow")
  func bothEnds() throws {
    try shop(
      calico("NetworkPolicy", "shop/web", "selector: app == 'web'\negress: [{action: Allow, protocol: UDP}]"),
      global("p", "ingress: [{action: Allow, protocol: TCP}]")
    ).expect(
      """
      shop/web -> shop/db tcp/80 denied denied allowed
      shop/web -> shop/db udp/80 denied allowed denied
      """)
  }

  @Test("a node's connections to its own pods are not policed")
  func ownPods() throws {
    try WorldFixture.shop(profile: .calico, global("p", deny)).expect(
      """
      node/n2 -> shop/db tcp/80 allowed
      node/n1 -> shop/db tcp/80 denied
      """)
  }

  @Test("a pod's egress policy decides about its own node")
  func ownNode() throws {
    try WorldFixture.shop(
      profile: .calico, global("p", "egress: [{action: Allow, protocol: UDP}]")
    ).expect("shop/db -> node/n2 tcp/80 denied\nshop/db -> node/n2 udp/53 allowed")
  }

  // MARK: - Other dialects

  private let kubernetes = policy("shop/k", "podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]")
  private let kubernetesAllow = policy(
    "shop/k", "podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: 80}]}]")

  @Test("a NetworkPolicy is of order 1000 in the tier default, and isolates at the tier's end only")
  func networkPolicy() throws {
    #expect(try outcome(kubernetes) == .denied)
    #expect(try outcome(kubernetes, global("p", "order: 2000\n\(allow)")) == .allowed)
    #expect(try outcome(kubernetesAllow, global("p", "order: 999\n\(deny)")) == .denied)
    #expect(try outcome(kubernetesAllow, global("p", "order: 1001\n\(deny)")) == .allowed)
  }

  @Test("of order 1000 too, names decide")
  func networkPolicyTies() throws {
    #expect(try outcome(kubernetesAllow, global("a", "order: 1000\n\(deny)")) == .denied)
    #expect(try outcome(kubernetesAllow, global("z", "order: 1000\n\(deny)")) == .allowed)
    // "k/shop/KubernetesNetworkPolicy" comes before "k/shop/NetworkPolicy".
    #expect(
      try outcome(kubernetesAllow, calico("NetworkPolicy", "shop/k", "order: 1000\n\(deny)")) == .allowed)
  }

  @Test("a NetworkPolicy's rules match ICMP only without ports")
  func networkPolicyICMP() throws {
    let icmp = "shop/web -> shop/db icmp/8"
    #expect(try outcome(kubernetesAllow, flow: icmp) == .denied)
    #expect(
      try outcome(policy("shop/k", "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]"), flow: icmp)
        == .allowed)
  }

  @Test("NetworkPolicies know nothing of network sets and host endpoints")
  func networkPolicyPeers() throws {
    try shop(
      calico("NetworkSet", "shop/s", "app: web", "nets: [198.51.100.0/24]"),
      policy("shop/k", "podSelector: {}\ningress: [{from: [{namespaceSelector: {}}]}]")
    ).expect("shop/web -> shop/db tcp/80 allowed\n198.51.100.1 -> shop/db tcp/80 denied")
  }

  private func cluster(_ tier: String, _ action: String, priority: Int = 5) -> String {
    clusterPolicySpec(
      "c\(priority)",
      "tier: \(tier)\npriority: \(priority)\nsubject: {namespaces: {}}\ningress: [{action: \(action), from: [{namespaces: {}}]}]"
    )
  }

  @Test("ClusterNetworkPolicies: Admin before the tier default, Baseline after it")
  func clusterNetworkPolicies() throws {
    #expect(try outcome(cluster("Admin", "Accept"), kubernetes) == .allowed)
    #expect(try outcome(cluster("Admin", "Deny"), kubernetesAllow) == .denied)
    #expect(try outcome(cluster("Admin", "Pass"), kubernetes) == .denied)
    #expect(try outcome(cluster("Baseline", "Deny")) == .denied)
    #expect(try outcome(cluster("Baseline", "Deny"), kubernetesAllow) == .allowed)
    #expect(try outcome(cluster("Baseline", "Accept"), kubernetes) == .denied)
    #expect(
      try outcome(cluster("Admin", "Accept", priority: 1), cluster("Admin", "Deny", priority: 2)) == .allowed)
  }

  @Test("tiers of order under 1000 come before Admin")
  func tiersAroundAdmin() throws {
    let mine = global("p", "tier: mine\n\(deny)")
    #expect(try outcome(tier("mine", "order: 999"), mine, cluster("Admin", "Accept")) == .denied)
    #expect(try outcome(tier("mine", "order: 1001"), mine, cluster("Admin", "Accept")) == .allowed)
  }

  @Test("a tier after default is reached only where no policy of default applies")
  func weakerThanNetworkPolicy() throws {
    let mine = global("p", "tier: mine\n\(deny)")
    #expect(try outcome(tier("mine", "order: 2000000"), mine, kubernetesAllow) == .allowed)
    #expect(try outcome(tier("mine", "order: 2000000"), mine) == .denied)
  }

  @Test(
    "rules with peers or ports that Calico does not support fail closed, as a whole",
    arguments: [
      "to: [{nodes: {}}, {namespaces: {}}]", "to: [{domainNames: [example.com]}, {namespaces: {}}]",
      "to: [{namespaces: {}}]\n  protocols: [{destinationNamedPort: http}]",
    ])
  func unsupported(_ rule: String) throws {
    let cluster = { (action: String) in
      clusterPolicySpec(
        "c",
        "tier: Admin\npriority: 1\nsubject: {namespaces: {}}\negress:\n- action: \(action)\n  \(rule)\n- action: Deny\n  to: [{namespaces: {}}]"
      )
    }
    for (action, inside, outside) in [
      ("Accept", Outcome.denied, Outcome.allowed), ("Deny", .denied, .denied), ("Pass", .denied, .denied),
    ] {
      let world = shop(cluster(action))
      #expect(try world.verdict("shop/web -> shop/db tcp/80").outcome == inside, "\(action)")
      #expect(try world.verdict("shop/web -> 203.0.113.1 tcp/80").outcome == outside, "\(action)")
      #expect(world.remarks.count == 1)
    }
  }

  @Test("a rule that Calico does not support denies everything in its place, not before")
  func unsupportedInPlace() throws {
    try shop(
      clusterPolicySpec(
        "c",
        """
        tier: Admin
        priority: 1
        subject: {namespaces: {}}
        egress:
        - {action: Deny, to: [{networks: [192.0.2.0/24]}]}
        - {action: Pass, to: [{pods: {podSelector: {}}}]}
        - {action: Deny, to: [{nodes: {}}]}
        """)
    ).expect("shop/web -> shop/db tcp/80 allowed\nshop/web -> 203.0.113.1 tcp/80 denied")
  }

  @Test("namespaces of a ClusterNetworkPolicy are their NetworkSets too, pods are not")
  func clusterNetworkPolicySets() throws {
    let set = calico("NetworkSet", "shop/s", "nets: [198.51.100.0/24]")
    try shop(set, cluster("Admin", "Deny")).expect("198.51.100.1 -> shop/db tcp/80 denied")
    let pods = clusterPolicySpec(
      "c",
      "tier: Admin\npriority: 1\nsubject: {namespaces: {}}\ningress: [{action: Deny, from: [{pods: {podSelector: {}}}]}]"
    )
    try shop(set, pods).expect(
      "198.51.100.1 -> shop/db tcp/80 allowed\nshop/web -> shop/db tcp/80 denied")
  }
}
