import PolicyEngine
import Testing

/// SEMANTICS.md §1.4, nodes and host-network pods.
@Suite("Nodes")
struct NodeTests {
  private let closed = policy("shop/p", "podSelector: {}\npolicyTypes: [Ingress, Egress]")

  @Test("own node to pod is always allowed: probes")
  func ownNode() throws {
    try WorldFixture.shop(closed).expect(
      """
      node/n1 -> shop/web tcp/80 allowed
      192.168.0.1 -> shop/web tcp/80 allowed
      node/n2 -> shop/db icmp/8 allowed
      """)
  }

  @Test("other nodes are ordinary addresses")
  func otherNodes() throws {
    try WorldFixture.shop(closed).expect(
      """
      node/n2 -> shop/web tcp/80 denied allowed denied
      shop/web -> node/n2 tcp/80 denied denied allowed
      """)
    let block = "{ipBlock: {cidr: 192.168.0.0/30}}"
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{from: [\(block)]}]")).expect(
      "node/n2 -> shop/web tcp/80 allowed")
  }

  @Test("pod to own node is undefined when egress is closed")
  func toOwnNode() throws {
    try WorldFixture.shop(closed).expect("shop/web -> node/n1 tcp/10250 undefined undefined allowed")
    try WorldFixture.shop(
      policy("shop/p", "podSelector: {}\npolicyTypes: [Egress]\negress: [{ports: [{port: 53}]}]")
    )
    .expect(
      """
      shop/web -> node/n1 tcp/53 allowed
      shop/web -> node/n1 tcp/54 undefined
      """)
    try WorldFixture.shop().expect("shop/web -> node/n1 tcp/10250 allowed")
  }

  @Test("a pod whose node is unknown may be on any node")
  func unknownNode() throws {
    try WorldFixture.shop(closed, pod("shop/lost", "", ip: "10.1.0.9")).expect(
      """
      node/n1 -> shop/lost tcp/80 undefined
      shop/lost -> node/n1 tcp/80 undefined
      shop/web -> shop/lost tcp/80 denied
      """)
    try WorldFixture.shop(closed, workload("Deployment", "shop/api", "")).expect(
      "node/n2 -> shop/api tcp/80 undefined")
  }

  @Test("a node that only a pod names exists")
  func assumedNode() throws {
    try WorldFixture(
      pod("shop/web", "", ip: "10.1.0.1", on: "n7", status: "hostIPs: [{ip: 192.168.0.7}]"),
      policy("shop/p", "podSelector: {}")
    ).expect(
      """
      node/n7 -> shop/web tcp/80 allowed
      192.168.0.7 -> shop/web tcp/80 allowed
      192.168.0.8 -> shop/web tcp/80 denied
      """)
  }

  // MARK: - hostNetwork

  private let agent = pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true")

  @Test("hostNetwork: whether policies select the pod is undefined")
  func hostNetworkSubject() throws {
    try WorldFixture.shop(closed, agent).expect(
      """
      203.0.113.5 -> shop/agent tcp/80 undefined allowed undefined
      shop/agent -> 203.0.113.5 tcp/80 undefined undefined allowed
      """)
    try WorldFixture.shop(policy("shop/p", "podSelector: {}\ningress: [{}]"), agent).expect(
      "203.0.113.5 -> shop/agent tcp/80 allowed")
  }

  @Test("hostNetwork: whether selectors match the pod is undefined")
  func hostNetworkPeer() throws {
    let rule = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]"
    )
    try WorldFixture.shop(rule, agent).expect("shop/agent -> shop/db tcp/80 undefined")
    let wide = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: db}}\ningress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 192.168.0.1/32}}]}]"
    )
    try WorldFixture.shop(wide, agent).expect("shop/agent -> shop/db tcp/80 allowed")
    let nobody = policy("shop/p", "podSelector: {matchLabels: {app: db}}")
    try WorldFixture.shop(nobody, agent).expect("shop/agent -> shop/db tcp/80 denied")
  }

  @Test("same-node hostNetwork pods look like the node: as a node it is let in, as a pod not")
  func sameNode() throws {
    try WorldFixture.shop(policy("shop/p", "podSelector: {matchLabels: {app: web}}"), agent).expect(
      "shop/agent -> shop/web tcp/80 undefined")
  }

  @Test("the address of a hostNetwork pod is its node's")
  func address() throws {
    try WorldFixture.shop(closed, agent).expect(
      """
      192.168.0.1 -> shop/web tcp/80 allowed
      192.168.0.1 -> shop/db tcp/80 denied
      """)
  }

  @Test("both ends of a flow are read the same way")
  func sameReading() throws {
    // As pods the rule lets them talk; as nodes nobody polices them.
    let rule = policy(
      "shop/p",
      "podSelector: {matchLabels: {app: agent}}\ningress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]"
    )
    try WorldFixture.shop(
      rule, agent, pod("shop/agent2", "app: agent", ip: "192.168.0.2", on: "n2", "hostNetwork: true")
    ).expect("shop/agent -> shop/agent2 tcp/80 allowed")
  }

  @Test("a hostNetwork template may run on any node")
  func template() throws {
    let agents = workload("DaemonSet", "shop/agents", "app: agents", "hostNetwork: true\ncontainers: []")
    try WorldFixture.shop(policy("shop/p", "podSelector: {matchLabels: {app: web}}"), agents).expect(
      """
      shop/agents -> shop/web tcp/80 undefined
      shop/agents -> data/job tcp/80 allowed
      """)
  }
}
