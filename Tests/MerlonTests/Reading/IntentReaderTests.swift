import Merlon
import Testing

@Suite("Intents in YAML")
struct IntentReaderTests {
  private static let head = "apiVersion: merlon.dev/v1\nkind: Intent\n"

  static let shop =
    head + """
      cluster:
        podCIDRs: [10.244.0.0/16]
        apiServer: ["10.0.0.5:6443"]
        dns: kube-dns
      namespaces:
        shop: {team: a}
        data:
      workloads:
        - {name: web, namespace: shop, labels: {app: web}, ports: [tcp/8080, {port: tcp/9090, name: metrics}]}
        - {name: redis, namespace: data, labels: {app: redis}, ports: [tcp/6379]}
      policies:
        - name: web
          for: shop/web
          ingress:
            - {from: anyone, ports: tcp/8080}
            - {from: [{namespace: monitoring}], ports: tcp/metrics}
            - {from: [{cidr: 10.9.0.0/16, except: [10.9.1.0/24]}], ports: [udp/5000-5010, icmp/8], action: deny}
          egress:
            - {to: [dns, api-server]}
        - name: guard
          for: {labels: {app: web}, expressions: [{key: track, operator: NotIn, values: [canary]}], namespaces: all}
          stage: admin
          priority: 7
          ingress: [{from: world, action: deny}]
      flows:
        - {from: web, to: data/redis, isolate: target}
      defaults:
        - {deny: egress, namespaces: [shop, data]}

      """

  @Test("says the same as Swift")
  func equal() throws {
    var cluster = ClusterDescription()
    cluster.podCIDRs = ["10.244.0.0/16"]
    cluster.apiServer = ["10.0.0.5:6443"]
    let web = Workload(
      "web", in: "shop", labels: ["app": "web"], ports: .tcp(8080, 9090), portNames: [9090: "metrics"])
    let redis = Workload("redis", in: "data", labels: ["app": "redis"], ports: .tcp(6379))
    let swift = Intent(for: cluster) {
      KnownNamespace("shop", labels: ["team": "a"])
      KnownNamespace("data")
      web
      redis
      Policy("web", for: web) {
        from(.anyone, ports: .tcp(8080))
        from(.namespaces("monitoring"), ports: .named("metrics"))
        deny(
          from(
            .cidr("10.9.0.0/16", except: ["10.9.1.0/24"]),
            ports: [.udp(from: 5000, to: 5010), .icmp(type: 8)]))
        to(.clusterDNS, .apiServer)
      }
      Policy(
        "guard", for: Pods(["app": "web"] && .notIn("track", ["canary"]), in: .all),
        stage: .admin(priority: 7)
      ) {
        deny(from(.world))
      }
      allow(web, to: redis, isolating: .target)
      Policy.deny(.egress, in: ["shop", "data"])
    }
    let yaml = try Intent(yaml: Self.shop)
    for dialect in Dialect.allCases {
      #expect(
        try RenderingProofTests.render(yaml, dialect).yaml == RenderingProofTests.render(swift, dialect).yaml)
    }
  }

  static let mistakes: [(String, String)] = [
    ("", "2:1"), ("polices: []", "3:1: error: unknown field `polices` in Intent: did you mean `policies`?"),
    ("workloads: [{name: a}]", "3:13: error: `namespace` is missing"),
    ("policies: [{name: p, for: web}]", "3:27: error: `web` is no workload of the intent"),
    ("policies: [{name: p}]", "does not say whom it is for"),
    ("policies: [{name: p, for: {labels: {a: b}}}]", "does not say which namespaces are meant"),
    ("policies: [{name: p, for: {namespace: x}, ingress: [{ports: tcp/80}]}]", "`from` is missing"),
    (
      "policies: [{name: p, for: {namespace: x}, ingress: [{from: anyone, ports: tcp/http/x}]}]",
      "`tcp/http/x` is no port"
    ),
    ("policies: [{name: p, for: {namespace: x}, ingress: [{from: anyone, ports: tcp/99999}]}]", "is no port"),
    (
      "policies: [{name: p, for: {namespace: x}, ingress: [{from: anyone, action: drop}]}]",
      "must be allow, deny or pass"
    ),
    ("policies: [{name: p, for: {namespace: x}, isolate: inside}]", "has ingress and egress, not `inside`"),
    ("policies: [{name: p, for: {namespace: x}, isolate: both, stage: admin}]", "needs a `priority`"),
    ("flows: [{from: world, to: anyone}]", "neither end of the flow is pods"),
    ("defaults: [{namespace: x}]", "says neither `deny` nor `allow`"),
    ("namespaces: {shop: {team: 1}}", "must be a string, not the number"),
    ("manifests: [a.yaml]", "`a.yaml` is not read"),
    ("cluster: {dns: bind}", "must be one of kube-dns, node-local, openshift, not `bind`"),
  ]

  @Test("mistakes are errors with file, line and column", arguments: mistakes.dropFirst())
  func mistake(_ text: String, _ expected: String) throws {
    let problems = try #require(throws: Problems.self) {
      try Intent(yaml: Self.head + text + "\n", path: "i.yaml")
    }
    #expect("\(problems)".contains(expected), "\(problems)")
    #expect(problems.all.allSatisfy { $0.location?.hasPrefix("i.yaml:") ?? false })
  }

  @Test(
    "what is no intent is refused",
    arguments: ["", "- a", "kind: Pod", "a: b", "a: [", "apiVersion: v1\nkind: Intent"])
  func noIntent(_ text: String) throws {
    #expect(throws: Problems.self) { try Intent(yaml: text) }
  }
}
