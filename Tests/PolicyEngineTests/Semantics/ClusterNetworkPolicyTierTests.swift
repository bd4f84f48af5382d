import PolicyEngine
import Testing

/// SEMANTICS.md §2.2, the order of evaluation.
@Suite("ClusterNetworkPolicy: tiers and priorities")
struct ClusterNetworkPolicyTierTests {
  private func ingress(_ action: String, from peer: String = "namespaces: {}", _ more: String = "") -> String
  {
    "ingress: [\(rule(action, from: peer, more))]"
  }

  private func rule(_ action: String, from peer: String = "namespaces: {}", _ more: String = "") -> String {
    "{action: \(action), from: [{\(peer)}]\(more)}"
  }

  private let closed = policy("shop/closed", "podSelector: {}\npolicyTypes: [Ingress]")
  private let open = policy("shop/open", "podSelector: {}\ningress: [{}]")
  private let web = "pods: {podSelector: {matchLabels: {app: web}}}"

  @Test("Admin is asked before NetworkPolicy: its Accept and its Deny are final")
  func adminFirst() throws {
    try WorldFixture.shop(closed, clusterPolicy("a", ingress("Accept"))).expect(
      "shop/web -> shop/db tcp/80 allowed allowed allowed")
    try WorldFixture.shop(open, clusterPolicy("a", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 denied allowed denied")
  }

  @Test("no rule matched: the next tier decides")
  func undecidedTier() throws {
    let other = ingress("Accept", from: "pods: {podSelector: {matchLabels: {app: job}}}")
    try WorldFixture.shop(closed, clusterPolicy("a", other)).expect(
      """
      shop/web -> shop/db tcp/80 denied
      data/job -> shop/db tcp/80 allowed
      """)
  }

  @Test("Accept closes nothing: there is no implicit isolation")
  func acceptOnly() throws {
    for tier in ["Admin", "Baseline"] {
      try WorldFixture.shop(clusterPolicy("a", tier: tier, ingress("Accept", from: web))).expect(
        """
        data/job -> shop/db tcp/80 allowed
        203.0.113.5 -> shop/db tcp/80 allowed
        """)
    }
  }

  @Test("a direction without rules is not affected, an empty list neither")
  func noRules() throws {
    for rules in ["", "ingress: []", "ingress: []\negress: []"] {
      try WorldFixture.shop(clusterPolicy("a", rules)).expect("shop/web -> shop/db tcp/80 allowed")
    }
    try WorldFixture.shop(clusterPolicy("a", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 denied allowed denied")
  }

  @Test("the least priority number is asked first, whatever the names and the order of the text")
  func priority() throws {
    let accept = clusterPolicy("z", priority: 1, ingress("Accept", from: web))
    let deny = clusterPolicy("a", priority: 2, ingress("Deny"))
    for documents in [(accept, deny), (deny, accept)] {
      try WorldFixture.shop(documents.0, documents.1).expect(
        """
        shop/web -> shop/db tcp/80 allowed
        data/job -> shop/db tcp/80 denied
        """)
    }
    let strictest = clusterPolicy("b", priority: 0, ingress("Deny"))
    try WorldFixture.shop(accept, strictest).expect("shop/web -> shop/db tcp/80 denied")
  }

  @Test("the first rule of a policy that matches decides")
  func ruleOrder() throws {
    let deny = rule("Deny", ", protocols: [{tcp: {destinationPort: {range: {start: 80, end: 90}}}}]")
    let accept = rule("Accept", ", protocols: [{tcp: {destinationPort: {range: {start: 85, end: 95}}}}]")
    try WorldFixture.shop(closed, clusterPolicy("a", "ingress: [\(accept), \(deny)]")).expect(
      """
      shop/web -> shop/db tcp/84 denied
      shop/web -> shop/db tcp/85 allowed
      shop/web -> shop/db tcp/95 allowed
      shop/web -> shop/db tcp/96 denied
      """)
    try WorldFixture.shop(clusterPolicy("a", "ingress: [\(deny), \(accept)]")).expect(
      "shop/web -> shop/db tcp/85 denied")
  }

  // MARK: - Pass

  @Test("Pass leaves the whole tier, policies of lower precedence too")
  func pass() throws {
    let pass = clusterPolicy("a", priority: 1, ingress("Pass", from: web))
    let deny = clusterPolicy("b", priority: 2, ingress("Deny"))
    try WorldFixture.shop(pass, deny).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      """)
    try WorldFixture.shop(pass, deny, closed).expect("shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(pass, clusterPolicy("c", tier: "Baseline", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 denied")
  }

  @Test("Pass in Baseline is the default: allow")
  func passInBaseline() throws {
    let rules = "ingress: [\(rule("Pass", from: web)), \(rule("Deny"))]"
    try WorldFixture.shop(clusterPolicy("a", tier: "Baseline", rules)).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      data/job -> shop/db tcp/80 denied
      """)
  }

  // MARK: - Baseline

  @Test("Baseline is asked where no NetworkPolicy isolates the pod, whose implicit deny is final")
  func baseline() throws {
    try WorldFixture.shop(clusterPolicy("b", tier: "Baseline", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 denied")
    try WorldFixture.shop(open, clusterPolicy("b", tier: "Baseline", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(closed, clusterPolicy("b", tier: "Baseline", ingress("Accept"))).expect(
      "shop/web -> shop/db tcp/80 denied")
  }

  @Test("isolated means: for that direction")
  func isolatedForThatDirection() throws {
    let egressOnly = policy("shop/out", "podSelector: {}\npolicyTypes: [Egress]\negress: [{}]")
    try WorldFixture.shop(egressOnly, clusterPolicy("b", tier: "Baseline", ingress("Deny"))).expect(
      """
      shop/web -> shop/db tcp/80 denied allowed denied
      shop/web -> data/job tcp/80 denied allowed denied
      """)
    let baseline = clusterPolicy("b", tier: "Baseline", "egress: [{action: Deny, to: [{namespaces: {}}]}]")
    try WorldFixture.shop(open, baseline).expect("shop/web -> shop/db tcp/80 denied denied allowed")
    try WorldFixture.shop(egressOnly, baseline).expect("shop/web -> shop/db tcp/80 allowed")
  }

  @Test("what no tier decides is allowed")
  func defaultAllow() throws {
    let other = "{namespaces: {matchLabels: {team: data}}}"
    try WorldFixture.shop(clusterPolicy("a", subject: other, ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 allowed allowed allowed")
  }

  @Test("both ends must end in allow: an egress Accept does not open the destination")
  func bothEnds() throws {
    let accept = clusterPolicy("a", "egress: [{action: Accept, to: [{namespaces: {}}]}]")
    try WorldFixture.shop(accept, closed).expect("shop/web -> shop/db tcp/80 denied allowed denied")
    let silent = policy("shop/silent", "podSelector: {}\npolicyTypes: [Egress]")
    try WorldFixture.shop(clusterPolicy("a", ingress("Accept")), silent).expect(
      "shop/web -> shop/db tcp/80 denied denied allowed")
  }

  // MARK: - Ties

  @Test("one tier, one priority, both match and disagree: undefined")
  func tie() throws {
    let accept = clusterPolicy("a", ingress("Accept", from: web))
    let deny = clusterPolicy("b", ingress("Deny"))
    try WorldFixture.shop(accept, deny).expect(
      """
      shop/web -> shop/db tcp/80 undefined allowed undefined
      data/job -> shop/db tcp/80 denied
      """)
    try WorldFixture.shop(accept, clusterPolicy("b", tier: "Baseline", ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(accept, clusterPolicy("b", priority: 11, ingress("Deny"))).expect(
      "shop/web -> shop/db tcp/80 allowed")
  }

  @Test("a tie without consequence is decided")
  func harmlessTie() throws {
    let accept = clusterPolicy("a", ingress("Accept"))
    try WorldFixture.shop(accept, clusterPolicy("b", ingress("Accept"))).expect(
      "shop/web -> shop/db tcp/80 allowed")
    // Whichever goes first, the connection comes through.
    try WorldFixture.shop(accept, clusterPolicy("b", ingress("Pass"))).expect(
      "shop/web -> shop/db tcp/80 allowed")
    try WorldFixture.shop(accept, clusterPolicy("b", ingress("Pass")), closed).expect(
      "shop/web -> shop/db tcp/80 undefined")
    // Ports that only one of them matches.
    let port = clusterPolicy("b", ingress("Deny", ", protocols: [{tcp: {destinationPort: {number: 81}}}]"))
    try WorldFixture.shop(accept, port).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/81 undefined
      """)
  }

  @Test("each policy of a tie may go first, and none that comes later matters")
  func threeInATie() throws {
    let policies = ["Accept", "Pass", "Deny"].map { clusterPolicy($0.lowercased(), ingress($0)) }
    try WorldFixture.shop(policies[0], policies[1], policies[2]).expect(
      "shop/web -> shop/db tcp/80 undefined")
    try WorldFixture.shop(
      policies[1], policies[2], clusterPolicy("first", priority: 9, ingress("Accept"))
    ).expect("shop/web -> shop/db tcp/80 allowed")
  }
}
