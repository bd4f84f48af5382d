import PolicyEngine
import Testing

/// SEMANTICS.md §2.1 and §2.2: peers that only egress rules have.
@Suite("ClusterNetworkPolicy: networks, nodes and domain names")
struct ClusterNetworkPolicyEgressTests {
  private func egress(_ action: String, _ peer: String, _ tier: String = "Admin") -> String {
    clusterPolicy("p", tier: tier, "egress: [\(rule(action, peer))]")
  }

  private func rule(_ action: String, _ peer: String) -> String { "{action: \(action), to: [{\(peer)}]}" }

  // MARK: - networks

  @Test("networks match any destination in the range, pods and nodes included")
  func networks() throws {
    try WorldFixture.shop(egress("Deny", "networks: [0.0.0.0/0]")).expect(
      """
      shop/web -> shop/db tcp/80 denied denied allowed
      shop/web -> node/n2 tcp/80 denied denied allowed
      shop/web -> 203.0.113.5 tcp/80 denied
      shop/web -> 2001:db8::5 tcp/80 allowed
      """)
    try WorldFixture.shop(egress("Deny", "networks: [10.1.0.2/32, 'fd00::/8']")).expect(
      """
      shop/web -> shop/db tcp/80 denied
      shop/web -> data/job tcp/80 allowed
      """)
  }

  @Test("a prior Pass keeps pods out of networks")
  func passForPods() throws {
    let rules = [rule("Pass", "namespaces: {}"), rule("Deny", "networks: [0.0.0.0/0]")]
    try WorldFixture.shop(clusterPolicy("p", "egress: [\(rules.joined(separator: ", "))]")).expect(
      """
      shop/web -> shop/db tcp/80 allowed
      shop/web -> node/n2 tcp/80 denied
      shop/web -> 203.0.113.5 tcp/80 denied
      """)
  }

  @Test("an address that nobody knows may be in a network or not")
  func unknownAddress() throws {
    let api = workload("Deployment", "shop/api", "app: api")
    try WorldFixture.shop(api, egress("Deny", "networks: [10.1.0.0/16]")).expect(
      "shop/web -> shop/api tcp/80 undefined")
    try WorldFixture.shop(api, egress("Deny", "networks: [0.0.0.0/0]")).expect(
      "shop/web -> shop/api tcp/80 denied")
  }

  @Test("traffic to the pod's own node is subject, where NetworkPolicy leaves it open")
  func ownNode() throws {
    for peer in ["networks: [192.168.0.0/24]", "nodes: {}"] {
      try WorldFixture.shop(egress("Deny", peer)).expect("shop/web -> node/n1 tcp/80 denied")
    }
    let closed = policy("shop/out", "podSelector: {}\npolicyTypes: [Egress]")
    try WorldFixture.shop(closed, egress("Accept", "nodes: {}")).expect("shop/web -> node/n1 tcp/80 allowed")
    // NetworkPolicy isolates the pod: what it leaves open stays open, Baseline is not asked.
    try WorldFixture.shop(closed, egress("Deny", "nodes: {}", "Baseline")).expect(
      "shop/web -> node/n1 tcp/80 undefined")
    try WorldFixture.shop(egress("Deny", "nodes: {}", "Baseline")).expect("shop/web -> node/n1 tcp/80 denied")
  }

  // MARK: - nodes

  private let edge = node("n3", "192.168.0.3", labels: "pool: edge")

  @Test("nodes are the addresses of the nodes that the selector takes, and nothing else")
  func nodes() throws {
    try WorldFixture.shop(edge, egress("Deny", "nodes: {matchLabels: {pool: edge}}")).expect(
      """
      shop/web -> node/n3 tcp/80 denied
      shop/web -> 192.168.0.3 tcp/80 denied
      shop/web -> node/n2 tcp/80 allowed
      shop/web -> shop/db tcp/80 allowed
      shop/web -> 203.0.113.5 tcp/80 allowed
      """)
    try WorldFixture.shop(
      edge, egress("Deny", "nodes: {matchExpressions: [{key: pool, operator: DoesNotExist}]}")
    ).expect(
      """
      shop/web -> node/n3 tcp/80 allowed
      shop/web -> node/n2 tcp/80 denied
      shop/web -> shop/db tcp/80 allowed
      """)
  }

  @Test("a node has every address of its status")
  func nodeAddresses() throws {
    let gateway = node("n4", "192.168.0.4", "203.0.113.44", "2001:db8::44", labels: "pool: edge")
    try WorldFixture.shop(gateway, egress("Deny", "nodes: {matchLabels: {pool: edge}}")).expect(
      """
      shop/web -> 192.168.0.4 tcp/80 denied
      shop/web -> 203.0.113.44 tcp/80 denied
      shop/web -> 2001:db8::44 tcp/80 denied
      shop/web -> 203.0.113.45 tcp/80 allowed
      """)
  }

