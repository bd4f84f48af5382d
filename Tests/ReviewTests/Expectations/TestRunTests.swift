import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

/// A small cluster, and expectations about it.
private struct ExpectationFixture {
  let suites: [TestSuite]
  let problems: [Diagnostic]
  private let cluster: Cluster

  /// Two namespaces; `shop/db` takes tcp/5432 of `shop/web` only, `shop/web` takes tcp/80 of everybody.
  private static let world = [
    namespace("shop"), namespace("ops"),
    deployment("shop/web", "app: web, tier: front"), deployment("shop/db", "app: db"),
    deployment("ops/tool", "app: tool"),
    policy(
      "shop/db",
      "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]"
    ),
    policy("shop/web", "podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]"),
    service("shop/web", "selector: {app: web}, ports: [{port: 8080, targetPort: 80}]"),
  ]

  /// - Parameter world: other documents than the usual ones.
  init(_ body: String, world: [String]? = nil, profile: EngineProfile = .kubernetes) {
    let text = "apiVersion: merlon.dev/v1\nkind: ConnectivityTest\nmetadata: {name: t}\n\(body)"
    (suites, problems) = TestSuite.read(ManifestText(path: "tests.yaml", text))
    cluster = ClusterFixture(world ?? Self.world, profile: profile).cluster
  }

  var results: [TestResult] {
    var run = TestRun(cluster)
    return run.run(suites)
  }

  var failures: [String] { results.flatMap { $0.failures.map { "\($0.flow) \($0.outcome)" } } }
}

@Suite("Expectations")
struct TestRunTests {
  @Test(
    "expectations that hold",
    arguments: [
      "allow: [shop/web -> shop/db tcp/5432]", "deny: [shop/web -> shop/db tcp/5433]",
      "deny: [ops/tool -> shop/db]", "deny: [internet -> shop/db]", "deny: [any pod outside shop -> shop/db]",
      "allow: [any pod -> shop/web tcp/80]", "allow: [internet -> shop/web tcp/80]",
      "allow: ['shop/*[app=web] -> shop/db tcp/5432']", "deny: ['shop/*[app!=web] -> shop/db']",
      "deny: ['[!tier] -> shop/db']", "allow: ['any pod in shop -> shop/web tcp/80']",
      "allow: [ops/tool -> 203.0.113.7 all]", "allow: [10.0.0.0/8 -> shop/web tcp/80]",
      "allow: [ops/tool -> service/shop/web tcp/8080]", "deny: [{from: [ops/tool, internet], to: shop/db}]",
      "allow: [{from: shop/*, to: [shop/web], ports: [tcp/80]}]", "deny: [ops -> shop/web tcp/81-65535]",
      "only: {to: shop/db, from: [shop/web]}", "only: {to: shop/db, from: [shop/web], ports: tcp/5432}",
      "only: [{to: shop/web, from: [any pod, internet], ports: tcp/81}]",
      "cases: [{name: a, allow: [shop/web -> shop/db tcp/5432], because: 'NetworkPolicy shop/db ingress[0]'}]",
    ])
  func holds(_ body: String) {
    let fixture = ExpectationFixture(body)
    #expect(fixture.problems.map(\.message) == [])
    // The last `only` expects that listed ends reach it, which they do not on port 81.
    let isOnly81 = body.contains("tcp/81}")
    #expect(fixture.results.map(\.isPassed) == [!isOnly81], "\(fixture.failures)")
    #expect(fixture.suites.flatMap(\.cases).count == 1)
  }

  @Test(
    "expectations that do not hold name the flow and what it is",
    arguments: [
      ("allow: [ops/tool -> shop/db tcp/5432]", ["ops/tool -> shop/db tcp/5432 denied"]),
      ("deny: [shop/web -> shop/db]", ["shop/web -> shop/db tcp/5432 allowed"]),
      ("deny: [ops/tool -> shop/web]", ["ops/tool -> shop/web tcp/80 allowed"]),
      (
        "only: {to: shop/db, from: [ops/tool]}",
        ["ops/tool -> shop/db tcp/1 denied", "shop/web -> shop/db tcp/5432 allowed"]
      ),
      ("only: {from: shop/db, to: [shop/web], ports: tcp/80}", ["shop/db -> ops/tool tcp/80 allowed"]),
    ])
  func fails(_ body: String, _ failures: [String]) {
    let fixture = ExpectationFixture(body)
    #expect(fixture.problems.map(\.message) == [])
    #expect(fixture.results.map(\.isPassed) == [false])
    #expect(fixture.failures.prefix(failures.count) == failures[...])
  }

