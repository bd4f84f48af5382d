import Kubernetes
import SourceGroups
import Testing

@Suite("What is asked of namespaces")
struct NamespaceTests {
  private let inTeam = ClusterSelection.pods(["app": "web"], in: ["team": "a"])

  @Test("follows their labels, for their pods only")
  func relabelled() {
    var cluster = ClusterIdentities(following: inTeam)
    cluster.apply(namespace: namespace("shop"), at: at(1))
    cluster.apply(namespace: namespace("bank", ["team": "a"]), at: at(1))
    cluster.apply(pods: [pod("shop/web", "10.0.0.1"), pod("bank/web", "10.0.0.2")], at: at(1))
    #expect(cluster.members(inTeam) == ["bank/web 10.0.0.2 since 1"])
    cluster.apply(namespace: namespace("shop", ["team": "a"]), at: at(2))
    #expect(cluster.members(inTeam) == ["bank/web 10.0.0.2 since 1", "shop/web 10.0.0.1 since 2"])
    cluster.apply(namespace: namespace("bank", ["team": "b"]), at: at(3))
    #expect(cluster.members(inTeam) == ["shop/web 10.0.0.1 since 2"])
  }

  @Test(
    "is met by nothing in a namespace that is not known, not even its name; every namespace needs no knowledge"
  )
  func unknown() {
    let byName = ClusterSelection.pods(["app": "web"], in: [Namespace.nameLabel: "shop"])
    let negative = ClusterSelection.pods(
      PodSelection(
        namespaces: Requirements([LabelRequirement(key: "team", .doesNotExist)]), pods: .none))
    var cluster = ClusterIdentities(following: inTeam, byName, negative, .pods())
    cluster.apply(pod: pod("shop/web", "10.0.0.1"), at: at(1))
    func counts() -> [Int] { [inTeam, byName, negative, .pods()].map { cluster.members($0).count } }
    #expect(counts() == [0, 0, 0, 1])
    cluster.apply(namespace: namespace("shop"), at: at(2))
    #expect(counts() == [0, 1, 1, 1])
    cluster.removeNamespace("shop", at: at(3))
    #expect(counts() == [0, 0, 0, 1])
  }

  @Test("includes the name as a label, which nobody can forge")
  func name() {
    let byName = ClusterSelection.pods(["app": "web"], in: [Namespace.nameLabel: "shop"])
    var cluster = ClusterIdentities(following: byName)
    cluster.replaceNamespaces(
      [namespace("shop"), namespace("evil", [Namespace.nameLabel: "shop"])], at: at(1))
    cluster.apply(pods: [pod("shop/web", "10.0.0.1"), pod("evil/web", "10.0.0.2")], at: at(1))
    #expect(cluster.members(byName) == ["shop/web 10.0.0.1 since 1"])
  }

  @Test("of a list without the namespace is no longer met")
  func replaced() {
    var cluster = ClusterIdentities(following: inTeam)
    cluster.replaceNamespaces([namespace("shop", ["team": "a"])], at: at(1))
    cluster.apply(pod: pod("shop/web", "10.0.0.1"), at: at(1))
    #expect(cluster.members(inTeam).count == 1)
    cluster.replaceNamespaces([namespace("bank", ["team": "a"])], at: at(2))
    #expect(cluster.members(inTeam).isEmpty)
  }
}

@Suite("Members of a selection of nodes")
struct NodeTests {
  private let pool = ClusterSelection.nodes(["pool": "a"])

  @Test("have every address of the kinds that the source asks for")
  func kinds() {
    let all = ClusterSelection.nodes(["pool": "a"], [.internalIP, .externalIP])
    var cluster = ClusterIdentities(following: pool, all)
    cluster.apply(
      node: node("n1", internal: ["192.168.0.2", "192.168.0.1", "fd00::1"], external: ["203.0.113.1"]),
      at: at(1))
    #expect(cluster.members(pool) == ["n1 192.168.0.1 192.168.0.2 fd00::1 since 1"])
    #expect(cluster.members(all) == ["n1 192.168.0.1 192.168.0.2 203.0.113.1 fd00::1 since 1"])
  }

  @Test("leave out nodes without such an address")
  func noAddress() {
    var cluster = ClusterIdentities(following: pool)
    cluster.replaceNodes([node("n1", external: ["203.0.113.1"])], at: at(1))
    #expect(cluster.members(pool).isEmpty)
    #expect(cluster.exclusions(pool) == ["n1: has no address of its own yet"])
  }