  @Test("a host-network pod has its node's address")
  func hostNetworkOnNode() throws {
    let agent = pod("shop/agent", "app: agent", ip: "192.168.0.3", on: "n3", "hostNetwork: true")
    let rule = egress("Deny", "nodes: {matchLabels: {pool: edge}}")
    try WorldFixture.shop(edge, agent, rule).expect("shop/web -> shop/agent tcp/80 denied")
    let onOther = pod("shop/agent", "app: agent", ip: "192.168.0.2", on: "n2", "hostNetwork: true")
    try WorldFixture.shop(edge, onOther, rule).expect("shop/web -> shop/agent tcp/80 allowed")
    let template = workload("DaemonSet", "shop/agent", "app: agent", "hostNetwork: true\ncontainers: []")
    try WorldFixture.shop(edge, template, rule).expect("shop/web -> shop/agent tcp/80 undefined")
    try WorldFixture.shop(edge, template, egress("Deny", "nodes: {}")).expect(
      "shop/web -> shop/agent tcp/80 denied")
  }

  // MARK: - domainNames

  @Test("*.x is one or more labels below x, and not x")
  func domainNames() throws {
    let rules = [
      rule("Accept", "domainNames: ['*.example.com', example.org]"), rule("Deny", "networks: [0.0.0.0/0]"),
    ]
    try WorldFixture.shop(clusterPolicy("p", "egress: [\(rules.joined(separator: ", "))]")).expect(
      """
      shop/web -> api.example.com tcp/443 allowed
      shop/web -> v1.api.example.com tcp/443 allowed
      shop/web -> API.Example.com. tcp/443 allowed
      shop/web -> example.com tcp/443 denied
      shop/web -> notexample.com tcp/443 denied
      shop/web -> example.org udp/53 allowed
      shop/web -> www.example.org tcp/443 denied
      shop/web -> 203.0.113.5 tcp/443 denied
      """)
  }

  @Test("a name's address is not known: networks and blocks that do not cover everything leave it open")
  func domainAddress() throws {
    let out = policy(
      "shop/out",
      "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{ipBlock: {cidr: 203.0.113.0/24}}]}]")
    try WorldFixture.shop(out).expect(
      """
      shop/web -> api.example.com tcp/443 undefined
      data/job -> api.example.com tcp/443 allowed
      """)
    try WorldFixture.shop(out, egress("Accept", "domainNames: [api.example.com]")).expect(
      "shop/web -> api.example.com tcp/443 allowed")
    try WorldFixture.shop(egress("Deny", "networks: [0.0.0.0/0]")).expect(
      "shop/web -> api.example.com tcp/443 denied")
  }

  @Test("a domain name is outside: no selector of pods or nodes matches it")
  func domainIsOutside() throws {
    let rules = [rule("Deny", "namespaces: {}"), rule("Deny", "nodes: {}")]
    try WorldFixture.shop(clusterPolicy("p", "egress: [\(rules.joined(separator: ", "))]")).expect(
      "shop/web -> api.example.com tcp/443 allowed")
  }

  @Test("domain names are no permission to ask for them, and no filter of questions")
  func namesAreNoDNS() throws {
    let resolver = pod("kube-system/dns", "k8s-app: kube-dns", ip: "10.3.0.1", on: "n2")
    let rules = [rule("Accept", "domainNames: [example.com]"), rule("Deny", "networks: [0.0.0.0/0]")]
    try WorldFixture.shop(
      namespace("kube-system"), resolver, clusterPolicy("p", "egress: [\(rules.joined(separator: ", "))]")
    ).expect(
      """
      shop/web -> example.com tcp/443 allowed
      shop/web -> kube-system/dns udp/53 denied
      """)
    try WorldFixture.shop(
      namespace("kube-system"), resolver, egress("Deny", "domainNames: [example.com]")
    ).expect("shop/web -> kube-system/dns udp/53 allowed")
  }

  @Test("the name of a ClusterIP Service means neither the Service nor its pods")
  func serviceNames() throws {
    let rules = [
      rule("Accept", "domainNames: [db.shop.svc.cluster.local]"), rule("Deny", "namespaces: {}"),
    ]
    try WorldFixture.shop(
      service("shop/db", "selector: {app: db}\nports: [{port: 80}]"),
      clusterPolicy("p", "egress: [\(rules.joined(separator: ", "))]")
    ).expect(
      """
      shop/web -> service/shop/db tcp/80 denied
      shop/web -> shop/db tcp/80 denied
      """)
  }
}
