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

  init(_ body: String) {
    let text = "apiVersion: merlon.dev/v1\nkind: ConnectivityTest\nmetadata: {name: t}\n\(body)"
    (suites, problems) = TestSuite.read(ManifestText(path: "tests.yaml", text))
    cluster = ClusterFixture(Self.world).cluster
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
