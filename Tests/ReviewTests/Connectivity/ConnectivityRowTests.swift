import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Rows of the connectivity report")
struct ConnectivityRowTests {
  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  @Test("without policies everybody talks to everybody, replicas among themselves and addresses outside")
  func open() {
    let fixture = ClusterFixture.web()
    #expect(
      lines(fixture.connectivity()) == [
        "shop/db -> shop/db all", "shop/db -> shop/web all", "shop/db -> any address all",
        "shop/web -> shop/db all", "shop/web -> shop/web all", "shop/web -> any address all",
        "any address -> shop/db all", "any address -> shop/web all",
      ])
  }

  @Test("a single pod has nobody of its own to talk to")
  func onePod() {
    let fixture = ClusterFixture(pod("shop/one", "app: one"))
    #expect(lines(fixture.connectivity()) == ["shop/one -> any address all", "any address -> shop/one all"])
  }

  @Test("the union of two policies' port ranges, the same in every run")
  func unionOfRanges() {
    let fixture = ClusterFixture.web(
      policy(
        "shop/a", "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80, endPort: 90}]}]"),
      policy(
        "shop/b",
        "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 85, endPort: 95}, {port: 96}]}]"))
    let texts = Set((0..<20).map { _ in fixture.connectivity() })
    #expect(texts.count == 1)
    #expect(lines(fixture.connectivity()).contains("shop/web -> shop/db TCP 80-96"))
  }

  @Test("two workloads of one name are told apart by their kinds")
  func twoKinds() {
    let fixture = ClusterFixture(
      deployment("shop/web", "app: a"), workload("StatefulSet", "shop/web", "app: b"),
      policy("shop/close", "podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress, Egress]"))
    #expect(
      lines(fixture.connectivity()) == [
        "shop/deployment/web -> shop/deployment/web all", "shop/deployment/web -> any address all",
        "any address -> shop/deployment/web all",
      ])
  }

  @Test("replicas that policies tell apart have rows of their own, by the names they will have")
  func replicas() {
    let fixture = ClusterFixture(
      namespace("shop"), deployment("shop/web", "app: web"),
      workload("StatefulSet", "shop/db", "app: db").replacing(
        "spec: {template", with: "spec: {replicas: 3, template"),
      policy(
        "shop/a",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: db-0}}}]}]"
      ))
    let rows = lines(fixture.connectivity()).filter { $0.contains("-> shop/db") }
    #expect(rows == ["shop/db-0 -> shop/db all"])
    #expect(CheckReport(fixture.cluster).problems.isEmpty)
  }

  @Test("a canary goes by the name of its ReplicaSet")
  func canary() {
    let canary = workload("ReplicaSet", "shop/web-new", "app: web, track: canary").replacing(
      "labels: {}}", with: "labels: {}, ownerReferences: [{kind: Deployment, name: web, controller: true}]}")
    let fixture = ClusterFixture(
      deployment("shop/web", "app: web"), canary,
      policy("shop/a", "podSelector: {matchLabels: {track: canary}}, policyTypes: [Ingress, Egress]"))
    #expect(
      lines(fixture.connectivity()) == [
        "shop/web -> shop/web all", "shop/web -> any address all", "any address -> shop/web all",
      ])
    let names = ConnectivityReport(fixture.cluster).names
    #expect(names == ["shop/web", "shop/web-new"])
  }

  @Test("what the specification leaves open stands in a row of its own")
  func undefined() {
    let fixture = ClusterFixture(
      pod("shop/host", "app: a", "hostNetwork: true, containers: []"), pod("shop/other", "app: b"),
      policy("shop/close", "podSelector: {matchLabels: {app: a}}, ingress: [{ports: [{port: 80}]}]"))
    #expect(
      lines(fixture.connectivity()).filter { $0.hasPrefix("shop/other -> shop/host") } == [
        "shop/other -> shop/host TCP 80",
        "shop/other -> shop/host TCP 1-79,81-65535 UDP all SCTP all (undefined)",
      ])
  }

  @Test("IPv6 blocks are IPv6, and exceptions are kept")
  func blocks() {
    let fixture = ClusterFixture.web(
      policy(
        "shop/a",
        "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: '2001:db8::/32', except: ['2001:db8:1::/48']}}], ports: [{port: 443}]}]"
      ))
    #expect(
      lines(fixture.connectivity()).contains("shop/web -> 2001:db8::/32 except 2001:db8:1::/48 TCP 443"))
    #expect(!lines(fixture.connectivity()).contains { $0.hasPrefix("shop/web -> 32.1") })
  }

  @Test("long names push the columns of their own row only")
  func longNames() throws {
    let long = String(repeating: "a", count: 63)
    let fixture = ClusterFixture(deployment("\(long)/\(long)", "app: a"), deployment("shop/web", "app: b"))
    let rows = try PrintedRows.text(fixture.connectivity())
    #expect(rows.contains { $0.source == "shop/web" && $0.destination == "\(long)/\(long)" })
    #expect(rows.count == 8)
  }

  @Test("every row names the rules behind it, one line a direction")
  func reasons() {
    let fixture = ClusterFixture.web(
      policy(
        "shop/a",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]"
      ))
    let text = fixture.connectivity(explains: true)
    #expect(
      text.contains(
        """
        shop/web -> shop/db   all
            egress: open: no policy isolates it
            ingress: allowed by NetworkPolicy shop/a ingress[0] (world.yaml:
        """))
    #expect(
      fixture.connectivity(.md, explains: true).contains("| | | egress: open: no policy isolates it |\n"))
    #expect(fixture.connectivity(.yaml, explains: true).contains("    reasons:\n      - \"egress: open"))
  }

  @Test("rows of namespaces unite what their workloads may exchange")
  func namespaces() throws {
    let fixture = ClusterFixture.web(
      namespace("data"), deployment("data/job", "app: job"),
      policy("shop/a", "podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 5432}]}]"),
      policy("shop/b", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]"))
    let rows = try PrintedRows.text(fixture.connectivity(by: .namespace))
    let expected = try PrintedRows.traffic("TCP 80,5432")
    #expect(rows.first { $0.source == "data" && $0.destination == "shop" }?.traffic == expected)
    #expect(rows.first { $0.source == "any address" && $0.destination == "shop" }?.traffic == expected)
    #expect(try PrintedRows.csv(fixture.connectivity(.csv, by: .namespace)) == rows)
    #expect(try PrintedRows.json(fixture.connectivity(.json, by: .namespace)) == rows)
  }

  @Test("a row that no rule lets through says whose silence opens it, and what rules open of it")
  func restOfTiers() {
    func lines(_ rules: String, _ row: String) -> [String] {
      let text = ClusterFixture.web(clusterPolicy("a", "ingress: [\(rules)]")).connectivity(explains: true)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard let start = lines.firstIndex(where: { $0.hasPrefix(row) }) else { return [] }
      return lines[(start + 1)...].prefix { $0.hasPrefix(" ") }.map { $0.drop { $0 == " " } }.map(String.init)
    }
    let deny = "{action: Deny, from: [{namespaces: {matchLabels: {a: b}}}]}"
    #expect(
      lines(deny, "shop/web -> shop/db") == [
        "egress: open: no policy isolates it",
        "ingress: open: no rule decides it in ClusterNetworkPolicy a (world.yaml:17)",
      ])
    let accept =
      "{action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}"
    let accepted = lines(accept, "shop/web -> shop/db")
    #expect(accepted.count == 2)
    #expect(accepted.last?.hasPrefix("ingress: allowed by ClusterNetworkPolicy a") == true)
    #expect(
      accepted.last?.hasSuffix(
        "; the rest is open: no rule decides it in ClusterNetworkPolicy a (world.yaml:17)")
        == true)
    // Where a rule lets all of it through, there is no rest.
    let whole = lines("{action: Accept, from: [{namespaces: {}}]}", "shop/web -> shop/db")
    #expect(whole.last?.contains("the rest") == false)
  }
}
