import Foundation
import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("What is open to pods that are not in the input")
struct ExposureTests {
  private func db(_ spec: String) -> ClusterFixture {
    .web(policy("shop/db", "podSelector: {matchLabels: {app: db}}, \(spec)"))
  }

  @Test("what nothing isolates is open to any pod and any address")
  func notIsolated() {
    #expect(
      ClusterFixture.web().exposure(of: "shop/db") == [
        "ingress any pod: all", "ingress any address: all", "egress any pod: all", "egress any address: all",
      ])
  }

  @Test("an isolated workload without rules has no opening")
  func closed() {
    #expect(db("policyTypes: [Ingress, Egress]").exposure(of: "shop/db").isEmpty)
  }

  @Test("namespaces and pods are named by their labels, whether or not such pods exist")
  func selectors() {
    let fixture = db(
      """
      ingress: [
        {from: [{namespaceSelector: {matchLabels: {team: a}}}], ports: [{port: 80}]},
        {from: [{podSelector: {matchLabels: {app: ghost}}}], ports: [{port: 81}]},
        {from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}], ports: [{port: 82}]}]
      """)
    #expect(
      fixture.exposure(of: "shop/db").filter { $0.hasPrefix("ingress") } == [
        "ingress all pods in namespaces with team=a: TCP 80",
        "ingress pods with app=ghost in namespace shop: TCP 81",
        "ingress pods with app=x in all namespaces: TCP 82",
      ])
  }

  @Test("what is open to any pod is not repeated for some of them")
  func subsumption() {
    let fixture = db(
      """
      ingress: [
        {from: [{namespaceSelector: {}}], ports: [{port: 80}]},
        {from: [{podSelector: {matchLabels: {app: x}}}], ports: [{port: 80}]},
        {from: [{podSelector: {matchLabels: {app: z}}}], ports: [{port: 80}, {port: 81}]}]
      """)
    #expect(
      fixture.exposure(of: "shop/db").filter { $0.hasPrefix("ingress") } == [
        "ingress any pod: TCP 80", "ingress pods with app=z in namespace shop: TCP 81",
      ])
  }

  @Test("blocks are addresses outside, apart from pods")
  func addresses() {
    let fixture = db(
      "policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.7/32]}}], ports: [{port: 443}]}]"
    )
    #expect(
      fixture.exposure(of: "shop/db").filter { $0.hasPrefix("egress") } == [
        "egress 203.0.113.0/24 except 203.0.113.7/32: TCP 443"
      ])
  }

  @Test(
    "a port name is a number on the subject's side, and stays a name where only the unknown peer knows it")
  func portNames() throws {
    let fixture = ClusterFixture(
      deployment("shop/db", "app: db", "containers: [{name: c, ports: [{name: pg, containerPort: 5432}]}]"),
      policy(
        "shop/db",
        "podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}], ports: [{port: pg}]}], egress: [{to: [{podSelector: {}}], ports: [{port: pg}, {port: 53, protocol: UDP}]}]"
      ))
    #expect(
      fixture.exposure(of: "shop/db") == [
        "ingress all pods in namespace shop: TCP 5432", "egress all pods in namespace shop: UDP 53 TCP pg",
      ])
    #expect(
      fixture.exposure(of: "shop/db", ConnectivityFilter(port: (.udp, 53))) == [
        "egress all pods in namespace shop: UDP 53"
      ])
  }

  @Test("a port name of several ports certainly means the first; the others are undefined")
  func ambiguousPortNames() {
    let fixture = ClusterFixture(
      deployment(
        "shop/db", "app: db",
        """
        containers: [
          {name: a, ports: [{name: pg, containerPort: 5432}]},
          {name: b, ports: [{name: pg, containerPort: 6432}]}],
        initContainers: [{name: i, ports: [{name: setup, containerPort: 9000}]}]
        """),
      policy(
        "shop/db",
        """
        podSelector: {}, ingress: [
          {ports: [{port: pg}, {port: setup}]},
          {from: [{podSelector: {matchLabels: {app: x}}}], ports: [{port: 6432}, {port: setup}]}]
        """))
    #expect(
      fixture.exposure(of: "shop/db").filter { $0.hasPrefix("ingress") } == [
        "ingress any pod: TCP 5432", "ingress any pod: TCP 6432,9000 (undefined)",
        "ingress pods with app=x in namespace shop: TCP 6432",
        "ingress any address: TCP 5432", "ingress any address: TCP 6432,9000 (undefined)",
      ])
  }

  @Test("whether host-network pods are policed at all is left open")
  func hostNetwork() {
    let fixture = ClusterFixture(
      pod("shop/host", "app: a", "hostNetwork: true, containers: []"),
      policy("shop/close", "podSelector: {}, policyTypes: [Ingress]"))
    #expect(
      fixture.exposure(of: "shop/host") == [
        "ingress any pod: all (undefined)", "ingress any address: all (undefined)", "egress any pod: all",
        "egress any address: all",
      ])
  }

  @Test("--from and --to choose the direction: a workload sends from itself and receives to itself")
  func filters() throws {
    let fixture = ClusterFixture.web()
    #expect(
      fixture.exposure(of: "shop/db", ConnectivityFilter(source: EndPattern("shop/db")))
        == [
          "ingress any pod: all", "ingress any address: all", "egress any pod: all",
          "egress any address: all",
        ].filter { $0.hasPrefix("egress") })
    #expect(
      fixture.exposure(of: "shop/db", ConnectivityFilter(source: EndPattern("1.2.3.4"))) == [
        "ingress any address: all"
      ])
  }

  @Test("every form holds the same openings")
  func forms() async throws {
    let fixture = await ClusterFixture.shop()
    let rows = ExposureReport(ConnectivityReport(fixture.cluster)).rows()
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(fixture.exposure(.json).utf8)) as? [String: Any])
    let jsonRows = try #require(json["rows"] as? [[String: Any]])
    #expect(jsonRows.map { $0["peer"] as? String } == rows.map(\.peer))
    #expect(jsonRows.map { $0["workload"] as? String } == rows.map(\.workload))
    let yaml = try #require(try parseYAML(fixture.exposure(.yaml))["rows"]).elements
    #expect(yaml.map { $0["peer"]?.text } == rows.map(\.peer))
    let csv = PrintedRows.csvRecords(fixture.exposure(.csv)).dropFirst()
    #expect(csv.map { $0[2] } == rows.map(\.peer))
    #expect(csv.map { $0[4] } == rows.map(\.traffic.description))
    #expect(fixture.exposure(.md).split(separator: "\n").count == rows.count + 2)
    #expect(fixture.exposure(.text).split(separator: "\n").count == rows.count + 1)
    #expect(ClusterFixture(namespace("shop")).exposure(.text).isEmpty)
  }
}
