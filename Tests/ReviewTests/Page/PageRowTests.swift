import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("The tables of the HTML page hold the rows of the report")
struct PageRowTests {
  @Test(
    "for the example shop and random clusters, in the same order",
    arguments: [nil] + (0..<40).map { UInt64($0) })
  func rows(seed: UInt64?) async throws {
    let fixture: ClusterFixture
    if let seed {
      fixture = ClusterFixture(RandomCluster(seed: seed).documents)
    } else {
      fixture = await .shop()
    }
    #expect(
      try PrintedRows.html(fixture.connectivity(.html)) == PrintedRows.json(fixture.connectivity(.json)))
  }

  @Test("with every filter", arguments: 40..<60)
  func filters(seed: UInt64) throws {
    let fixture = ClusterFixture(RandomCluster(seed: seed).documents)
    for filter in [
      ConnectivityFilter(namespace: "shop"), ConnectivityFilter(source: EndPattern("shop/*")),
      ConnectivityFilter(destination: EndPattern("data/*")), ConnectivityFilter(source: .internet),
      ConnectivityFilter(destination: .internet), ConnectivityFilter(port: (.tcp, 80)),
      ConnectivityFilter(namespace: "data", source: EndPattern("shop/*"), port: (.udp, 53)),
    ] {
      #expect(
        try PrintedRows.html(fixture.connectivity(.html, filter))
          == PrintedRows.json(fixture.connectivity(.json, filter)))
    }
  }

  @Test("by namespace", arguments: 60..<80)
  func namespaces(seed: UInt64) throws {
    let fixture = ClusterFixture(RandomCluster(seed: seed).documents)
    let page = try PrintedPage(fixture.connectivity(.html, by: .namespace))
    #expect(Set(page.rows) == Set(try PrintedRows.csv(fixture.connectivity(.csv, by: .namespace))))
    #expect(page.egress.isEmpty && page.ingress.isEmpty)
  }

  @Test("names, where policies speak of them")
  func names() throws {
    let fixture = ClusterFixture.web(
      policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]"),
      clusterPolicy(
        "names",
        "egress: [{action: Accept, to: [{domainNames: ['*.example.com']}], protocols: [{tcp: {destinationPort: {number: 443}}}]}]"
      ))
    let page = try PrintedPage(fixture.connectivity(.html))
    #expect(try page.rows == PrintedRows.json(fixture.connectivity(.json)))
    let column = try #require(page.destinations.firstIndex(of: "*.example.com"))
    let row = try #require(page.sources.firstIndex(of: "shop/web"))
    #expect(page.flows[row][column].allowed == TrafficSet(.tcp, PortSet(443)))
  }

  @Test("an empty world is a page without rows")
  func empty() throws {
    #expect(try PrintedRows.html(ClusterFixture(namespace("shop")).connectivity(.html)).isEmpty)
    #expect(try PrintedRows.html(ClusterFixture().connectivity(.html)).isEmpty)
  }

  @Test("too many workloads are shown by namespace, and the page says so")
  func limit() throws {
    let report = ConnectivityReport(ClusterFixture.web().cluster)
    func page(_ limit: Int) -> String {
      collected { report.writePage(grouping: .workload, for: PageRequest(), pairLimit: limit, to: $0) }
    }
    #expect(try PrintedPage(page(4)).sources == ["shop/db", "shop/web", "any address"])
    #expect(try PrintedPage(page(3)).sources == ["shop", "any address"])
    #expect(page(3).contains("2 workloads are too many for one page, so its ends are namespaces"))
    #expect(!page(4).contains("too many"))
  }
}
