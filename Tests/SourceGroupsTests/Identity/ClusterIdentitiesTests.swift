import Kubernetes
import SourceGroups
import Testing

@Suite("Members of a selection of pods")
struct ClusterIdentitiesTests {
  private let web = ClusterSelection.pods()

  @Test("are the pods with its labels, with UID, node, addresses of both families, and since when")
  func members() throws {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/web-0", "fd00::1", "10.0.0.1", uid: "u1", node: "node-7"), at: at(5))
    cluster.apply(pod: pod("shop/db-0", "10.0.0.2", labels: ["app": "db"]), at: at(6))
    #expect(cluster.members(web) == ["shop/web-0 10.0.0.1 fd00::1 since 5"])
    let member = try #require(cluster.members(of: web)?.membersByName.first)
    #expect(member.uid == "u1")
    #expect(member.node == "node-7")
    #expect(member.kind == .pod)
    #expect(cluster.exclusions(web).isEmpty)
  }

  @Test(
    "leave out who is finished, has its node's addresses, or has none yet, and say why",
    arguments: [
      (pod("shop/p", "10.0.0.1", phase: .finished), "shop/p: finished"),
      (pod("shop/p", "10.0.0.1", usesHostNetwork: true), "shop/p: has its node's addresses"),
      (pod("shop/p"), "shop/p: has no address of its own yet"),
      (pod("shop/p", "127.0.0.1"), "shop/p: has no address of its own yet"),
      (pod("shop/p", "0.0.0.0", "::", "fe80::1"), "shop/p: has no address of its own yet"),
    ])
  func exclusions(pod: ObservedPod, reason: String) {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod, at: at(1))
    #expect(cluster.members(web).isEmpty)
    #expect(cluster.exclusions(web) == [reason])
  }

  @Test("have hostNetwork pods when the source asks for them")
  func hostNetwork() {
    let all = ClusterSelection.pods(includesHostNetwork: true)
    var cluster = ClusterIdentities(following: all)
    cluster.apply(pod: pod("shop/a", "192.168.0.1", usesHostNetwork: true), at: at(1))
    cluster.apply(pod: pod("shop/b", "192.168.0.1", usesHostNetwork: true), at: at(2))
    #expect(cluster.members(all) == ["shop/a 192.168.0.1 since 1", "shop/b 192.168.0.1 since 2"])
  }

  @Test("have a pod while it is about to end, as it may still send")
  func terminating() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1"), at: at(1))
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1", isTerminating: true), at: at(2))
    #expect(cluster.members(web) == ["shop/web-0 10.0.0.1 since 1"])
  }

  @Test("that change address, node or other labels stay members since when they came")
  func addressChange() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1"), at: at(1))
    cluster.apply(
      pod: pod("shop/web-0", "10.0.0.2", labels: ["app": "web", "x": "y"], node: "node-2"), at: at(2))
    #expect(cluster.members(web) == ["shop/web-0 10.0.0.2 since 1"])
  }

  @Test("a pod made anew under its name between two events left, and another one came")
  func recreated() throws {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1", uid: "first"), at: at(1))
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1", uid: "second"), at: at(9))
    #expect(cluster.members(web) == ["shop/web-0 10.0.0.1 since 9"])
    #expect(cluster.members(of: web)?.membersByName.map(\.uid) == ["second"])
  }

  @Test("a late deletion of an earlier pod of the name takes nobody away")
  func lateDeletion() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/web-0", "10.0.0.1", uid: "second"), at: at(1))
    cluster.removePod("shop/web-0", uid: "first", at: at(2))
    #expect(cluster.members(web) == ["shop/web-0 10.0.0.1 since 1"])
    cluster.removePod("shop/web-0", uid: "second", at: at(3))
    #expect(cluster.members(web).isEmpty)
  }

  @Test("ask for the service account when the source does")
  func serviceAccounts() {
    let builders = ClusterSelection.pods([:], serviceAccounts: ["builder", "tester"])
    var cluster = ClusterIdentities(following: builders)
    cluster.apply(pod: pod("ci/a", "10.0.0.1", serviceAccount: "builder"), at: at(1))
    cluster.apply(pod: pod("ci/b", "10.0.0.2", serviceAccount: "default"), at: at(1))
    #expect(cluster.members(builders) == ["ci/a 10.0.0.1 since 1"])
    cluster.apply(pod: pod("ci/b", "10.0.0.2", serviceAccount: "tester"), at: at(2))
    #expect(cluster.members(builders).count == 2)
  }

  @Test("a list is applied as a difference: who is in it stays, who is not leaves")
  func replacement() {
    var cluster = ClusterIdentities(following: web)
    cluster.replacePods([pod("shop/a", "10.0.0.1"), pod("shop/b", "10.0.0.2")], at: at(1))
    _ = cluster.takeChanges()
    cluster.replacePods([pod("shop/c", "10.0.0.3"), pod("shop/b", "10.0.0.2")], at: at(2))
    #expect(cluster.members(web) == ["shop/b 10.0.0.2 since 1", "shop/c 10.0.0.3 since 2"])
  }

  @Test("a list in which pods have passed an address on keeps both members since when they came")
  func addressPassedOn() {
    var cluster = ClusterIdentities(following: web)
    cluster.replacePods([pod("shop/a", "10.0.0.1"), pod("shop/b", "10.0.0.2")], at: at(1))
    // Within the list, the newcomer is read before the one that had its address.
    cluster.replacePods(
      [pod("shop/c", "10.0.0.1", createdAt: 9), pod("shop/a", "10.0.0.3"), pod("shop/b", "10.0.0.2")],
      at: at(2))
    #expect(
      cluster.members(web) == [
        "shop/a 10.0.0.3 since 1", "shop/b 10.0.0.2 since 1", "shop/c 10.0.0.1 since 2",
      ])
  }

  @Test("a list in pages that broke off takes nobody away, and the next one does")
  func pages() {
    var cluster = ClusterIdentities(following: web)
    cluster.replacePods([pod("shop/a", "10.0.0.1"), pod("shop/b", "10.0.0.2")], at: at(1))
    cluster.startReplacingPods()
    cluster.apply(pods: [pod("shop/b", "10.0.0.2")], at: at(2))
    #expect(cluster.members(web).count == 2)
    cluster.startReplacingPods()
    cluster.apply(pods: [pod("shop/a", "10.0.0.1")], at: at(3))
    cluster.replaceNamespaces([namespace("shop")], at: at(3))
    cluster.apply(pods: [pod("shop/c", "10.0.0.3")], at: at(3))
    cluster.finishReplacingPods(at: at(3))
    #expect(cluster.members(web) == ["shop/a 10.0.0.1 since 1", "shop/c 10.0.0.3 since 3"])
  }

  @Test("what is known already is no change")
  func noChange() {
    var cluster = ClusterIdentities(following: web)
    let pods = [pod("shop/a", "10.0.0.1"), pod("shop/b", phase: .finished)]
    cluster.replacePods(pods, at: at(1))
    #expect(cluster.takeChanges().count == 1)
    cluster.replacePods(pods.reversed(), at: at(2))
    cluster.apply(pod: pods[0], at: at(3))
    cluster.setSelections([web], at: at(4))
    #expect(cluster.takeChanges().isEmpty)
  }

  @Test("what comes and goes between two looks is no change")
  func nothingLeft() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/a", "10.0.0.1"), at: at(1))
    cluster.removePod("shop/a", at: at(1))
    #expect(cluster.takeChanges().isEmpty)
  }
}

