import PolicyEngine
import PolicyModel
import Testing

/// SEMANTICS.md §1.3, addresses.
@Suite("ipBlock")
struct IPBlockTests {
  private func egress(_ peers: String) -> WorldFixture {
    .shop(
      policy(
        "shop/p", "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{to: \(peers)}]"))
  }

  @Test("an address in the cidr and in no except of the same entry")
  func block() throws {
    try egress("[{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.64/26, 203.0.113.200/32]}}]").expect(
      """
      shop/web -> 203.0.113.0 tcp/80 allowed
      shop/web -> 203.0.113.63 udp/80 allowed
      shop/web -> 203.0.113.64 tcp/80 denied
      shop/web -> 203.0.113.127 tcp/80 denied
      shop/web -> 203.0.113.128 tcp/80 allowed
      shop/web -> 203.0.113.200 tcp/80 denied
      shop/web -> 203.0.113.255 tcp/80 allowed
      shop/web -> 203.0.112.255 tcp/80 denied
      shop/web -> 203.0.114.0 tcp/80 denied
      """)
  }

  @Test("except is not a deny: another entry may allow the hole")
  func exceptIsNoDeny() throws {
    let open = "{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.64/26]}}"
    try egress("[\(open), {ipBlock: {cidr: 203.0.113.64/32}}]").expect(
      """
      shop/web -> 203.0.113.64 tcp/80 allowed
      shop/web -> 203.0.113.65 tcp/80 denied
      """)
  }

  @Test("except is not a deny: another rule may allow the hole")
  func exceptAndOtherRule() throws {
    let rules = """
      podSelector: {}
      policyTypes: [Egress]
      egress:
      - to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.64/26]}}]
      - ports: [{port: 443}]
      """
    try WorldFixture.shop(policy("shop/p", rules)).expect(
      """
      shop/web -> 203.0.113.64 tcp/443 allowed
      shop/web -> 203.0.113.64 tcp/80 denied
      """)
  }

  @Test("except is not a deny: another policy may allow the hole")
  func exceptAndOtherPolicy() throws {
    let hole =
      "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]"
    let pods = "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{podSelector: {}}]}]"
    try WorldFixture.shop(policy("shop/a", hole), policy("shop/b", pods)).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> data/job tcp/80 denied
      shop/web -> 203.0.113.5 tcp/80 allowed
      """)
  }

  @Test("a block matches pods by their address, as conformance tests demand")
  func pods() throws {
    try egress("[{ipBlock: {cidr: 10.1.0.2/32}}]").expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> 10.1.0.2 tcp/80 allowed
      shop/web -> data/job tcp/80 denied
      """)
    try egress("[{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.2/32]}}]").expect(
      """
      shop/web -> shop/db tcp/80 denied
      shop/web -> data/job tcp/80 allowed
      """)
  }

  @Test("a block matches other nodes by their address")
  func nodes() throws {
    try egress("[{ipBlock: {cidr: 192.168.0.2/32}}]").expect("shop/web -> node/n2 tcp/10250 allowed")
    try egress("[{ipBlock: {cidr: 192.168.0.3/32}}]").expect("shop/web -> node/n2 tcp/10250 denied")
  }

  @Test("excepts that cover the whole block leave nothing")
  func coveredBlock() throws {
    try egress("[{ipBlock: {cidr: 0.0.0.0/0, except: [0.0.0.0/1, 128.0.0.0/1]}}]").expect(
      """
      shop/web -> 203.0.113.5 tcp/80 denied
      shop/web -> shop/db tcp/80 denied
      """)
  }

  @Test("a block speaks of its own family only: 0.0.0.0/0 says nothing about IPv6, ::/0 nothing about IPv4")
  func families() throws {
    try egress("[{ipBlock: {cidr: 0.0.0.0/0}}]").expect(
      """
      shop/web -> 203.0.113.5 tcp/80 allowed
      shop/web -> 2001:db8::5 tcp/80 denied
      """)
    try egress("[{ipBlock: {cidr: '::/0', except: ['2001:db8:1::/48']}}]").expect(
      """
      shop/web -> 203.0.113.5 tcp/80 denied
      shop/web -> 2001:db8::5 tcp/80 allowed
      shop/web -> 2001:db8:1::5 tcp/80 denied
      """)
  }

  @Test("legacy forms act as older servers read them: host bits are masked, mapped addresses are IPv4")
  func legacyForms() throws {
    for cidr in ["10.1.0.9/24", "010.1.0.0/24", "'::ffff:10.1.0.0/120'", "10.1.0.0/024"] {
      try egress("[{ipBlock: {cidr: \(cidr)}}]").expect(
        """
        shop/web -> shop/db tcp/80 allowed
        shop/web -> data/job tcp/80 denied
        """)
    }
  }

  @Test("NAT: at ingress a block is compared with the source's own address")
  func ingress() throws {
    let rule = "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]"
    try WorldFixture.shop(policy("shop/p", rule)).expect(
      """
      198.51.100.7 -> shop/web tcp/80 allowed
      203.0.113.5 -> shop/web tcp/80 denied
      shop/db -> shop/web tcp/80 denied
      """)
  }

  @Test("a profile may say that blocks never match pods and nodes")
  func profile() throws {
    let world = egress("[{ipBlock: {cidr: 0.0.0.0/0}}]")
    let profile = EngineProfile(
      enforcer: .kubernetes, addressBlocksMatch: [], hostNetworkReadings: [.asNodes],
      egressToOwnNodeReadings: [.policed], ownPodReading: .policed, probeReading: .exempt,
      portNameReadings: [.all],
      hairpinReadings: [.isPoliced], blocksMaySeeServices: false)
    let evaluator = FlowEvaluator(
      world: world.world,
      tiers: world.evaluator.tiers,
      profile: profile)
    func outcome(_ line: String) throws -> Outcome { evaluator.verdict(try world.parser.parse(line)).outcome }
    #expect(try outcome("shop/web -> 203.0.113.5 tcp/80") == .allowed)
    #expect(try outcome("shop/web -> shop/db tcp/80") == .denied)
    #expect(try outcome("shop/web -> node/n2 tcp/80") == .denied)
  }
}
