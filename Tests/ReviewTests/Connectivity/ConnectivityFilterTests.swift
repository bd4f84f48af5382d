import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Filters of the connectivity report")
struct ConnectivityFilterTests {
  private let fixture = ClusterFixture(
    namespace("shop"), namespace("data"), deployment("shop/web", "app: web"),
    deployment("shop/worker", "app: w"),
    pod("data/db", "app: db", status: "podIPs: [{ip: 10.0.0.9}]"),
    policy("data/db", "podSelector: {}, ingress: [{ports: [{port: 5432}, {port: 9100, endPort: 9200}]}]"))

  private func ends(_ filter: ConnectivityFilter) throws -> [String] {
    try PrintedRows.text(fixture.connectivity(.text, filter)).map { "\($0.source) > \($0.destination)" }
  }

  @Test("--namespace keeps rows with an end in it")
  func namespaceOfAnEnd() throws {
    let rows = try ends(ConnectivityFilter(namespace: "data"))
    #expect(
      Set(rows) == [
        "data/db > shop/web", "data/db > shop/worker", "data/db > any address", "shop/web > data/db",
        "shop/worker > data/db", "any address > data/db",
      ])
  }

  @Test(
    "--from and --to name workloads, with * for any characters",
    arguments: [
      ("shop/web", ["shop/web"]), ("shop/w*", ["shop/web", "shop/worker"]), ("shop/*er", ["shop/worker"]),
      ("shop/*o*", ["shop/worker"]), ("*/db", ["data/db"]), ("shop", ["shop/web", "shop/worker"]),
      ("shop/deployment/web", ["shop/web"]), ("shop/Deployment/web", ["shop/web"]),
      ("data/pod/*", ["data/db"]),
      ("internet", ["any address"]), ("1.2.3.4", ["any address"]), ("2001:db8::1", ["any address"]),
      ("10.0.0.9", ["data/db"]),
    ])
  func pattern(text: String, expected: [String]) throws {
    let pattern = try #require(EndPattern(text))
    let rows = try PrintedRows.text(fixture.connectivity(.text, ConnectivityFilter(source: pattern)))
    #expect(Set(rows.map(\.source)) == Set(expected))
    let others = try PrintedRows.text(fixture.connectivity(.text, ConnectivityFilter(destination: pattern)))
    #expect(Set(others.map(\.destination)) == Set(expected))
  }

  @Test("the name of a ReplicaSet means the workload that it belongs to, where its pods are")
  func ownedWorkload() throws {
    let replicaSet = workload("ReplicaSet", "shop/web-5d9", "app: web").replacing(
      "labels: {}}", with: "labels: {}, ownerReferences: [{kind: Deployment, name: web, controller: true}]}")
    let fixture = ClusterFixture(namespace("shop"), deployment("shop/web", "app: web"), replicaSet)
    for text in ["shop/web-5d9", "shop/replicaset/web-*"] {
      let report = ConnectivityReport(fixture.cluster, filter: ConnectivityFilter(source: EndPattern(text)))
      #expect(report.unknownNames.isEmpty)
      let rows = try PrintedRows.text(collected { report.write(.text, to: $0) })
      #expect(Set(rows.map(\.source)) == ["shop/web"])
    }
    let other = ConnectivityFilter(source: EndPattern("shop/deployment/web-5d9"))
    #expect(ConnectivityReport(fixture.cluster, filter: other).unknownNames.count == 1)
  }

  @Test("what is no end is refused", arguments: ["", "a//b", "/web", "a/b/c/d", "10.0.0.0/"])
  func noPattern(text: String) {
    #expect(EndPattern(text) == nil)
  }

  @Test("--port keeps rows that carry it, and shows only it")
  func port() throws {
    let rows = try PrintedRows.text(fixture.connectivity(.text, ConnectivityFilter(port: (.tcp, 9150))))
    #expect(Set(rows.map(\.traffic)) == [TrafficSet(.tcp, PortSet(9150))])
    #expect(rows.contains { $0.source == "shop/web" && $0.destination == "data/db" })
    #expect(try !ends(ConnectivityFilter(port: (.udp, 9150))).contains("shop/web > data/db"))
  }

  @Test("filters are combined")
  func combined() throws {
    let filter = ConnectivityFilter(
      namespace: "data", source: EndPattern("shop/*"), destination: EndPattern("data/db"), port: (.tcp, 5432))
    #expect(try ends(filter) == ["shop/web > data/db", "shop/worker > data/db"])
  }

  @Test("a name that is not in the input is a mistake, and never an empty answer")
  func unknownNames() throws {
    func problems(_ filter: ConnectivityFilter) -> [String] {
      ConnectivityReport(fixture.cluster, filter: filter).unknownNames.map {
        [$0.message, $0.fix].compactMap { $0 }.joined(separator: "; ")
      }
    }
    #expect(problems(ConnectivityFilter(namespace: "shop", source: EndPattern("internet"))).isEmpty)
    #expect(
      problems(ConnectivityFilter(namespace: "shp")) == [
        "namespace `shp` is not in the input; did you mean `shop`?"
      ])
    #expect(
      problems(ConnectivityFilter(source: EndPattern("shop/wbe"), destination: EndPattern("nowhere/x"))) == [
        "`shop/wbe` is not in the input; did you mean `shop/web`?", "`nowhere/x` is not in the input",
      ])
  }
}
