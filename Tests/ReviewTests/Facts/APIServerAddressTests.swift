import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

/// An address that the facts say is the API server's and that is an object's in the manifests.
@Suite("Addresses of the API server")
struct APIServerAddressTests {
  private func cluster(_ address: String) -> ClusterFixture {
    ClusterFixture(
      [
        namespace("shop"), deployment("shop/web", "app: web"),
        """
        apiVersion: v1
        kind: Pod
        metadata: {namespace: shop, name: server, labels: {app: server}}
        spec: {containers: []}
        status: {phase: Running, podIP: 10.1.0.5, podIPs: [{ip: 10.1.0.5}]}
        """,
        """
        apiVersion: v1
        kind: Service
        metadata: {namespace: shop, name: kubernetes}
        spec: {clusterIP: 10.96.0.1, selector: {app: server}, ports: [{port: 443}]}
        """,
        """
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: {namespace: shop, name: p}
        spec: {endpointSelector: {}, egress: [{toEntities: [kube-apiserver]}]}
        """,
      ], profile: .cilium, settings: "cluster: {apiServerAddresses: [\(address)]}")
  }

  @Test(
    "the fact counts, and a warning says where the object is",
    arguments: [("10.1.0.5", "pod `shop/server`"), ("10.96.0.1", "Service `shop/kubernetes`")])
  func warning(_ address: String, _ owner: String) throws {
    let fixture = cluster(address)
    let found = fixture.cluster.diagnostics.filter { $0.code == .overriddenFact }
    #expect(
      found.map(\.message) == [
        "\(address) is the address of \(owner) and, by the facts about the cluster, the API server's: flows that name the address are the API server's"
      ])
    #expect(found.first?.location != nil)
    for line in ["shop/web -> \(address) tcp/443", "shop/web -> entity/kube-apiserver tcp/443"] {
      let flow = try FlowParser(fixture.cluster.world).parse(line)
      #expect(fixture.evaluator.verdict(flow).outcome == .allowed, "\(line)")
    }
  }

  @Test("other addresses are what the manifests say")
  func other() throws {
    let fixture = cluster("203.0.113.9")
    #expect(!fixture.cluster.diagnostics.contains { $0.code == .overriddenFact })
    let flow = try FlowParser(fixture.cluster.world).parse("shop/web -> 10.1.0.5 tcp/443")
    #expect(fixture.evaluator.verdict(flow).outcome == .denied)
  }
}
