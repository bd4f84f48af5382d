import Kubernetes
import PolicyEngine
import Testing

@testable import Review

@Suite("Observed flows against policies")
struct ReplayTests {
  private static let world = [
    namespace("shop"), namespace("kube-system"), deployment("shop/frontend", "app: frontend"),
    deployment("shop/cart", "app: cart"), deployment("kube-system/coredns", "k8s-app: kube-dns"),
    policy("shop/cart", "podSelector: {matchLabels: {app: cart}}, ingress: [{ports: [{port: 8080}]}]"),
  ]

  private func log(_ lines: String...) -> FlowLog {
    FlowLog([RecordText(ManifestText(path: "flows.jsonl", lines.joined(separator: "\n")))])
  }

  private func replay(_ log: FlowLog, _ extra: String..., after: [String]? = nil) -> ReplayReport {
    ReplayReport(
      log, ClusterFixture(Self.world + extra).cluster,
      after: after.map { ClusterFixture(Self.world + $0).cluster })
  }

  /// `flow observed/verdict agreement`.
  private func rows(_ report: ReplayReport) -> [String] {
    report.rows.map { "\($0.flow) \($0.observed)/\($0.verdict) ×\($0.count) \($0.agreement)" }
  }

  private static func hubble(
    _ verdict: String, _ port: Int,
    to destination: String = "\"namespace\":\"shop\",\"pod_name\":\"cart-745c798fc9-hzpxt\"",
    direction: String = "INGRESS", rest: String = "\"is_reply\":false"
  ) -> String {
    """
    {"flow":{"verdict":"\(verdict)","drop_reason_desc":"POLICY_DENIED","IP":{"source":"10.0.1.17","destination":"203.0.113.10"},"l4":{"TCP":{"source_port":43210,"destination_port":\(port)}},"source":{"namespace":"shop","pod_name":"frontend-7b78d7c957-zkn54","workloads":[{"name":"frontend","kind":"Deployment"}]},"destination":{\(destination)},"Type":"L3_L4","traffic_direction":"\(direction)",\(rest)}}
    """
  }

