import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("What counts as seen when policies are suggested")
struct SuggestedEvidenceTests {
  private static let shop = PolicySuggestionTests.shop
  private static let address = "203.0.113.10"

  @Test(
    "what the source sent more often than the destination denied it went through in the end",
    arguments: [
      (["DROPPED EGRESS", "FORWARDED EGRESS"], Outcome.allowed),
      (["FORWARDED EGRESS", "DROPPED EGRESS"], .allowed),
      (["FORWARDED EGRESS", "DROPPED INGRESS"], .denied),
      (["FORWARDED EGRESS", "DROPPED INGRESS", "FORWARDED EGRESS"], .allowed),
      (["FORWARDED EGRESS", "DROPPED INGRESS", "FORWARDED INGRESS"], .allowed),
      (["DROPPED INGRESS", "DROPPED INGRESS", "FORWARDED EGRESS"], .denied),
    ])
  func denials(_ records: [String], _ outcome: Outcome) throws {
    let lines = records.map { record in
      let words = record.split(separator: " ").map(String.init)
      return hubble("shop/web", "shop/db", 5432, verdict: words[0], direction: words[1])
    }
    let fixture = SuggestionFixture(Self.shop, lines)
    #expect(try fixture.verdict("shop/web -> shop/db tcp/5432") == outcome)
    #expect(fixture.suggestion.isProven)
  }

  @Test("an address that was denied once and let through later is allowed")
  func deniedAddress() throws {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        hubble("shop/web", Self.address, 443, verdict: "DROPPED", direction: "EGRESS"),
        hubble("shop/web", Self.address, 443, direction: "EGRESS"),
      ])
    #expect(try fixture.verdict("shop/web -> \(Self.address) tcp/443") == .allowed)
  }

  @Test("a workload of which only denials were seen is closed")
  func onlyDenied() throws {
    let fixture = SuggestionFixture(Self.shop, [hubble("shop/web", "shop/db", 5432, verdict: "DROPPED")])
    #expect(try fixture.verdict("ops/cron -> shop/db tcp/5432") == .denied)
    #expect(fixture.policies.contains { $0.contains("# Nothing was let through of shop/db: it is closed.") })
    #expect(
      fixture.suggestion.yaml.contains(
        "# Proof: no connection was seen that was let through and whose ends are known"))
  }

  @Test("what a finished pod did, its workload may do again")
  func finishedPod() throws {
    let cron = [
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tidy, namespace: shop, uid: u1}\nspec: {schedule: '* * * * *', jobTemplate: {spec: {template: {metadata: {labels: {app: tidy}}, spec: {containers: []}}}}}\n",
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: tidy-29123456, namespace: shop, uid: u2, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: tidy, controller: true, uid: u1}]}\nspec: {template: {metadata: {labels: {app: tidy}}, spec: {containers: []}}}\n",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: tidy-29123456-x7k2p, namespace: shop, labels: {app: tidy}, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: tidy-29123456, controller: true, uid: u2}]}\nspec: {containers: []}\nstatus: {phase: Succeeded, podIP: 10.0.1.17}\n",
    ]
    let fixture = SuggestionFixture(
      Self.shop + cron,
      [
        hubble("shop/tidy-29123456-x7k2p", Self.address, 443, direction: "EGRESS"),
        hubble("shop/tidy-29123456-x7k2p", "shop/db", 5432),
      ])
    #expect(try fixture.verdict("shop/tidy -> \(Self.address) tcp/443") == .allowed)
    #expect(try fixture.verdict("shop/tidy -> shop/db tcp/5432") == .allowed)
    #expect(fixture.suggestion.isProven)
  }

  @Test("of two workloads with one name, the parts of a pod's name say whose it is")
  func sameName() throws {
    let stateful = object(
      "apps/v1", "StatefulSet", "shop/web",
      "spec: {template: {metadata: {labels: {app: web-data}}, spec: {containers: []}}}")
    let fixture = SuggestionFixture(
      Self.shop + [stateful],
      [hubble("shop/web-5f6b9c7d4-q2x8m", "shop/db", 5432), hubble("shop/web-0", "shop/db", 80)])
    #expect(try fixture.verdict("shop/Deployment/web -> shop/db tcp/5432") == .allowed)
    #expect(try fixture.verdict("shop/Deployment/web -> shop/db tcp/80") == .denied)
    #expect(try fixture.verdict("shop/StatefulSet/web -> shop/db tcp/80") == .allowed)
  }

  @Test("cluster DNS that is not in the input is known by the names that providers give its pods")
  func nameServers() {
    let fixture = SuggestionFixture(
      Self.shop,
      [
        hubble("shop/web", "kube-system/kube-dns-7d5c4f9b8-x7k2p", 53, "UDP"),
        PolicySuggestionTests.webToDB,
      ])
    #expect(fixture.findings(.seenAndCut) == [] && fixture.suggestion.isProven)
  }

  @Test("the order of the log changes nothing in the policies")
  func order() {
    let alike = Self.shop + [deployment("shop/x", "app: same"), deployment("shop/y", "app: same")]
    let lines = [
      hubble("shop/web", "shop/x", 80), hubble("shop/web", "shop/y", 81), hubble("shop/x", "shop/db", 82),
      hubble("shop/y", "shop/db", 83),
    ]
    #expect(
      SuggestionFixture(alike, lines).policies == SuggestionFixture(alike, lines.reversed()).policies)
  }

  @Test("an open name is reported although another port or another name of the workload was seen")
  func openNames() {
    let policy = object(
      "cilium.io/v2", "CiliumNetworkPolicy", "shop/names",
      "spec: {endpointSelector: {matchLabels: {app: web}}, egress: [{toFQDNs: [{matchName: a.example}, {matchName: b.example}], toPorts: [{ports: [{port: '22', protocol: TCP}, {port: '443', protocol: TCP}]}]}, {toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: '53', protocol: ANY}], rules: {dns: [{matchPattern: '*'}]}}]}]}"
    )
    let seen = hubble(
      "shop/web", Self.address, 443, direction: "EGRESS", rest: ",\"destination_names\":[\"a.example\"]")
    let fixture = SuggestionFixture(Self.shop + [policy], [seen], profile: .cilium)
    let found = fixture.findings(.moreThanSeen).joined(separator: "\n")
    #expect(found.contains("shop/web -> a.example TCP 22, shop/web -> b.example TCP 22,443"))
  }
}
