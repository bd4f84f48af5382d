import Merlon
import Testing

/// Intents that a hostile reviewer found: each lost or opened something that nobody named.
@Suite("Unusual intents")
struct UnusualIntentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let dialect: Dialect
    /// What the dialect cannot say, and nothing else.
    var losses: Set<Loss.Name> = []
    let yaml: String
    var testDescription: String { "\(dialect): \(name)" }
  }

  private static let head = "apiVersion: merlon.dev/v1\nkind: Intent\n"
  private static let blocks =
    "cluster: {podCIDRs: [10.244.0.0/16], nodeCIDRs: [10.0.0.0/24], apiServer: [\"203.0.113.5:6443\"]}"

  static let cases = [
    Case(
      name: "a block that holds pods and nodes does not open an API server outside", dialect: .cilium,
      yaml: "\(blocks)\npolicies: [{name: q, for: {namespace: w}, egress: [{to: [10.0.0.0/8]}]}]"),
    Case(
      name: "all addresses but the API server's", dialect: .cilium,
      yaml: """
        \(blocks)
        policies: [{name: q, for: {namespace: w}, egress: [{to: {cidr: 0.0.0.0/0, except: [203.0.113.5/32]}}]}]
        """),
    Case(
      name: "a denial of the own node does not deny probes", dialect: .cilium,
      yaml: """
        policies: [{name: q, for: {namespace: w}, ingress: [{from: [host], action: deny}, {from: [all-pods]}]}]
        """),
    Case(
      name: "an API server that may be the own node is not denied", dialect: .cilium, losses: ["api-server"],
      yaml: """
        policies: [{name: q, for: {namespace: w}, ingress: [{from: [api-server], action: deny}, {from: [all-pods]}]}]
        """),
    Case(
      name: "an API server outside is denied", dialect: .cilium,
      yaml: """
        \(blocks)
        policies: [{name: q, for: {namespace: w}, ingress: [{from: [api-server], action: deny}, {from: [all-pods]}]}]
        """),
    Case(
      name: "a subject with two labels that are not seen, one of which is demanded", dialect: .cilium,
      losses: ["label-not-seen"],
      yaml: """
        policies:
          - name: p
            for: {namespace: x, expressions: [{key: controller-revision-hash, operator: DoesNotExist}, {key: pod-template-hash, operator: In, values: [a]}]}
            ingress: [{from: [{namespace: w}], ports: [tcp/80]}]
        """),
    Case(
      name: "a peer without two labels that are not seen", dialect: .cilium, losses: ["label-not-seen"],
      yaml: """
        policies:
          - name: p
            for: {namespace: x}
            ingress: [{from: [{pods: {namespace: w, expressions: [{key: controller-revision-hash, operator: DoesNotExist}, {key: pod-template-hash, operator: DoesNotExist}]}}]}]
        """),
    Case(
      name: "a denial for pods that two policies close together", dialect: .kubernetes,
      yaml: """
        policies:
          - {name: a, for: {namespaces: [x, w]}, isolate: [], ingress: [{from: [all-pods]}]}
          - {name: d, for: {namespaces: [x, w]}, isolate: [], ingress: [{from: [{namespace: o}], action: deny}]}
        defaults: [{deny: [ingress], namespaces: [x]}, {deny: [ingress], namespaces: [w]}]
        """),
    Case(
      name: "a denial for pods that are closed by what they have and by what they have not",
      dialect: .kubernetes,
      yaml: """
        policies:
          - {name: a, for: {namespace: x}, isolate: [], ingress: [{from: [all-pods]}]}
          - {name: d, for: {namespace: x}, isolate: [], ingress: [{from: [{namespace: o}], action: deny}]}
          - {name: in, for: {namespace: x, expressions: [{key: app, operator: In, values: [b]}]}, isolate: ingress}
          - {name: out, for: {namespace: x, expressions: [{key: app, operator: NotIn, values: [b]}]}, isolate: ingress}
        """),
    Case(
      name: "an entity stays open where it cannot be denied", dialect: .clusterNetworkPolicy,
      losses: ["outside-ingress", "entity"],
      yaml: """
        policies: [{name: q, for: {namespace: w}, isolate: ingress, ingress: [{from: [{entity: health}], ports: tcp/80}]}]
        """),
    Case(
      name: "an entity stays open for egress, too", dialect: .clusterNetworkPolicy, losses: ["entity"],
      yaml: """
        policies: [{name: q, for: {namespace: w}, isolate: egress, egress: [{to: [{entity: health}], ports: tcp/80}]}]
        """),
  ]

  @Test("mean in every dialect what they say, but for what is named", arguments: cases)
  func proof(_ example: Case) throws {
    let intent = try Intent(yaml: Self.head + example.yaml)
    let rendering = try intent.render(example.dialect, accepting: example.losses)
    #expect(Set(rendering.losses.map(\.name)) == example.losses)
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)\n\(rendering.yaml)")
  }

  @Test("service accounts that cannot exist are errors, in subjects and in peers")
  func serviceAccounts() {
    for place in [
      "for: {namespace: w, serviceAccount: Bad_Name}",
      "for: {namespace: w}, ingress: [{from: {serviceAccount: Bad_Name, namespace: x}}]",
    ] {
      #expect(throws: Problems.self) {
        try Intent(yaml: Self.head + "policies: [{name: q, \(place), isolate: both}]").render(.kubernetes)
      }
    }
  }
}
