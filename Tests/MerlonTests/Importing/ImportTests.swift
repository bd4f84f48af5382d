import Dialects
import Kubernetes
import Review
import Testing

@testable import Merlon

@Suite("Existing policies as Swift")
struct ImportTests {
  private static func translation(_ spec: String) -> Translation {
    let text =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: \(spec)\n"
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([ManifestText(path: "p.yaml", text)])
    return Translation(
      ClusterInput(manifests, defaultNamespace: "default"), from: .kubernetes, to: .kubernetes)
  }

  /// The spec of a NetworkPolicy, and the statement that it becomes.
  static let cases: [(String, String)] = [
    (
      "{podSelector: {matchLabels: {app: web}}}",
      #"Policy("p", for: Pods(["app": "web"], in: "shop"), isolating: .ingress)"#
    ),
    (
      "{podSelector: {}, policyTypes: [Ingress, Egress]}",
      #"Policy("p", for: Pods.all(in: "shop"), isolating: .both)"#
    ),
    (
      "{podSelector: {matchLabels: {cdk8s.io/metadata.addr: test-Web-c8b65d84}}, ingress: [{from: [{podSelector: {matchLabels: {cdk8s.io/metadata.addr: test-Db-c8b65d84}}}], ports: [{port: 80}, {port: 53, protocol: UDP}]}]}",
      #"""
      Policy("p", for: Pods(["cdk8s.io/metadata.addr": "test-Web-c8b65d84"], in: "shop")) {
        from(
          .pods(Pods(["cdk8s.io/metadata.addr": "test-Db-c8b65d84"], in: "shop")),
          ports: [.tcp(80), .udp(53)])
      }
      """#
    ),
    (
      "{podSelector: {matchExpressions: [{key: a, operator: NotIn, values: [x, z]}, {key: b, operator: Exists}]}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, {namespaceSelector: {matchLabels: {team: a}}}], ports: [{port: http}, {port: 8000, endPort: 8080}]}]}",
      #"""
      Policy("p", for: Pods(Selector.notIn("a", ["x", "z"]) && .exists("b"), in: "shop")) {
        to(
          .cidr("10.0.0.0/8", except: ["10.1.0.0/16"]), .pods(Pods.all(in: .labelled(["team": "a"]))),
          ports: [.named("http"), .tcp(from: 8000, to: 8080)])
      }
      """#
    ),
    (
      "{podSelector: {matchLabels: {app.kubernetes.io/name: payments, app.kubernetes.io/component: settlement}}, egress: [{}]}",
      #"""
      Policy(
        "p",
        for: Pods(
          ["app.kubernetes.io/component": "settlement", "app.kubernetes.io/name": "payments"],
          in: "shop"), isolating: .both
      ) {
        to(.anyone)
      }
      """#
    ),
    (
      "{podSelector: {matchExpressions: [{key: app.kubernetes.io/name, operator: In, values: [payments, settlement]}, {key: app.kubernetes.io/component, operator: NotIn, values: [batch]}, {key: team, operator: DoesNotExist}]}}",
      #"""
      Policy(
        "p",
        for: Pods(
          Selector.notIn("app.kubernetes.io/component", ["batch"])
            && .in("app.kubernetes.io/name", ["payments", "settlement"]) && .absent("team"),
          in: "shop"), isolating: .ingress)
      """#
    ),
    (
      "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/24, 10.2.0.0/24, 10.4.0.0/24, 10.6.0.0/24, 10.8.0.0/24, 10.10.0.0/24]}}]}]}",
      #"""
      Policy("p", for: Pods.all(in: "shop"), isolating: .both) {
        to(
          .cidr(
            "10.0.0.0/8",
            except: [
              "10.1.0.0/24", "10.2.0.0/24", "10.4.0.0/24", "10.6.0.0/24", "10.8.0.0/24", "10.10.0.0/24",
            ]))
      }
      """#
    ),
  ]

  @Test("each part has its spelling and its line breaks, and means what was read", arguments: cases)
  func source(_ spec: String, _ expected: String) throws {
    let translation = Self.translation(spec)
    let intent = try Intent(importing: translation)
    let statement = expected.split(separator: "\n").map { "  \($0)\n" }.joined()
    #expect(intent.swiftSource(named: "x") == "import Merlon\n\nlet x = Intent {\n\(statement)}\n")
    let rendering = try intent.render(.kubernetes)
    #expect(try translation.prove(rendering.yaml).holds)
  }
}