  @Test("a failure says what decided, and the smallest change that would do")
  func explanation() throws {
    let denied = try #require(
      ExpectationFixture("allow: [ops/tool -> shop/db tcp/5432]").results[0].failures.first)
    #expect(denied.reason.hasPrefix("ingress denied: no rule matches in NetworkPolicy shop/db (world.yaml:"))
    #expect(
      denied.fix?.hasPrefix(
        "To allow it: whoever owns namespace shop can change the peers of NetworkPolicy shop/db") == true)
    let allowed = try #require(ExpectationFixture("deny: [shop/web -> shop/db]").results[0].failures.first)
    #expect(allowed.fix?.hasPrefix("To deny it: narrow ingress[0] (world.yaml:") == true)
    let open = try #require(ExpectationFixture("deny: [shop/web -> ops/tool]").results[0].failures.first)
    #expect(open.fix == "To deny it: isolate ops/tool for ingress with a policy.")
    #expect(open.flow == "shop/web -> ops/tool tcp/1 and other ports")
  }

  @Test("a case passes only with the reason that is expected")
  func reason() {
    let fixture = ExpectationFixture(
      "cases: [{name: a, allow: [shop/web -> shop/db tcp/5432], because: NetworkPolicy shop/other}]")
    #expect(fixture.results[0].failures.map(\.expected) == ["allowed because of NetworkPolicy shop/other"])
  }

  @Test(
    "an expectation about nobody fails, as it would always hold",
    arguments: [
      "deny: [shop/wbe -> shop/db]", "deny: ['shop/x* -> shop/db']", "deny: ['shop/*[app=wbe] -> shop/db']",
      "deny: [any pod outside nowhere -> shop/db]", "deny: [any pod in nowhere -> shop/db]",
      "deny: [node/n1 -> shop/db]", "allow: [shop/web -> service/shop/web tcp/80]",
    ])
  func nobody(_ body: String) {
    let fixture = ExpectationFixture(body)
    #expect(fixture.problems.isEmpty)
    #expect(fixture.results.map(\.isPassed) == [false])
    #expect(fixture.results[0].problems.count == 1)
    #expect(
      ExpectationFixture("deny: [shop/wbe -> shop/db]").results[0].problems[0].fix
        == "did you mean `shop/web`?")
  }

  @Test(
    "what makes no sense is an error with a place, and never an expectation that holds",
    arguments: [
      "allow: [shop/web -> shop/db]", "allow: [shop/web shop/db tcp/80]",
      "allow: [shop/web -> shop/db tcp/0]",
      "allow: [shop/web -> shop/db tcp/90-80]", "deny: ['shop/web[app=] ] -> shop/db']",
      "deny: [' -> shop/db']",
      "alow: []", "{}", "only: {to: shop/db}", "only: {to: shop/db, from: shop/web}",
      "only: {to: [shop/db], from: [shop/web]}", "cases: [{allow: [shop/web -> shop/db all]}]",
      "cases: [{name: a}]", "cases: [{name: a, because: b}]", "deny: [1]", "deny: [[a]]",
      "deny: [any pods -> shop/db]", "deny: ['shop/web[=a] -> shop/db']", "deny: [10.0.0.1/8 -> shop/db]",
    ])
  func mistakes(_ body: String) {
    let fixture = ExpectationFixture(body == "{}" ? "" : body)
    #expect(!fixture.problems.isEmpty)
    #expect(fixture.problems.allSatisfy { $0.severity == .error && $0.location?.file.path == "tests.yaml" })
    #expect(fixture.suites.flatMap(\.cases).flatMap(\.expectations).isEmpty)
  }
}

@Suite("Expectations that must not hold by accident")
struct StrictExpectationTests {
  private static let db = [
    namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
  ]

  private static func holds(_ body: String, _ world: [String], _ profile: EngineProfile = .kubernetes) -> Bool
  {
    let fixture = ExpectationFixture(body, world: world, profile: profile)
    return fixture.problems.isEmpty && fixture.results.allSatisfy(\.isPassed)
  }

  @Test("only: addresses of the same kind as a listed one are others all the same")
  func addresses() {
    let world =
      Self.db + [
        policy(
          "shop/db",
          "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 20.0.0.0/7}}]}]")
      ]
    #expect(!Self.holds("only: [{to: shop/db, from: [20.0.0.0/8]}]", world))
    #expect(!Self.holds("only: [{to: shop/db, from: [20.0.0.0]}]", world))
    #expect(Self.holds("only: [{to: shop/db, from: [20.0.0.0/7]}]", world))
  }

