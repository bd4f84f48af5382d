import Merlon
import MerlonTesting
import Testing

@Suite("The policies of orders")
struct PolicyTests {
  private let cluster: TestCluster

  init() async throws { cluster = TestCluster(try await Orders.cluster()) }

  @Test("let the company's network use the API, but not the guests' part of it")
  func api() {
    #expect(cluster.allows(.cidr("10.1.2.3/32"), to: Orders.api, .tcp(8080)))
    #expect(cluster.denies(.cidr("10.66.0.0/16"), to: Orders.api, .all(.tcp)))
    #expect(cluster.denies(.cidr("198.51.100.7/32"), to: Orders.api, .tcp(8080)))
  }

  @Test("open the database to those who need it, on its port only", arguments: [Orders.api, Orders.report])
  func database(client: Pods) {
    #expect(cluster.allows(client, to: Orders.postgres, .tcp(5432)))
    #expect(cluster.denies(client, to: Orders.postgres, .tcp(22)))
  }

  @Test("close the database to everyone else")
  func strangers() {
    let labelledAlike = Pods(["app": "api"], in: "elsewhere")
    #expect(cluster.denies(labelledAlike, to: Orders.postgres, .tcp(5432)))
    #expect(cluster.denies(Orders.prometheus, to: Orders.postgres, .tcp(5432)))
    #expect(cluster.denies(.world, to: Orders.postgres, .tcp(5432)))
  }

  @Test("let Prometheus scrape what it is to scrape")
  func metrics() {
    #expect(cluster.allows(Orders.prometheus, to: Orders.api, .tcp(9102)))
    #expect(cluster.allows(Orders.prometheus, to: Orders.postgres, .tcp(9187)))
  }

  @Test(
    "let everyone ask for names, and nobody out", arguments: [Orders.api, Orders.report, Orders.postgres])
  func egress(workload: Pods) {
    #expect(cluster.allows(workload, to: .clusterDNS, [.udp(53), .tcp(53)]))
    #expect(cluster.denies(workload, to: .world, .tcp(443)))
  }
}
