import Foundation
import Kubernetes
import Testing

@testable import Review

@Suite("The report of check")
struct CheckReportTests {
  private static let twoNamespaces = [
    namespace("shop"), namespace("data"), deployment("shop/web", "app: web"),
    deployment("shop/api", "app: api"),
    pod("data/db", "app: db"),
    policy(
      "data/db",
      "podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}]}]"),
    policy(
      "shop/api",
      "podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]"
    ),
  ]

  private let report = CheckReport(ClusterFixture(twoNamespaces).cluster)

  @Test("kinds of one name are told apart by their group")
  func kindsOfOneName() {
    let calico = """
      apiVersion: projectcalico.org/v3
      kind: NetworkPolicy
      metadata: {namespace: shop, name: default.a}
      spec: {types: [Ingress]}
      """
    let both = CheckReport(ClusterFixture.web(calico, policy("shop/db", "podSelector: {}")).cluster)
    #expect(
      both.text(.plain).contains(
        "1 NetworkPolicy of networking.k8s.io, 1 NetworkPolicy of projectcalico.org"))
    let one = CheckReport(ClusterFixture.web(calico).cluster)
    #expect(one.text(.plain).contains(", 1 NetworkPolicy from "))
  }

  @Test(
    "a workload to which a rule denies something is not open, though nothing isolates it",
    arguments: [("Deny", []), ("Accept", ["shop/db", "shop/web"])])
  func denied(_ action: String, _ open: [String]) {
    let policy = clusterPolicy("a", "ingress: [{action: \(action), from: [{namespaces: {}}]}]")
    #expect(CheckReport(ClusterFixture.web(policy).cluster).coverage.flatMap(\.open) == open)
  }

  @Test("coverage counts workloads isolated per direction, and those that nothing isolates")
  func coverage() {
    let rows = report.coverage.map {
      "\($0.namespace) \($0.workloads) \($0.ingressIsolated) \($0.egressIsolated) \($0.open)"
    }
    #expect(rows == ["data 1 1 0 []", "shop 2 0 1 [\"shop/web\"]"])
  }

  @Test("the matrix counts pairs of workloads that may talk, of all there are")
  func matrix() {
    #expect(report.matrix.namespaces == ["data", "shop"])
    // The one pod of data has no other replica to talk to.
    #expect(report.matrix.total == [[0, 2], [2, 4]])
    #expect(report.matrix.connected == [[0, 2], [1, 4]])
    #expect(report.matrix.toOutside == [1, 1])
    #expect(report.matrix.fromOutside == [0, 2])
  }

  @Test("the text tells what was read, the isolation and the matrix")
  func text() {
    #expect(
      report.text(.plain) == """
        Read 2 workloads, 1 pod, 2 namespaces, 2 NetworkPolicies from 1 file.
        Profile kubernetes: the specification; what it leaves open is called undefined.

        Isolation
          NAMESPACE  WORKLOADS  INGRESS ISOLATED  EGRESS ISOLATED  OPEN
          data               1                 1                0     0
          shop               2                 0                1     1
          total              3                 1                1     1
          open both ways: shop/web

        Who can talk to whom (pairs of workloads that may, of all pairs; rows send)
          FROM \\ TO  data  shop  outside
          data              all      all
          shop        1/2   all      1/2
          outside       -   all

        No problems found.

        """)
  }

  @Test("quiet is the conclusion, with the problems if there are any")
  func quiet() {
    #expect(report.text(.plain, isQuiet: true) == "No problems found.\n")
    let wrong = CheckReport(
      ClusterFixture.web(policy("shop/a", "podSelector: {matchLabels: {app: frontend}}")).cluster)
    let lines = wrong.text(.plain, isQuiet: true).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains("[selects-nothing]"))
    #expect(lines[1] == "0 errors, 1 warning.")
  }

  @Test("verbose lists notes, and kinds that were passed over")
  func verbose() {
    let cluster = ClusterFixture(
      deployment("shop/web", "app: web"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}"
    ).cluster
    let text = CheckReport(cluster).text(.plain, isVerbose: true)
    #expect(text.contains("  passed over: 1 ConfigMap\n"))
    #expect(text.contains("note: namespace shop assumed"))
    let plain = CheckReport(cluster).text(.plain)
    #expect(plain.contains("1 other object passed over (--verbose lists them)."))
    #expect(!plain.contains("note:"))
  }

  @Test("a rejected policy is an error, counted, and answers say that they are without it")
  func rejected() {
    let report = CheckReport(ClusterFixture.web(policy("shop/a", "podSelectors: {}")).cluster)
    #expect(report.hasErrors)
    #expect(!report.isIncomplete)
    #expect(report.summary.rejectedPolicies == 1)
    #expect(report.text(.plain).contains("1 policy is invalid"))
  }

  @Test("a policy that is a template makes the input incomplete")
  func template() {
    let fixture = ClusterFixture.web(
      policy("shop/a", "podSelector: {matchLabels: {app: '{{ .Values.app }}'}}"))
    #expect(CheckReport(fixture.cluster).isIncomplete)
  }

  @Test("a world without workloads has no matrix")
  func noWorkloads() {
    let text = CheckReport(ClusterFixture(namespace("shop")).cluster).text(.plain)
    #expect(text.contains("Isolation\n  no workloads\n"))
    #expect(!text.contains("FROM"))
  }

  @Test("more namespaces than fit a terminal are counted instead of drawn")
  func manyNamespaces() {
    let fixture = ClusterFixture((1...13).map { deployment("n\($0)/web", "app: web") })
    #expect(CheckReport(fixture.cluster).text(.plain).contains("13 namespaces are too many for a table"))
  }

  @Test("the data holds the same numbers")
  func data() throws {
    let data = Data(report.data.json.utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(document["complete"] as? Bool == true)
    #expect((document["problems"] as? [Any])?.isEmpty == true)
    let input = try #require(document["input"] as? [String: Any])
    #expect(input["workloads"] as? Int == 2 && input["pods"] as? Int == 1 && input["policies"] as? Int == 2)
    let connections = try #require(document["connections"] as? [[String: Any]])
    #expect(connections.map { $0["connected"] as? Int } == [0, 2, 1, 4])
    #expect(connections.map { $0["pairs"] as? Int } == [0, 2, 2, 4])
    let isolation = try #require(document["isolation"] as? [[String: Any]])
    #expect(isolation[1]["open"] as? [String] == ["shop/web"])
  }
}
