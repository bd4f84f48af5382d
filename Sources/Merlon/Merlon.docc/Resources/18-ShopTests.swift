import Merlon
import MerlonTesting
import Policies
import Testing

@Suite("The shop")
struct ShopTests {
  private let cluster: TestCluster
  private let stranger = Pods(["app": "stranger"], in: "elsewhere")

  init() throws { cluster = try TestCluster(Shop.intent) }

  @Test("works")
  func works() {
    #expect(cluster.allows(.world, to: Shop.web, .tcp(8080)))
    #expect(cluster.allows(Shop.web, to: Shop.redis, .tcp(6379)))
    #expect(cluster.allows(Shop.web, to: .clusterDNS, .udp(53)))
  }

  @Test("is closed to everyone else")
  func closed() {
    #expect(cluster.denies(stranger, to: Shop.redis, .any))
    #expect(cluster.denies(.world, to: Shop.redis, .any))
    #expect(cluster.denies(Shop.web, to: .world, .tcp(80)))
  }
}
