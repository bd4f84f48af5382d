import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §2.4 and §3.5: policies of several dialects on one pod, as Calico sorts them.
@Suite("Calico: several dialects in one world")
struct CalicoStackingTests {
  private func shop(_ documents: String...) -> WorldFixture { .shop(documents, profile: .calico) }

  private func global(_ name: String, _ spec: String) -> String {
    calico("GlobalNetworkPolicy", name, "selector: app == 'db'\n\(spec)")
  }

  /// A ClusterNetworkPolicy about all pods, with one ingress rule about pods of namespaces with these labels.
  private func cluster(
    _ name: String, _ tier: String, _ action: String, priority: Int = 5, from labels: String = ""
  ) -> String {
    clusterPolicySpec(
      name,
      "tier: \(tier)\npriority: \(priority)\nsubject: {namespaces: {}}\ningress: [{action: \(action), from: [{namespaces: {matchLabels: {\(labels)}}}]}]"
    )
  }

  private let closed = policy("shop/k", "podSelector: {matchLabels: {app: db}}")

  // MARK: - ClusterNetworkPolicy

  @Test("kube-admin ends with Pass: what no Admin rule matches goes on")
  func adminEndsWithPass() throws {
    let admin = cluster("c", "Admin", "Accept", from: "team: data")
    try shop(admin).expect("shop/web -> shop/db tcp/80 allowed\ndata/job -> shop/db tcp/80 allowed")
    try shop(admin, closed).expect("shop/web -> shop/db tcp/80 denied\ndata/job -> shop/db tcp/80 allowed")
    try shop(admin, global("p", "ingress: [{action: Deny}]")).expect(
      "shop/web -> shop/db tcp/80 denied\ndata/job -> shop/db tcp/80 allowed")
  }

  @Test("kube-baseline ends with Pass: what no Baseline rule matches is the profile's")
  func baselineEndsWithPass() throws {
    try shop(cluster("c", "Baseline", "Deny", from: "team: data")).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      203.0.113.1 -> shop/db tcp/80 allowed
      """)
  }

  @Test("priority is the order in the tier; of one priority, names decide", arguments: ["Admin", "Baseline"])
  func priority(_ tier: String) throws {
    for (first, second, outcome) in [(1, 2, "allowed"), (2, 1, "denied"), (5, 5, "allowed")] {
      try shop(
        cluster("a", tier, "Accept", priority: first), cluster("b", tier, "Deny", priority: second)
      ).expect("shop/web -> shop/db tcp/80 \(outcome)")
    }
    try shop(cluster("a", tier, "Deny"), cluster("b", tier, "Accept")).expect(
      "shop/web -> shop/db tcp/80 denied")
  }

  @Test("a tier after default comes before Baseline, unless its order is greater still")
  func tierAroundBaseline() throws {
    let mine = global("p", "tier: mine\ningress: [{action: Deny}]")
    let baseline = cluster("c", "Baseline", "Accept")
    try shop(calico("Tier", "mine", "order: 9999999"), mine, baseline).expect(
      "shop/web -> shop/db tcp/80 denied")
    try shop(calico("Tier", "mine", "order: 10000001"), mine, baseline).expect(
      "shop/web -> shop/db tcp/80 allowed")
  }

  @Test("a packet passes a tier, Admin, default and Baseline in turn")
  func allTiers() throws {
    let first = [
      calico("Tier", "first", "order: 1"), global("f", "tier: first\ningress: [{action: Pass}]"),
      cluster("c", "Admin", "Pass"),
    ].joined(separator: "\n---\n")
    let baseline = cluster("b", "Baseline", "Deny")
    try shop(first, baseline).expect("shop/web -> shop/db tcp/80 denied")
    try shop(first, global("p", "ingress: [{action: Pass}]"), baseline).expect(
      "shop/web -> shop/db tcp/80 denied")
    try shop(first, policy("shop/k", "podSelector: {}\ningress: [{ports: [{port: 80}]}]"), baseline).expect(
      "shop/web -> shop/db tcp/80 allowed\nshop/web -> shop/db tcp/81 denied")
  }

  // MARK: - NetworkPolicy

  @Test("a NetworkPolicy's directions are filled in as in Kubernetes: one with egress rules closes ingress")
  func policyTypes() throws {
    try shop(policy("shop/k", "podSelector: {matchLabels: {app: db}}\negress: [{}]")).expect(
      "shop/web -> shop/db tcp/80 denied\nshop/db -> shop/web tcp/80 allowed")
    try shop(global("p", "egress: [{action: Allow}]")).expect(
      "shop/web -> shop/db tcp/80 allowed\nshop/db -> shop/web tcp/80 allowed")
  }

  @Test("an ipBlock is nets and its excepts are notNets, of pods and for its own family")
  func ipBlock() throws {
    try shop(
      policy(
        "shop/k",
        "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]"
      )
    ).expect(
      """
      data/job -> shop/db tcp/80 allowed
      10.9.0.1 -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 denied
      203.0.113.1 -> shop/db tcp/80 denied
      2001:db8::1 -> shop/db tcp/80 denied
      """)
  }

  @Test("every peer with every port is an Allow of its own")
  func peersAndPorts() throws {
    try shop(
      policy(
        "shop/k",
        "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {team: data}}}], ports: [{port: 80}, {port: 53, protocol: UDP}]}]"
      ), global("p", "order: 2000\ningress: [{action: Deny}]")
    ).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> shop/db udp/53 allowed
      data/job -> shop/db tcp/80 allowed
      data/job -> shop/db udp/53 allowed
      data/job -> shop/db udp/80 denied
      203.0.113.1 -> shop/db tcp/80 denied
      """)
  }

  @Test("a NetworkPolicy isolates by the end of the tier only: a later Pass leaves it open")
  func passAfterNetworkPolicy() throws {
    try shop(closed, global("p", "order: 2000\ningress: [{action: Pass}]")).expect(
      "shop/web -> shop/db tcp/80 allowed")
    try shop(
      closed, global("p", "order: 2000\ningress: [{action: Pass}]"), cluster("b", "Baseline", "Deny")
    ).expect("shop/web -> shop/db tcp/80 denied")
  }

  @Test("both ends must allow, each by policies of its own dialect")
  func bothEnds() throws {
    try shop(
      policy(
        "shop/out",
        "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 80}]}]"),
      global("p", "ingress: [{action: Allow, protocol: UDP}]")
    ).expect(
      """
      shop/web -> shop/db tcp/80 denied allowed denied
      shop/web -> shop/db udp/80 denied denied allowed
      """)
  }
}
