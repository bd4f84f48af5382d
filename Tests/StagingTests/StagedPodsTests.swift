internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Staging
internal import Testing

@Suite("Pods of staging networks")
struct StagedPodsTests {
  @Test(
    "pods that policies do not see as pods, or that have no address of their own, are left out with the reason"
  )
  func omissions() {
    let cluster = StagedCluster(
      yaml: Self.pod("plain", "podIPs: [{ip: 10.1.0.1}, {ip: \"fd00::1\"}]")
        + Self.pod("host", "podIPs: [{ip: 192.168.0.1}]", "hostNetwork: true, ")
        + Self.pod("finished", "podIPs: [{ip: 10.1.0.2}], phase: Succeeded")
        + Self.pod("waiting", "phase: Pending")
        + Self.pod("twin", "podIPs: [{ip: 10.1.0.1}]")
        + Self.pod("loopback", "podIPs: [{ip: 127.0.0.1}]"))
    #expect(cluster.names == ["default/plain"])
    #expect(cluster.pods.pods[0].addresses.map(\.description) == ["10.1.0.1", "fd00::1"])
    let reasons = Dictionary(
      uniqueKeysWithValues: cluster.pods.omissions.map {
        (cluster.world.endpoints[$0.endpoint].name, $0.reason)
      })
    #expect(
      reasons == [
        "host": .hostNetwork, "finished": .isFinished, "waiting": .hasNoAddress, "twin": .sharesAddress,
        "loopback": .cannotBeRouted,
      ])
  }

  @Test("a template is two pods, so that policies between replicas are staged")
  func templates() {
    let cluster = StagedCluster(yaml: Self.deployment("api") + Self.pod("known", "podIPs: [{ip: 10.0.0.1}]"))
    #expect(cluster.names == ["default/known", "default/api", "default/api"])
    #expect(cluster.pods.pods.map(\.replica) == [0, 0, 1])
    #expect(Set(cluster.pods.pods.flatMap(\.addresses)).count == 3)
  }

  @Test("addresses that nobody says are spread over what blocks tell apart")
  func spread() {
    let policy = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: p}
      spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/9, except: [10.0.0.0/10]}}]}]}
      """
    let cluster = StagedCluster(
      yaml: Self.deployment("api") + Self.deployment("web") + policy)
    let addresses = cluster.pods.pods.flatMap(\.addresses)
    #expect(addresses.count == 4)
    let blocks = ["10.0.0.0/10", "10.64.0.0/10", "10.128.0.0/9"].compactMap { ParsedCIDR($0)?.cidr }
    #expect(blocks.allSatisfy { block in addresses.contains(where: block.contains) })
  }

  static func pod(_ name: String, _ status: String, _ spec: String = "") -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec: {\(spec)containers: []}
    status: {\(status)}
    ---

    """
  }

  private static func deployment(_ name: String) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name)}
    spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: []}}}
    ---

    """
  }
}

extension StagedCluster {
  fileprivate var names: [String] { pods.pods.map { world.qualifiedName(world.endpoints[$0.endpoint]) } }
}
