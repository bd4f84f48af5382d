import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Coverage")
struct CoverageReportTests {
  private static let world = [
    namespace("shop"), namespace("ops"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
    deployment("ops/agent", "app: agent", "hostNetwork: true, containers: []"),
    policy("shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]"),
    policy("shop/all", "podSelector: {}"),
  ]

  private func rows(_ documents: [String]) -> [String] {
    CoverageReport(DeclaredInput(documents).cluster).rows.map { row in
      "\(row.workload) \(row.direction.name) \(row.state.rawValue): \(row.policies.map(\.identity.name).joined(separator: "+"))"
    }
  }

  @Test("each workload in each direction, with the policies that close it")
  func workloads() {
    #expect(
      rows(Self.world) == [
        "ops/agent ingress host network: ", "ops/agent egress host network: ",
        "shop/db ingress isolated: all", "shop/db egress open: ",
        "shop/web ingress isolated: all+web", "shop/web egress isolated: web",
      ])
  }

  @Test("rules that deny do not isolate")
  func denied() {
    let denial = clusterPolicy("a", "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {a: b}}}]}]")
    #expect(
      rows([namespace("shop"), deployment("shop/web", "app: web"), denial]) == [
        "shop/web ingress partly denied: a", "shop/web egress open: ",
      ])
  }

  @Test(
    "what passes everything on closes nothing",
    arguments: [
      ("{action: Pass}", "open"), ("{action: Pass, protocol: TCP}", "isolated"),
      ("{action: Deny, protocol: UDP}, {action: Pass}", "partly denied"),
    ])
  func passing(rule: String, state: String) {
    let cluster = DeclaredInput(
      [
        namespace("shop"), deployment("shop/db", "app: db"),
        object(
          "projectcalico.org/v3", "GlobalNetworkPolicy", "p",
          "spec: {selector: app == 'db', order: 2000, types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [9999]}}, \(rule)]}"
        ),
      ], profile: .calico
    ).cluster
    #expect(CoverageReport(cluster).rows.first?.state.rawValue == state)
    let shop = CheckReport(cluster).coverage.first { $0.namespace == "shop" }
    #expect(shop?.ingressIsolated == (state == "isolated" ? 1 : 0))
  }

  @Test("percentages are of workloads, and cluster DNS that is only assumed is not counted")
  func percentages() {
    let report = CoverageReport(DeclaredInput(Self.world).cluster)
    #expect(
      report.namespaces.map { "\($0.namespace) \($0.workloads) \($0.ingressIsolated) \($0.egressIsolated)" }
        == [
          "ops 1 0 0", "shop 2 2 1",
        ])
    #expect(report.text(.plain).contains("  shop               2     100%     50%\n"))
    #expect(CoverageReport(DeclaredInput(Self.world).cluster, namespace: "shop").rows.count == 4)
  }

  @Test("every form has every row")
  func forms() {
    let report = CoverageReport(DeclaredInput(Self.world).cluster)
    #expect(report.csv.split(separator: "\n").count == 7)
    #expect(
      report.csv.contains(
        "shop,shop/web,Deployment,ingress,isolated,NetworkPolicy:shop/all NetworkPolicy:shop/web\n"))
    #expect(report.markdown.contains("| shop/web | egress | isolated | web |\n"))
    #expect(report.markdown.contains("| total | 3 | 66% | 33% |\n"))
    #expect(
      report.data.json.contains(
        #""workload":"shop/web","kind":"Deployment","direction":"egress","state":"isolated""#))
  }
}