  @Test("only and internet: domain names and entities are ends, too")
  func names() {
    func world(_ rule: String) -> [String] {
      Self.db + [
        """
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: {name: web, namespace: shop}
        spec: {endpointSelector: {matchLabels: {app: web}}, egress: [{toEndpoints: [{matchLabels: {app: db}}]}, \(rule)]}
        """
      ]
    }
    let name = world("{toFQDNs: [{matchName: api.example.com}]}")
    #expect(!Self.holds("only: [{from: shop/web, to: [shop/db]}]", name, .cilium))
    #expect(!Self.holds("deny: [shop/web -> internet]", name, .cilium))
    #expect(Self.holds("only: [{from: shop/web, to: [shop/db, api.example.com]}]", name, .cilium))
    #expect(Self.holds("only: [{from: shop/web, to: [shop/db, internet]}]", name, .cilium) == false)
    #expect(
      !Self.holds("only: [{from: shop/web, to: [shop/db]}]", world("{toEntities: [kube-apiserver]}"), .cilium)
    )
  }

  @Test("labels are those of each pod, and pods go by their names")
  func labels() {
    let world = [
      namespace("shop"), deployment("shop/db", "app: db"),
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web, namespace: shop, uid: u}\nspec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: shop, labels: {app: web, canary: 'true'}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: u, controller: true}]}\nspec: {containers: []}",
      policy(
        "shop/db",
        "podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]"
      ),
    ]
    #expect(!Self.holds("only: [{to: shop/db, from: ['shop/*[canary=true]']}]", world))
    #expect(!Self.holds("deny: ['shop/*[app=web,!canary] -> shop/db']", world))
    #expect(Self.holds("allow: ['shop/*[app=web,!canary] -> shop/db tcp/80']", world))
    #expect(Self.holds("allow: [shop/web-1 -> shop/db tcp/80]", world))
    #expect(Self.holds("only: [{to: shop/db, from: ['shop/*[app=web]']}]", world))
  }

  @Test("only: what a pattern means talks within itself like anybody else")
  func patterns() {
    let world = [
      namespace("shop"), deployment("shop/a", "app: a"), deployment("shop/b", "app: b"), namespace("ops"),
      deployment("ops/prom", "app: prom"),
    ]
    #expect(!Self.holds("only: [{to: 'shop/*', from: [ops/prom, internet], ports: [tcp/80]}]", world))
  }

  @Test(
    "an expectation about no connection is none",
    arguments: [
      "deny: [{from: [], to: shop/db}]", "deny: [shop/web -> service/shop/headless]",
      "deny: [shop/one -> shop/one]",
      "cases: [{name: a, deny: []}]", "cases: []", "allow: []",
    ])
  func nobody(_ body: String) {
    let world =
      Self.db + [
        service("shop/headless", "clusterIP: None, selector: {app: db}"), pod("shop/one", "app: one"),
        policy("shop/db", "podSelector: {matchLabels: {app: db}}"),
      ]
    #expect(!Self.holds(body, world))
  }

  @Test("only: a Service stands for its pods, and a pod's address for the pod")
  func backends() {
    let world = [
      namespace("shop"), deployment("shop/web", "app: web"),
      pod("shop/db", "app: db", status: "podIP: 10.1.0.5"),
      service("shop/db", "selector: {app: db}, ports: [{port: 5432}]"),
      policy(
        "shop/web",
        "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]"
      ),
    ]
    #expect(Self.holds("only: [{from: shop/web, to: [service/shop/db], ports: [tcp/5432]}]", world))
    #expect(Self.holds("only: [{from: shop/web, to: [10.1.0.5], ports: [tcp/5432]}]", world))
    #expect(Self.holds("allow: [shop/web -> service/shop/db tcp/5000-6000]", world))
  }

  @Test("another version of the kind is not read as this one")
  func version() {
    let text = "apiVersion: merlon.dev/v2\nkind: ConnectivityTest\ndeny: [shop/web -> shop/db]"
    #expect(!TestSuite.read(ManifestText(path: "t.yaml", text)).problems.isEmpty)
  }
}

@Suite("Test files of NetAssert v2")
struct NetassertTests {
  private func suite(_ text: String) -> (cases: [TestCase], problems: [Diagnostic]) {
    var problems: [Diagnostic] = []
    let root = SettingsText(ManifestText(path: "netassert.yaml", text)).root
    let cases = root.map { TestSuite(netassert: $0, &problems).cases } ?? []
    return (cases, problems)
  }

  private let file = """
    - name: web-to-db
      type: k8s
      protocol: tcp
      targetPort: 5432
      timeoutSeconds: 67
      attempts: 3
      exitCode: 0
      src: {k8sResource: {kind: deployment, name: web, namespace: shop}}
      dst: {k8sResource: {kind: deployment, name: db, namespace: shop}}
    - name: web-to-outside
      type: k8s
      protocol: udp
      targetPort: 53
      exitCode: 1
      src: {k8sResource: {kind: deployment, name: web, namespace: shop}}
      dst: {host: {name: 198.51.100.1}}
    """

  @Test("exit code 0 expects a connection, anything else none")
  func cases() {
    let (cases, problems) = suite(file)
    #expect(problems.isEmpty)
    #expect(
      cases.flatMap { $0.expectations.map(\.text) } == [
        "allow shop/deployment/web -> shop/deployment/db tcp/5432",
        "deny shop/deployment/web -> 198.51.100.1 udp/53",
      ])
    #expect(cases.map(\.name) == ["web-to-db", "web-to-outside"])
    let root = SettingsText(ManifestText(path: "netassert.yaml", file)).root
    #expect(root.map(TestSuite.isNetassert) == true)
  }

  @Test("a test that is not whole is an error, and left out; the others count")
  func broken() {
    let (cases, problems) = suite(file + "\n- {name: x, src: {}, dst: {host: {name: a.example}}}\n- 7")
    #expect(cases.count == 2)
    #expect(problems.count >= 2)
    #expect(problems.allSatisfy { $0.severity == .error })
  }
}