  @Test("disagreements come first, the most frequent of them at the top")
  func order() {
    let report = replay(
      log(
        Self.hubble("FORWARDED", 8080), Self.hubble("FORWARDED", 9090), Self.hubble("FORWARDED", 7070),
        Self.hubble("FORWARDED", 7070), Self.hubble("DROPPED", 8080), Self.hubble("DROPPED", 9999)))
    #expect(
      rows(report) == [
        "shop/frontend -> shop/cart tcp/8080 denied/allowed ×1 deniedThoughAllowed",
        "shop/frontend -> shop/cart tcp/7070 allowed/denied ×2 allowedThoughDenied",
        "shop/frontend -> shop/cart tcp/9090 allowed/denied ×1 allowedThoughDenied",
        "shop/frontend -> shop/cart tcp/8080 allowed/allowed ×1 agrees",
        "shop/frontend -> shop/cart tcp/9999 denied/denied ×1 agrees",
      ])
    #expect(report.disagreements == 3)
    #expect(report.rows[0].reason.contains("NetworkPolicy shop/cart ingress[0] (world.yaml:"))
  }

  @Test("what both sides saw counts once; what only the source saw says nothing of the destination's side")
  func sides() {
    let both = replay(
      log(Self.hubble("FORWARDED", 8080), Self.hubble("FORWARDED", 8080, direction: "EGRESS")))
    #expect(rows(both) == ["shop/frontend -> shop/cart tcp/8080 allowed/allowed ×1 agrees"])
    let denied = replay(
      log(Self.hubble("FORWARDED", 9090, direction: "EGRESS"), Self.hubble("DROPPED", 9090)))
    #expect(denied.disagreements == 0)
  }

  @Test("replies, layer 7, lost events and other drops are no flows of their own, and are counted")
  func skipped() {
    let log = log(
      Self.hubble("FORWARDED", 8080, rest: "\"is_reply\":true"),
      Self.hubble("FORWARDED", 8080, rest: "\"l7\":{\"type\":\"REQUEST\"}"),
      "{\"lost_events\":{\"num_events_lost\":\"12\"}}",
      Self.hubble("DROPPED", 8080).replacing("POLICY_DENIED", with: "CT_MAP_INSERTION_FAILED"),
      "{\"flow\":{\"verdict\":\"FORWARDED\",\"Type\":\"L3_L4\",\"l4\":{}}}",
      Self.hubble("FORWARDED", 43210, rest: "\"Summary\":\"\"").replacing(
        "\"source_port\":43210", with: "\"source_port\":8080"))
    #expect(log.entries.isEmpty)
    #expect(log.problems.isEmpty)
    #expect(log.skipped.map(\.count) == [2, 1, 1, 1, 1])
  }

  @Test("ends outside: an address, an entity, a name where policies speak of names")
  func outside() {
    let world = "\"labels\":[\"reserved:world\"]"
    let plain = replay(
      log(Self.hubble("FORWARDED", 443, to: world, rest: "\"destination_names\":[\"api.example.\"]")))
    #expect(plain.rows.map(\.flow) == ["shop/frontend -> 203.0.113.10 tcp/443"])
    let apiServer = replay(
      log(
        Self.hubble(
          "FORWARDED", 6443, to: "\"labels\":[\"reserved:kube-apiserver\",\"reserved:remote-node\"]")))
    #expect(apiServer.rows.map(\.flow) == ["shop/frontend -> entity/kube-apiserver tcp/6443"])
    let host = replay(log(Self.hubble("FORWARDED", 80, to: "\"labels\":[\"reserved:host\"]")))
    #expect(host.unmapped.map(\.reason) == ["a node that is not in the input"])
  }

  @Test("what is not in the input is said, and not passed over")
  func unmapped() {
    let report = replay(
      log(Self.hubble("FORWARDED", 80, to: "\"namespace\":\"jobs\",\"pod_name\":\"batch-5989846f5b-cqqsj\"")))
    #expect(report.unmapped.map(\.reason) == ["`jobs/batch-5989846f5b-cqqsj` is not in the input"])
    #expect(
      report.text(.plain).contains(
        "1 not judged: `jobs/batch-5989846f5b-cqqsj` is not in the input (flows.jsonl:1)"))
  }

  @Test("a change that denies what was let through breaks it; what was denied anyway is not broken")
  func against() {
    let deny = policy("shop/deny", "podSelector: {matchLabels: {app: frontend}}, policyTypes: [Egress]")
    let log = log(Self.hubble("FORWARDED", 8080), Self.hubble("DROPPED", 9999))
    let report = replay(log, after: [deny])
    #expect(report.broken.map(\.flow) == ["shop/frontend -> shop/cart tcp/8080"])
    #expect(report.broken[0].after?.reason.contains("NetworkPolicy shop/deny") == true)
    #expect(replay(log, after: []).broken.isEmpty)
  }

  @Test("Calico: Whisker's pages and Goldmane's records; names of pods without their hashes")
  func calico() {
    let whisker = """
      {"total": {"totalPages": 1},
       "items": [{"action": "Deny", "source_name": "frontend-7b78d7c957-*", "source_namespace": "shop",
                  "dest_name": "cart-745c798fc9-*", "dest_namespace": "shop", "protocol": "tcp", "dest_port": 8080,
                  "reporter": "Dst"},
                 {"action": "Allow", "source_name": "pub", "source_namespace": "-", "dest_name": "cart-745c798fc9-*",
                  "dest_namespace": "shop", "protocol": "tcp", "dest_port": 8080, "reporter": "Dst"},
                 {"action": "Pass", "source_name": "a", "source_namespace": "b", "dest_name": "c",
                  "dest_namespace": "d", "protocol": "tcp", "dest_port": 1, "reporter": "Dst"}]}
      """
    #expect(
      rows(replay(log(whisker))) == [
        "shop/frontend -> shop/cart tcp/8080 denied/allowed ×1 deniedThoughAllowed",
        "entity/world -> shop/cart tcp/8080 allowed/allowed ×1 agrees",
      ])
    let goldmane = """
      {"Key":{"source_name":"frontend-7b78d7c957-*","source_namespace":"shop","dest_name":"cart-745c798fc9-*","dest_namespace":"shop","dest_port":8080,"proto":"tcp","reporter":2,"action":1},"num_connections_started":7}
      """
    #expect(rows(replay(log(goldmane))) == ["shop/frontend -> shop/cart tcp/8080 allowed/allowed ×7 agrees"])
  }

  @Test("GKE: from the node's files and from Cloud Logging")
  func gke() {
    let record = """
      {"connection":{"src_ip":"10.84.1.7","dest_ip":"10.84.0.11","dest_port":8080,"protocol":"tcp","direction":"ingress"},"disposition":"allow","src":{"pod_name":"frontend-7b78d7c957-zkn54","pod_namespace":"shop"},"dest":{"pod_name":"cart-745c798fc9-hzpxt","pod_namespace":"shop"},"count":3}
      """
    #expect(
      rows(replay(log(record, "{\"insertId\":\"a\",\"jsonPayload\":\(record)}"))) == [
        "shop/frontend -> shop/cart tcp/8080 allowed/allowed ×6 agrees"
      ])
  }

  @Test("a line that is no JSON or no record is an error with its place; the others count")
  func problems() {
    let log = log(
      Self.hubble("FORWARDED", 8080), "{\"flow\": ", "{\"hello\": 1}", "", Self.hubble("FORWARDED", 9090))
    #expect(log.entries.count == 2)
    #expect(log.problems.map { $0.location?.line } == [2, 3])
    #expect(log.problems.allSatisfy { $0.severity == .error })
  }

  @Test("the samples of the formats are read without problems", arguments: ["csv", "json"])
  func formats(format: String) {
    let report = replay(log(Self.hubble("FORWARDED", 8080)))
    let text = format == "csv" ? report.csv : report.data.json
    #expect(text.contains("shop/frontend -> shop/cart tcp/8080"))
    #expect(text.contains("agrees"))
  }

  @Test("a pod of another workload is none of one whose name begins alike")
  func names() {
    func whisker(_ source: String) -> String {
      "{\"action\": \"Allow\", \"source_name\": \"\(source)\", \"source_namespace\": \"shop\", \"dest_name\": \"cart-745c798fc9-*\", \"dest_namespace\": \"shop\", \"protocol\": \"tcp\", \"dest_port\": 8080, \"reporter\": \"Dst\"}"
    }
    #expect(replay(log(whisker("frontend-admin-0"))).unmapped.count == 1)
    #expect(replay(log(whisker("frontend-exporter-7b78d7c957-*"))).unmapped.count == 1)
    #expect(replay(log(whisker("frontend-0"))).rows.map(\.flow) == ["shop/frontend -> shop/cart tcp/8080"])
    let named = Self.hubble("FORWARDED", 8080).replacing(
      "\"name\":\"frontend\"", with: "\"name\":\"frontend-admin\"")
    #expect(replay(log(named)).unmapped.map(\.reason) == ["`shop/frontend-admin` is not in the input"])
  }

  @Test("a denial that one side saw is judged by that side")
  func deniedSides() {
    let source = replay(log(Self.hubble("DROPPED", 9090, direction: "EGRESS")))
    #expect(source.rows.map(\.agreement) == [.deniedThoughAllowed])
    let destination = replay(log(Self.hubble("DROPPED", 9090)))
    #expect(destination.rows.map(\.agreement) == [.agrees])
    let unknown = replay(log(Self.hubble("FORWARDED", 9090, direction: "TRAFFIC_DIRECTION_UNKNOWN")))
    #expect(unknown.rows.map(\.agreement) == [.allowedThoughDenied])
  }

  @Test("a change that cuts what only the source saw breaks it")
  func againstSource() {
    let deny = policy("shop/deny", "podSelector: {matchLabels: {app: frontend}}, policyTypes: [Egress]")
    #expect(replay(log(Self.hubble("FORWARDED", 9090, direction: "EGRESS")), after: [deny]).broken.count == 1)
  }

  @Test("replicas that rules tell apart by their addresses are apart")
  func addresses() {
    let world = [
      namespace("shop"), pod("shop/cart", "app: cart"),
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web-a, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}\nstatus: {podIP: 10.1.0.5}",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web-b, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}\nstatus: {podIP: 10.1.0.6}",
      policy(
        "shop/cart",
        "podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.5/32}}]}]"),
    ]
    func gke(_ pod: String) -> String {
      "{\"connection\":{\"dest_port\":80,\"protocol\":\"tcp\",\"direction\":\"ingress\"},\"disposition\":\"allow\",\"src\":{\"pod_name\":\"\(pod)\",\"pod_namespace\":\"shop\"},\"dest\":{\"pod_name\":\"cart\",\"pod_namespace\":\"shop\"},\"count\":9223372036854775807}"
    }
    let report = ReplayReport(log(gke("web-a"), gke("web-b"), gke("web-b")), ClusterFixture(world).cluster)
    #expect(report.rows.map(\.agreement) == [.allowedThoughDenied, .agrees])
    #expect(report.rows.map(\.count) == [.max, .max], "counts do not overflow")
  }
}
