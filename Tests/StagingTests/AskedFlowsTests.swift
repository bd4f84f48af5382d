internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Testing

@testable internal import Staging

@Suite("Flows to ask")
struct AskedFlowsTests {
  @Test("borders of ranges with their neighbours and one port that nobody mentions, in every protocol")
  func ports() {
    let asked = Self.asked("ports: [{port: 80}, {port: 8000, endPort: 8100}, {port: 65535}, {port: 1}]")
    let expected: Set<UInt16> = [1, 2, 79, 80, 81, 7999, 8000, 8001, 8099, 8100, 8101, 65534, 65535, 30303]
    for transport in TransportProtocol.allCases {
      #expect(Set(asked.compactMap { $0.port(transport) }) == expected, "\(transport)")
    }
  }

  @Test("a name is the numbers that it has on the destination")
  func names() {
    let asked = Self.asked("ports: [{port: data}]")
    #expect(Set(asked.compactMap { $0.port(.tcp) }) == [5431, 5432, 5433, 30303])
  }

  @Test("an echo request and a protocol without ports are always asked")
  func otherTraffic() {
    let asked = Self.asked("ports: []")
    let others = asked.compactMap { if case .other(let traffic) = $0.traffic { traffic } else { nil } }
    #expect(others.contains { $0.number == 1 && $0.message?.type == 8 })
    #expect(others.contains { $0.number == 47 })
  }

  @Test("pods do not ask themselves, and only pods of one family ask each other")
  func pairs() {
    let cluster = StagedCluster(
      yaml: StagedPodsTests.pod("four", "podIPs: [{ip: 10.1.0.1}]")
        + StagedPodsTests.pod("six", "podIPs: [{ip: \"fd00::1\"}]")
        + StagedPodsTests.pod("both", "podIPs: [{ip: 10.1.0.2}, {ip: \"fd00::2\"}]"))
    let flows = AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: cluster.pods)
    func families(_ source: Int, _ destination: Int) -> Set<AddressFamily> {
      Set(flows.flows(from: source, to: destination).map(\.family))
    }
    #expect(families(0, 0).isEmpty)
    #expect(families(0, 1).isEmpty)
    #expect(families(0, 2) == [.ipv4])
    #expect(families(1, 2) == [.ipv6])
    #expect(families(2, 2).isEmpty)
  }

  @Test("ports that no policy on either end mentions are not asked")
  func otherPolicies() {
    let asked = Self.asked("ports: [{port: 80}]", from: "ops/tool", to: "shop/web")
    #expect(Set(asked.compactMap { $0.port(.tcp) }) == [30303])
  }

  @Test("a comparison counts what agrees, passes over what is undefined and keeps what differs")
  func comparison() {
    var comparison = StagingComparison()
    let flow = StagedFlow(from: 0, to: 1, .ipv4, .port(.tcp, 80))
    comparison.add(flow, engine: .allowed, kernelAllows: true)
    comparison.add(flow, engine: .denied, kernelAllows: false)
    comparison.add(flow, engine: .undefined, kernelAllows: false)
    comparison.add(flow, engine: .allowed, kernelAllows: false)
    #expect(comparison.agreed.allowed == 1 && comparison.agreed.denied == 1 && comparison.undefined == 1)
    #expect(
      comparison.differences == [
        StagingComparison.Difference(flow: flow, engine: .allowed, kernelAllows: false)
      ])
    #expect(comparison.count == 4)
  }

  /// What is asked when this stands in the ingress rule of shop/db.
  private static func asked(
    _ rule: String, from source: String = "shop/web", to destination: String = "shop/db"
  ) -> [StagedFlow] {
    let cluster = StagedCluster(
      yaml: StagedPoliciesTests.shop + """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: db, namespace: shop}
        spec: {podSelector: {matchLabels: {app: db}}, ingress: [{\(rule)}]}
        """)
    guard let flow = cluster.flow(source, destination, .port(.tcp, 1)) else { return [] }
    return AskedFlows(tiers: cluster.tiers, world: cluster.world, pods: cluster.pods)
      .flows(from: flow.source, to: flow.destination)
  }
}

extension StagedFlow {
  fileprivate func port(_ wanted: TransportProtocol) -> UInt16? {
    if case .port(wanted, let port) = traffic { port } else { nil }
  }
}
