import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §1.4, the verdict.
@Suite("Evaluation")
struct EvaluationTests {
  private let closedIngress = policy("shop/in", "podSelector: {}\npolicyTypes: [Ingress]")
  private let closedEgress = policy("shop/out", "podSelector: {}\npolicyTypes: [Egress]")

  @Test("without a policy everything is open")
  func open() throws {
    try WorldFixture.shop().expect(
      """
      shop/web -> shop/db tcp/80 allowed
      203.0.113.5 -> shop/web sctp/80 allowed
      shop/web -> 2001:db8::5 udp/80 allowed
      203.0.113.5 -> 203.0.113.6 tcp/80 allowed
      """)
  }

  @Test("both ends decide: egress of the source and ingress of the destination")
  func bothEnds() throws {
    try WorldFixture.shop(closedIngress).expect(
      """
      data/job -> shop/db tcp/80 denied allowed denied
      shop/web -> data/job tcp/80 allowed allowed allowed
      shop/web -> shop/db tcp/80 denied allowed denied
      """)
    try WorldFixture.shop(closedEgress).expect(
      """
      data/job -> shop/db tcp/80 allowed allowed allowed
      shop/web -> data/job tcp/80 denied denied allowed
      """)
    try WorldFixture.shop(closedIngress, closedEgress).expect(
      "shop/web -> shop/db tcp/80 denied denied denied")
  }

  @Test("an egress allow does not open the destination, an ingress allow not the source")
  func oneEnd() throws {
    let open = policy("shop/open", "podSelector: {}\npolicyTypes: [Egress]\negress: [{}]")
    try WorldFixture.shop(closedIngress, open).expect("shop/web -> shop/db tcp/80 denied allowed denied")
    let accepting = policy("shop/accepting", "podSelector: {}\ningress: [{}]")
    try WorldFixture.shop(closedEgress, accepting).expect("shop/web -> shop/db tcp/80 denied denied allowed")
  }