@Suite("Selections of a cluster")
struct SelectionEditTests {
  @Test("that come find their members among what is known, whatever condition they are filed under")
  func late() {
    var cluster = ClusterIdentities(following: .pods(["unrelated": "x"]))
    cluster.replaceNamespaces([namespace("shop", ["team": "a"]), namespace("bank")], at: at(1))
    cluster.replacePods(
      [
        pod("shop/a", "10.0.0.1", labels: ["app": "web", "tier": "x"]), pod("bank/b", "10.0.0.2"),
        pod("shop/c", "10.0.0.3", labels: [:]),
      ], at: at(1))
    func selection(_ namespaces: [LabelRequirement], _ pods: [LabelRequirement]) -> ClusterSelection {
      .pods(PodSelection(namespaces: Requirements(namespaces), pods: Requirements(pods)))
    }
    let name = Namespace.nameLabel
    let cases: [(ClusterSelection, [String])] = [
      (selection([], []), ["b", "a", "c"]),
      (selection([], [.init(key: "app", .isIn(["web", "none"]))]), ["b", "a"]),
      (selection([], [.init(key: "tier", .exists)]), ["a"]),
      (selection([], [.init(key: "app", .doesNotExist)]), ["c"]),
      (selection([], [.init(key: "tier", .isNotIn(["x"]))]), ["b", "c"]),
      (selection([], [.init(key: "app", .isIn([]))]), []),
      (selection([.init(key: name, .isIn(["shop"]))], []), ["a", "c"]),
      (selection([.init(key: "team", .exists)], [.init(key: "app", .exists)]), ["a"]),
      (selection([.init(key: "team", .doesNotExist)], [.init(key: "app", .isIn(["web"]))]), ["b"]),
    ]
    cluster.setSelections(Set(cases.map(\.0)), at: at(2))
    for (selection, names) in cases {
      #expect(
        cluster.members(selection).map { $0.split(separator: " ")[0].suffix(1) } == names.map { $0[...] })
    }
  }

  @Test("that go and come again start anew; those that stay do not notice")
  func comeAndGo() {
    let (web, db) = (ClusterSelection.pods(), ClusterSelection.pods(["app": "db"]))
    var cluster = ClusterIdentities(following: web, db)
    cluster.apply(pod: pod("shop/web", "10.0.0.1"), at: at(1))
    cluster.apply(pod: pod("shop/db", "10.0.0.2", labels: ["app": "db"]), at: at(1))
    _ = cluster.takeChanges()
    cluster.setSelections([web], at: at(2))
    #expect(cluster.takeChanges().isEmpty)
    #expect(cluster.members(of: db) == nil)
    cluster.setSelections([web, db], at: at(3))
    #expect(cluster.takeChanges().map(\.selection) == [db])
    #expect(cluster.members(web) == ["shop/web 10.0.0.1 since 1"])
    #expect(cluster.members(db) == ["shop/db 10.0.0.2 since 3"])
  }

  @Test("are synced when everything that they depend on has been listed")
  func synced() {
    let inTeam = ClusterSelection.pods(["app": "web"], in: ["team": "a"])
    let behind = ClusterSelection.serviceEndpoints("shop/web")
    var cluster = ClusterIdentities()
    cluster.setSelections([inTeam, behind, .pods()], at: at(0))
    #expect(cluster.observedKinds == [.pods, .namespaces, .endpointSlices])
    func synced() -> [Bool] {
      _ = cluster.takeChanges()
      return [.pods(), inTeam, behind].map { cluster.members(of: $0)?.isSynced ?? false }
    }
    #expect(synced() == [false, false, false])
    cluster.replacePods([], at: at(1))
    #expect(synced() == [true, false, false])
    cluster.replaceNamespaces([], at: at(1))
    #expect(synced() == [true, true, false])
    cluster.replaceEndpointSlices([], at: at(1))
    #expect(synced() == [true, true, true])
  }
}
