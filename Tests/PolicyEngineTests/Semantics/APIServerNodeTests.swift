import PolicyEngine
import PolicyModel
import Testing

/// An API server inside the cluster runs on a node, and the input does not say which.
@Suite("The node of the API server")
struct APIServerNodeTests {
  private let edge = labelledNode("n3", "pool: edge", "192.168.0.3")
  private let line = "shop/web -> entity/kube-apiserver tcp/6443"

  @Test(
    "a policy on labelled nodes leaves it open whether it polices the API server, even if no known node has the labels",
    arguments: [
      ("{matchLabels: {pool: edge}}", "undefined"), ("{matchLabels: {pool: none}}", "undefined"),
      ("{matchExpressions: [{key: pool, operator: Exists}]}", "undefined"),
      ("{matchExpressions: [{key: pool, operator: DoesNotExist}]}", "undefined"),
      // Outside the cluster nothing polices it.
      ("{}", "undefined"),
      // Nothing can have both labels.
      (
        "{matchExpressions: [{key: pool, operator: In, values: [a]}, {key: pool, operator: NotIn, values: [a]}]}",
        "allowed"
      ),
    ])
  func subject(_ selector: String, _ outcome: String) throws {
    try WorldFixture.cilium(edge, ccnp("p", "{nodeSelector: \(selector), ingress: [{}]}"))
      .expect("\(line) \(outcome)")
  }

  @Test("it is not open where every node is treated alike")
  func alike() throws {
    try WorldFixture.cilium(
      edge,
      ccnp(
        "p",
        "{nodeSelector: {matchLabels: {pool: edge}}, ingress: [{fromEntities: [cluster]}], egress: [{toEntities: [all]}]}"
      )
    ).expect(
      """
      \(line) allowed
      entity/kube-apiserver -> shop/web tcp/80 allowed
      """)
  }

  @Test("rules about labelled nodes may match it")
  func peer() throws {
    let nodes = "[{matchLabels: {pool: edge}}]"
    try WorldFixture.cilium(cnp("shop/p", "{endpointSelector: {}, egress: [{toNodes: \(nodes)}]}"))
      .expect("\(line) undefined")
    try WorldFixture.cilium(
      cnp("shop/p", "{endpointSelector: {}, egress: [{toNodes: \(nodes)}, {toEntities: [kube-apiserver]}]}")
    ).expect("\(line) allowed")
    try WorldFixture.cilium(
      cnp(
        "shop/p",
        "{endpointSelector: {}, egress: [{toEntities: [kube-apiserver]}], egressDeny: [{toNodes: \(nodes)}]}")
    ).expect("\(line) undefined")
  }

  @Test("Calico's host endpoints are nodes that it may run on")
  func hostEndpoint() throws {
    let host = calico(
      "HostEndpoint", "h", "pool: edge",
      "node: n1\ninterfaceName: '*'\nexpectedIPs: [192.168.0.1]\nprofiles: [projectcalico-default-allow]")
    let deny = calico(
      "GlobalNetworkPolicy", "p", "selector: pool == 'edge'\ntypes: [Ingress]\ningress: [{action: Deny}]")
    let world = WorldFixture.shop([host, deny], profile: .calico)
    try world.expect("shop/db -> entity/kube-apiserver tcp/80 undefined")
    // A failsafe port.
    try world.expect("shop/db -> entity/kube-apiserver tcp/6443 allowed")
  }

  @Test("the reason says which node makes the difference")
  func reason() throws {
    let verdict = try WorldFixture.cilium(
      edge, ccnp("p", "{nodeSelector: {matchLabels: {pool: edge}}, ingress: [{}]}")
    ).verdict(line)
    let assumptions = verdict.traces.map(\.situation.assumptions)
    #expect(assumptions.count == 2)
    #expect(assumptions.last?.contains(.apiServerNode(2)) == true)
  }
}
