import Kubernetes
import SourceGroups
import Testing

@Suite("An address that several pods have")
struct AddressOwnershipTests {
  private let web = ClusterSelection.pods()

  @Test("belongs to the live one: a finished pod keeps its address while another has it")
  func finished() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/job", "10.0.0.1", createdAt: 5), at: at(1))
    cluster.apply(pod: pod("shop/job", "10.0.0.1", phase: .finished, createdAt: 5), at: at(2))
    cluster.apply(pod: pod("shop/new", "10.0.0.1", createdAt: 1), at: at(3))
    #expect(cluster.members(web) == ["shop/new 10.0.0.1 since 3"])
    #expect(cluster.exclusions(web) == ["shop/job: finished"])
  }

  @Test(
    "belongs to who stays before who is about to end, then to the newer, then to the greater UID",
    arguments: [
      (
        pod("shop/a", "10.0.0.1", isTerminating: true, createdAt: 9), pod("shop/b", "10.0.0.1", createdAt: 1)
      ),
      (pod("shop/a", "10.0.0.1", createdAt: 1), pod("shop/b", "10.0.0.1", createdAt: 2)),
      (pod("shop/a", "10.0.0.1"), pod("shop/b", "10.0.0.1", createdAt: 2)),
      (pod("shop/a", "10.0.0.1", uid: "1"), pod("shop/b", "10.0.0.1", uid: "2")),
    ])
  func winner(loser: ObservedPod, winner: ObservedPod) {
    for pods in [[loser, winner], [winner, loser]] {
      var cluster = ClusterIdentities(following: web)
      for pod in pods { cluster.apply(pod: pod, at: at(1)) }
      #expect(cluster.members(web) == ["shop/b 10.0.0.1 since 1"])
      #expect(cluster.exclusions(web) == ["shop/a: 10.0.0.1 belongs to shop/b"])
    }
  }

  @Test("comes back to the loser when the winner goes, finishes, or gets another address")
  func comesBack() {
    let endings: [(inout ClusterIdentities) -> Void] = [
      { $0.removePod("shop/b", at: at(3)) },
      { $0.apply(pod: pod("shop/b", "10.0.0.1", phase: .finished, createdAt: 2), at: at(3)) },
      { $0.apply(pod: pod("shop/b", "10.0.0.9", createdAt: 2), at: at(3)) },
    ]
    for ending in endings {
      var cluster = ClusterIdentities(following: web)
      cluster.apply(pod: pod("shop/a", "10.0.0.1", createdAt: 1), at: at(1))
      cluster.apply(pod: pod("shop/b", "10.0.0.1", createdAt: 2), at: at(2))
      #expect(cluster.members(web) == ["shop/b 10.0.0.1 since 2"])
      ending(&cluster)
      #expect(cluster.members(web).first == "shop/a 10.0.0.1 since 3")
    }
  }

  @Test("is lost to a pod that no selection selects, too")
  func unselectedWinner() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/a", "10.0.0.1", createdAt: 1), at: at(1))
    cluster.apply(pod: pod("evil/x", "10.0.0.1", labels: [:], createdAt: 2), at: at(2))
    #expect(cluster.members(web).isEmpty)
    #expect(cluster.exclusions(web) == ["shop/a: 10.0.0.1 belongs to evil/x"])
  }

  @Test("leaves its loser a member with the addresses of its own")
  func otherFamily() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/a", "10.0.0.1", "fd00::1", createdAt: 1), at: at(1))
    cluster.apply(pod: pod("shop/b", "10.0.0.1", createdAt: 2), at: at(2))
    #expect(cluster.members(web) == ["shop/a fd00::1 since 1", "shop/b 10.0.0.1 since 2"])
    #expect(cluster.exclusions(web) == ["shop/a: 10.0.0.1 belongs to shop/b"])
  }

  @Test("is nobody's but the node's when it is that of hostNetwork pods")
  func hostNetwork() {
    var cluster = ClusterIdentities(following: web)
    cluster.apply(pod: pod("shop/a", "10.0.0.1", createdAt: 1), at: at(1))
    cluster.apply(pod: pod("shop/host", "10.0.0.1", usesHostNetwork: true, createdAt: 2), at: at(2))
    #expect(cluster.members(web) == ["shop/a 10.0.0.1 since 1"])
  }
}