  @Test("follow labels, addresses, lists and deletions")
  func events() {
    var cluster = ClusterIdentities(following: pool)
    cluster.replaceNodes(
      [node("n1", internal: ["192.168.0.1"]), node("n2", internal: ["192.168.0.2"])], at: at(1))
    cluster.apply(node: node("n1", internal: ["192.168.0.9"]), at: at(2))
    cluster.apply(node: node("n2", internal: ["192.168.0.2"], labels: ["pool": "b"]), at: at(2))
    #expect(cluster.members(pool) == ["n1 192.168.0.9 since 1"])
    cluster.removeNode("n1", uid: "another", at: at(3))
    #expect(cluster.members(pool).count == 1)
    cluster.replaceNodes([node("n2", internal: ["192.168.0.2"])], at: at(4))
    #expect(cluster.members(pool) == ["n2 192.168.0.2 since 4"])
    cluster.removeNode("n2", at: at(5))
    #expect(cluster.members(pool).isEmpty)
  }
}

@Suite("Members of what stands behind a Service")
struct ServiceEndpointTests {
  private let service = ClusterSelection.serviceEndpoints("shop/web")

  @Test("come from all of its slices: one pod with both families is one member")
  func slices() throws {
    var cluster = ClusterIdentities(following: service)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1", "fd00::1", uid: "u1", node: "node-3"), at: at(1))
    cluster.replaceEndpointSlices(
      [
        slice("shop/web-4", of: "web", (pod: "shop/web-0", addresses: ["10.0.0.1"])),
        slice("shop/web-6", of: "web", (pod: "shop/web-0", addresses: ["fd00::1"])),
        slice("shop/db-4", of: "db", (pod: "shop/db-0", addresses: ["10.0.0.2"])),
      ], at: at(2))
    #expect(cluster.members(service) == ["shop/web-0 10.0.0.1 fd00::1 since 2"])
    let member = try #require(cluster.members(of: service)?.membersByName.first)
    #expect((member.kind, member.uid, member.node) == (.endpoint, "u1", "node-3"))
    cluster.removeEndpointSlice("shop/web-4", at: at(3))
    #expect(cluster.members(service) == ["shop/web-0 fd00::1 since 2"])
  }

  @Test("that are no pods are named after the Service, and taken as they are written")
  func manual() {
    var cluster = ClusterIdentities(following: service)
    cluster.apply(
      endpointSlice: slice("shop/web-x", of: "web", (pod: nil, addresses: ["192.0.2.1"])), at: at(1))
    #expect(cluster.members(service) == ["shop/web 192.0.2.1 since 1"])
  }

  @Test("leave out pods that are known to be finished, or to have their node's addresses")
  func excluded() {
    var cluster = ClusterIdentities(following: service)
    cluster.apply(
      endpointSlice: slice(
        "shop/web-x", of: "web", (pod: "shop/a", addresses: ["10.0.0.1"]),
        (pod: "shop/b", addresses: ["10.0.0.2"])),
      at: at(1))
    cluster.apply(pod: pod("shop/a", "10.0.0.1", phase: .finished), at: at(2))
    cluster.apply(pod: pod("shop/b", "10.0.0.2", usesHostNetwork: true), at: at(2))
    #expect(cluster.members(service).isEmpty)
    #expect(cluster.exclusions(service) == ["shop/a: finished", "shop/b: has its node's addresses"])
  }

  @Test("lose an address that another pod has by now, as slices lag behind")
  func lagging() {
    var cluster = ClusterIdentities(following: service)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1"), at: at(1))
    cluster.apply(
      endpointSlice: slice("shop/web-x", of: "web", (pod: "shop/web-0", addresses: ["10.0.0.1"])), at: at(1))
    cluster.removePod("shop/web-0", at: at(2))
    cluster.apply(pod: pod("evil/x", "10.0.0.1"), at: at(3))
    #expect(cluster.members(service).isEmpty)
    #expect(cluster.exclusions(service) == ["shop/web-0: 10.0.0.1 belongs to evil/x"])
    cluster.removePod("evil/x", at: at(4))
    #expect(cluster.members(service) == ["shop/web-0 10.0.0.1 since 4"])
  }

  @Test("are found among known slices when the Service is selected later, and gone with the selection")
  func late() {
    var cluster = ClusterIdentities(following: .pods())
    cluster.apply(
      endpointSlice: slice("shop/web-x", of: "web", (pod: "shop/web-0", addresses: ["10.0.0.1"])), at: at(1))
    cluster.setSelections([service], at: at(2))
    #expect(cluster.members(service) == ["shop/web-0 10.0.0.1 since 2"])
    #expect(cluster.book.holders(of: ip("10.0.0.1")).map(\.kind) == [.endpoint])
    cluster.setSelections([], at: at(3))
    #expect(cluster.book.holders(of: ip("10.0.0.1")).isEmpty)
  }
}
