import PolicyEngine
import Testing

/// What other tools get wrong (known cases, see the issue that asked for this analyser).
@Suite("Known wrong answers of other tools")
struct WrongAnswersTests {
  @Test("the union of two policies' port ranges is exact, and the same in every run")
  func portRanges() throws {
    let first = policy(
      "shop/a",
      "podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: 1000, endPort: 2000}, {port: 5000, endPort: 5005}]}]"
    )
    let second = policy(
      "shop/b",
      "podSelector: {matchLabels: {app: db}}\ningress: [{ports: [{port: 1500, endPort: 3000}, {port: 5007}]}]"
    )
    let expected = { (port: Int) in
      (1000...3000).contains(port) || (5000...5005).contains(port) || port == 5007
    }
    for _ in 0..<3 {
      for documents in [[first, second], [second, first]] {
        let world = WorldFixture.shop(documents.joined(separator: "\n---\n"))
        for port in [999, 1000, 1499, 1500, 2000, 2001, 3000, 3001, 4999, 5000, 5005, 5006, 5007, 5008] {
          try world.expect("shop/web -> shop/db tcp/\(port) \(expected(port) ? "allowed" : "denied")")
        }
      }
    }
  }

  @Test("IPv6 CIDRs are not IPv4 ones")
  func ipv6() throws {
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: '::/0'}}]}]")
    ).expect(
      """
      shop/web -> 203.0.113.5 tcp/80 denied
      shop/web -> data/job tcp/80 denied
      shop/web -> 2001:db8::5 tcp/80 allowed
      """)
    // As an IPv4 number the first bits of fd00::/8 would be 253.0.0.0.
    try WorldFixture.shop(
      policy(
        "shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 'fd00::/8'}}]}]")
    ).expect("shop/web -> 253.0.0.1 tcp/80 denied")
  }

  @Test("ipBlocks match pods")
  func blocksMatchPods() throws {
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\ningress: [{from: [{ipBlock: {cidr: 10.2.0.0/16}}]}]")
    ).expect("data/job -> shop/db tcp/80 allowed")
  }

  @Test("an egress named port with an ipBlock matches nothing, and stops nothing else")
  func namedPortWithBlock() throws {
    let world = WorldFixture.shop(
      policy(
        "shop/p",
        "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: http}]}]"
      ))
    try world.expect(
      """
      shop/web -> 203.0.113.5 tcp/80 denied
      data/job -> shop/db tcp/80 allowed
      """)
  }

  @Test("UDP does not pass ports: [{protocol: TCP}]")
  func udp() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{ports: [{protocol: TCP}]}]")).expect(
      """
      shop/web -> shop/db udp/80 denied
      shop/web -> shop/db tcp/80 allowed
      """)
  }

  @Test("NotIn matches an absent key")
  func notIn() throws {
    let selector = "{matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}"
    try WorldFixture.shop(policy("shop/p", "podSelector: \(selector)")).expect(
      "data/job -> shop/db tcp/80 denied")
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\ningress: [{from: [{podSelector: \(selector)}]}]")
    ).expect(
      "shop/web -> shop/db tcp/80 allowed")
  }

  @Test("an undecodable policy is an error, never silence")
  func undecodable() {
    for broken in [
      policy("shop/p", "podSelector: {matchLabel: {app: db}}"),
      policy("shop/p", "podSelector: {}\ningress: [{form: []}]"),
      policy("shop/p", "podSelector: {}\ningress: [{ports: [{port: eighty-and-more-characters}]}]"),
      "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: {name: p\nspec: {}",
    ] {
      #expect(!WorldFixture.shop(broken).problems.isEmpty, "\(broken)")
    }
  }

  @Test("two workloads of one name are not merged")
  func sameName() throws {
    try WorldFixture.shop(
      workload("Deployment", "shop/twin", "app: one"), workload("DaemonSet", "shop/twin", "app: two"),
      policy("shop/p", "podSelector: {matchLabels: {app: one}}")
    ).expect(
      """
      shop/web -> shop/deployment/twin tcp/80 denied
      shop/web -> shop/daemonset/twin tcp/80 allowed
      """)
  }

  @Test("hostNetwork is not ignored")
  func hostNetwork() throws {
    try WorldFixture.shop(
      pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true"),
      policy("shop/p", "podSelector: {}")
    ).expect("data/job -> shop/agent tcp/80 undefined")
  }
}
