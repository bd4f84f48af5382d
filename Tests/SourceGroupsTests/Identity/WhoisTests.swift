import Kubernetes
import PolicyModel
import SourceGroups
import Testing

@Suite("Who has an address")
struct WhoisTests {
  private func texts(_ sets: IdentitySets, _ address: String) -> [String] {
    sets.snapshot.whois(ip(address)).map { "\($0.integration) \($0.identity.name) \($0.groups)" }
  }

  @Test("is everybody whose own it is, in every cluster, with the groups in which they have it")
  func holders() {
    var sets = IdentitySets(
      group("web", source()), group("edge", source(of: "edge")), group("both", source(), source(of: "edge")))
    sets.list(
      "prod", pods: [pod("shop/web", "10.0.0.1", "fd00::1"), pod("shop/db", "10.0.0.2", labels: [:])])
    sets.list("edge", pods: [pod("shop/web", "10.0.0.1")])
    #expect(
      texts(sets, "10.0.0.1") == [#"edge shop/web ["edge", "both"]"#, #"prod shop/web ["web", "both"]"#])
    #expect(texts(sets, "fd00::1") == [#"prod shop/web ["web", "both"]"#])
    #expect(texts(sets, "10.0.0.2") == ["prod shop/db []"])
    #expect(texts(sets, "10.0.0.3").isEmpty)
  }

  @Test("is not who has lost it, nor who is finished; hostNetwork pods share it with their node")
  func notHolders() {
    var sets = IdentitySets(group("web", source()), group("nodes", source(.nodes(["pool": "a"]))))
    sets.list(
      "prod",
      pods: [
        pod("shop/old", "10.0.0.1", createdAt: 1), pod("shop/new", "10.0.0.1", createdAt: 2),
        pod("shop/job", "10.0.0.1", phase: .finished), pod("shop/host", "192.168.0.1", usesHostNetwork: true),
      ], nodes: [node("n1", internal: ["192.168.0.1"], external: ["203.0.113.1"])])
    #expect(texts(sets, "10.0.0.1") == [#"prod shop/new ["web"]"#])
    #expect(texts(sets, "192.168.0.1") == ["prod shop/host []", #"prod n1 ["nodes"]"#])
    #expect(texts(sets, "203.0.113.1") == ["prod n1 []"])
  }

  @Test("is one thing, in which groups it is written another")
  func written() {
    let sets = IdentitySets(
      group("office", SourceGroupsTests.written("192.0.2.0/24")), group("web", source()))
    #expect(sets.snapshot.groups(writing: ip("192.0.2.7")) == ["office"])
    #expect(sets.snapshot.groups(writing: ip("192.0.3.7")).isEmpty)
  }
}

@Suite("Addresses that two clusters use")
struct AddressOverlapTests {
  private func sets(
    _ zones: (String?, String?) = (nil, nil), prod: [ObservedNode] = [], edge: [ObservedNode] = [],
    pods: [ObservedPod] = [], edgePods: [ObservedPod] = []
  ) -> IdentitySets {
    var sets = IdentitySets()
    _ = sets.follow(
      [group("a", source(of: "prod", zone: zones.0)), group("b", source(of: "edge", zone: zones.1))],
      at: at(0))
    sets.list("prod", pods: pods, nodes: prod)
    sets.list("edge", pods: edgePods, nodes: edge)
    return sets
  }

  @Test("are found in the blocks of their nodes")
  func blocks() throws {
    let sets = sets(
      prod: [node("n1", podBlocks: ["10.0.0.0/16", "fd00::/64"])],
      edge: [node("m1", podBlocks: ["10.0.7.0/24"]), node("m2", podBlocks: ["10.1.0.0/24"])])
    let overlap = try #require(sets.overlaps().first)
    #expect(overlap.integrations == ["edge", "prod"])
    #expect(overlap.blocks.cidrs.map(\.description) == ["10.0.7.0/24"])
    #expect(overlap.addressCount == 0)
  }

  @Test("are found among the addresses of their objects, the first ones named and all counted")
  func addresses() throws {
    func pods(_ uid: String) -> [ObservedPod] {
      (1...30).map { pod("shop/p\($0)", "10.0.0.\($0)", uid: "\(uid)\($0)") }
    }
    let overlap = try #require(sets(pods: pods("x"), edgePods: pods("y").reversed()).overlaps().first)
    #expect(overlap.addressCount == 30)
    #expect(overlap.addresses == (1...20).map { ip("10.0.0.\($0)") })
    #expect(overlap.blocks.isEmpty)
  }

  @Test("do not count when it is one cluster, followed twice")
  func sameCluster() {
    let nodes = [node("n1", internal: ["192.168.0.1"], podBlocks: ["10.0.0.0/24"])]
    let pods = [pod("shop/a", "10.0.0.1", uid: "same")]
    #expect(sets(prod: nodes, edge: nodes, pods: pods, edgePods: pods).overlaps().isEmpty)
  }

  @Test(
    "conflict unless all sources of both are bound to zones, and to different ones",
    arguments: [
      (nil, nil, true), ("lan", nil, true), (nil, "lan", true), ("lan", "lan", true), ("lan", "dmz", false),
    ] as [(String?, String?, Bool)])
  func zones(first: String?, second: String?, conflicts: Bool) {
    let sets = sets(
      (first, second), prod: [node("n1", podBlocks: ["10.0.0.0/16"])],
      edge: [node("m1", podBlocks: ["10.0.0.0/16"])])
    #expect(sets.overlaps().isEmpty == !conflicts)
  }
}