  @Test("isolation is per pod: who is not selected stays open")
  func perPod() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {matchLabels: {app: db}}")).expect(
      """
      data/job -> shop/db tcp/80 denied
      data/job -> shop/web tcp/80 allowed
      """)
  }

  @Test("a policy selects pods of its own namespace only")
  func perNamespace() throws {
    try WorldFixture.shop(closedIngress).expect("shop/web -> data/job tcp/80 allowed")
    try WorldFixture.shop(policy("data/p", "podSelector: {matchLabels: {app: web}}")).expect(
      "data/job -> shop/web tcp/80 allowed")
  }

  @Test("isolation is per direction")
  func perDirection() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {matchLabels: {app: db}}\npolicyTypes: [Egress]"))
      .expect(
        """
        data/job -> shop/db tcp/80 allowed
        shop/db -> data/job tcp/80 denied
        """)
  }

  @Test("policies add up: the first closes, all others only open")
  func union() throws {
    let web = policy(
      "shop/web", "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]")
    let job = policy(
      "shop/job", "podSelector: {}\ningress: [{from: [{namespaceSelector: {}}], ports: [{port: 81}]}]")
    let table = """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/81 allowed
      data/job -> shop/db tcp/80 denied
      """
    try WorldFixture.shop(closedIngress, web, job).expect(table)
    try WorldFixture.shop(job, web, closedIngress).expect(table)
  }

  @Test("a pod reaches itself by its own address, whatever the policies")
  func itself() throws {
    try WorldFixture.shop(closedIngress, closedEgress).expect(
      """
      shop/web -> self tcp/80 allowed allowed allowed
      shop/web -> shop/web tcp/80 allowed allowed allowed
      shop/web -> 10.1.0.1 udp/80 allowed allowed allowed
      10.1.0.1 -> shop/web icmp/8 allowed allowed allowed
      10.1.0.1 -> self tcp/80 allowed
      shop/web -> shop/db tcp/80 denied denied denied
      """)
  }

  @Test("a template reaches itself as self; by name another replica is meant")
  func templateItself() throws {
    try WorldFixture.shop(closedIngress, workload("Deployment", "shop/api", "app: api")).expect(
      """
      shop/api -> self tcp/80 allowed
      shop/api -> shop/api tcp/80 denied allowed denied
      """)
  }

  @Test("ICMP and others are unspecified: undefined for an isolated end, open for others")
  func otherProtocols() throws {
    let world = WorldFixture.shop(policy("shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{}]"))
    try world.expect(
      """
      shop/web -> shop/db icmp/8 undefined allowed undefined
      shop/web -> shop/db gre undefined allowed undefined
      shop/web -> shop/db icmpv6/128 undefined allowed undefined
      shop/db -> shop/web icmp/8 allowed
      203.0.113.5 -> shop/web icmp allowed
      """)
    try WorldFixture.shop(closedEgress).expect("shop/web -> data/job icmp/8 undefined undefined allowed")
    // Both ends open or close it together.
    try WorldFixture.shop(closedIngress, closedEgress).expect("shop/web -> shop/db icmp/8 undefined")
  }

  @Test("dual stack: selectors match addresses of both families")
  func dualStackSelectors() throws {
    try WorldFixture.shop(
      pod("shop/six", "app: six", ip: "10.1.0.6 fd00::6"),
      pod("shop/two", "app: two", ip: "10.1.0.7 fd00::7"),
      policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {app: six}}}]}]")
    ).expect(
      """
      shop/six -> shop/two tcp/80 allowed
      fd00::6 -> fd00::7 tcp/80 allowed
      10.1.0.6 -> 10.1.0.7 tcp/80 allowed
      """)
  }

  @Test("dual stack: a v4-only allow-list leaves v6 closed")
  func dualStackBlocks() throws {
    try WorldFixture.shop(
      pod("shop/six", "app: six", ip: "10.1.0.6 fd00::6"),
      pod("shop/two", "app: two", ip: "10.1.0.7 fd00::7"),
      pod("shop/only", "app: only", ip: "fd00::8"),
      policy("shop/p", "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")
    ).expect(
      """
      10.1.0.6 -> shop/two tcp/80 allowed
      fd00::6 -> shop/two tcp/80 denied
      shop/six -> shop/two tcp/80 undefined
      shop/six -> shop/db tcp/80 allowed
      shop/six -> shop/only tcp/80 denied
      """)
  }

  @Test(
    "two pods without a common address family have no connection, whatever policies say",
    arguments: [EngineProfile.kubernetes, .calico, .cilium])
  func noCommonFamily(_ profile: EngineProfile) throws {
    let world = WorldFixture.shop(
      profile: profile, pod("shop/six", "app: six", ip: "fd00::6"),
      pod("shop/both", "app: both", ip: "10.1.0.8 fd00::8"), pod("shop/later", "app: later"),
      service("shop/six", "clusterIP: fd96::6\nselector: {app: six}\nports: [{port: 80}]"),
      policy("shop/p", "podSelector: {matchLabels: {app: six}}\ningress: [{}]"))
    try world.expect(
      """
      shop/web -> shop/six tcp/80 denied denied denied
      shop/six -> shop/web tcp/80 denied denied denied
      shop/web -> shop/six icmp/8 denied denied denied
      10.1.0.1 -> shop/six tcp/80 denied denied denied
      shop/web -> service/shop/six tcp/80 denied denied denied
      10.1.0.8 -> shop/six tcp/80 denied denied denied
      shop/both -> shop/six tcp/80 allowed
      shop/both -> shop/web tcp/80 allowed
      shop/later -> shop/six tcp/80 allowed
      shop/later -> shop/web tcp/80 allowed
      shop/web -> 2001:db8::5 tcp/80 allowed
      node/n1 -> shop/six tcp/80 allowed
      """)
    let walk = ConnectivityWalk(world.compiled)
    let names = walk.units.map(\.name)
    let source = try #require(names.firstIndex(of: "web"))
    let reached = walk.destinations(of: source).map { names[Int($0.unit)] }
    #expect(reached == ["job", "both", "db", "later"])
  }

  @Test("IPv6: blocks match IPv6 pods by prefix")
  func ipv6() throws {
    try WorldFixture(
      pod("a/one", "app: one", ip: "fd00:1::1"), pod("a/two", "app: two", ip: "fd00:2::1"),
      pod("b/server", "app: server", ip: "fd00:3::1"),
      policy("b/p", "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 'fd00:1::/32'}}]}]")
    ).expect(
      """
      a/one -> b/server tcp/80 allowed
      a/two -> b/server tcp/80 denied
      """)
  }
}
