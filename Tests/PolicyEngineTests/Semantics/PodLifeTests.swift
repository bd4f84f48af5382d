import PolicyEngine
import Testing

/// SEMANTICS.md §1.4: "Policed pod: has its own IP(s), hostNetwork false, phase not Succeeded/Failed."
@Suite("The life of a pod")
struct PodLifeTests {
  private let podsOnly = policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]")
  private let closed = policy("shop/p", "podSelector: {}\npolicyTypes: [Ingress, Egress]")

  @Test("finished pods are neither policed nor peers", arguments: ["Succeeded", "Failed"])
  func finished(_ phase: String) throws {
    let done = pod("shop/done", "app: done", ip: "10.1.0.8", status: "phase: \(phase)")
    try WorldFixture.shop(podsOnly, done).expect(
      """
      shop/done -> shop/db tcp/80 denied allowed denied
      203.0.113.5 -> shop/done tcp/80 allowed
      """)
  }

  @Test("other phases do not matter", arguments: ["Running", "Pending", "Unknown"])
  func running(_ phase: String) throws {
    let alive = pod("shop/alive", "app: alive", ip: "10.1.0.8", status: "phase: \(phase)")
    try WorldFixture.shop(podsOnly, alive).expect(
      """
      shop/alive -> shop/db tcp/80 allowed
      203.0.113.5 -> shop/alive tcp/80 denied
      """)
  }

  @Test("a finished pod's address may belong to another pod: the running one counts")
  func reusedAddress() throws {
    // The finished pod comes last in the input and in the alphabet.
    let done = pod("shop/zz-done", "app: done", ip: "10.1.0.1", status: "phase: Succeeded")
    let rule = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]")
    try WorldFixture.shop(rule, done).expect("10.1.0.1 -> shop/db tcp/80 allowed")
    let doneOnly = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {matchLabels: {app: done}}}]}]")
    try WorldFixture.shop(doneOnly, done).expect("10.1.0.1 -> shop/db tcp/80 denied")
  }

  @Test("the address of a finished pod that nobody has taken over is an outside address")
  func freeAddress() throws {
    let done = pod("shop/done", "app: done", ip: "10.1.0.8", status: "phase: Succeeded")
    try WorldFixture.shop(podsOnly, done).expect("10.1.0.8 -> shop/db tcp/80 denied")
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 10.1.0.8/32}}]}]"), done
    ).expect("10.1.0.8 -> shop/db tcp/80 allowed")
  }

  @Test("terminating pods with an address are still subject and peer")
  func terminating() throws {
    let leaving = pod("shop/leaving", "app: leaving", ip: "10.1.0.8", status: "phase: Running")
      .replacing("name: leaving", with: "name: leaving, deletionTimestamp: '2026-01-01T00:00:00Z'")
    try WorldFixture.shop(podsOnly, leaving).expect(
      """
      shop/leaving -> shop/db tcp/80 allowed
      203.0.113.5 -> shop/leaving tcp/80 denied
      """)
  }

  @Test("a pod without an address yet matches nothing as a peer, but is isolated before it starts")
  func noAddress() throws {
    let rules = "{from: [{podSelector: {}}, {ipBlock: {cidr: 0.0.0.0/0}}]}"
    let waiting = pod("shop/waiting", "app: waiting", status: "phase: Pending")
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [\(rules)]"), waiting).expect(
      "shop/waiting -> shop/db tcp/80 denied allowed denied")
    try WorldFixture.shop(closed, waiting).expect("203.0.113.5 -> shop/waiting tcp/80 denied allowed denied")
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{}]"), waiting).expect(
      "shop/waiting -> shop/db tcp/80 allowed")
  }

  @Test("a pod without status has some private address: blocks that hold not all of those are undefined")
  func unknownAddress() throws {
    for source in [pod("shop/new", "app: new"), workload("Deployment", "shop/new", "app: new")] {
      func expect(_ peers: String, _ verdict: String) throws {
        let rule = policy("shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{from: \(peers)}]")
        try WorldFixture.shop(rule, source).expect("shop/new -> shop/db tcp/80 \(verdict)")
      }
      try expect("[{podSelector: {matchLabels: {app: new}}}]", "allowed")
      try expect("[{ipBlock: {cidr: 0.0.0.0/0}}]", "allowed")
      try expect("[{ipBlock: {cidr: 10.1.0.0/16}}]", "undefined")
      try expect("[{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]", "undefined")
      try expect("[{ipBlock: {cidr: 203.0.113.0/24}}]", "denied")
      try expect("[{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}]", "allowed")
      try expect("[{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]", "allowed")
      try expect("[{ipBlock: {cidr: '::/0'}}]", "denied")
    }
  }

  @Test("in a cluster of IPv6 addresses unknown ones are IPv6")
  func unknownIPv6() throws {
    try WorldFixture(
      pod("shop/db", "app: db", ip: "fd00::2"), workload("Deployment", "shop/new", "app: new"),
      policy(
        "shop/p", "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{ipBlock: {cidr: '::/0'}}]}]")
    ).expect("shop/new -> shop/db tcp/80 allowed")
  }

  @Test("both directions of an unknown address: the pair must be possible at once")
  func unknownAtBothEnds() throws {
    // web may only send to 10.0.0.0/8, new only takes from web: the address decides egress alone.
    let rule = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"
    )
    try WorldFixture.shop(rule, workload("Deployment", "shop/new", "app: new")).expect(
      "shop/web -> shop/new tcp/80 undefined undefined allowed")
  }
}
