import Merlon
import Testing

@Suite("Files for a chart")
struct ChartFilesTests {
  typealias Values = ControllerValues

  private static let accepted: Set<Loss.Name> = ["outside-ingress"]
  private static let tree = """
    engine: cilium
    defaultDeny: {enabled: true}
    metrics: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]}
    gate: {from: [{podSelector: {matchLabels: {app: flagger}}}]}
    egress:
      enabled: true
      to: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: flux-system}}}], ports: [{port: 80}]}]
    calico: {ingress: [{action: Allow, protocol: TCP, destination: {ports: [1234]}}]}
    """

  private static func values(in namespace: String = Values.namespace, release: String = "demo") throws
    -> PolicySource
  {
    .values(
      try TrafficValues(
        yaml: Values.text(tree), workload: WorkloadDescription("controller", in: namespace, release: release))
    )
  }

  /// An intent whose policies are in two namespaces.
  private static let shop = PolicySource.intent(
    Intent {
      Shop.web
      Shop.redis
      allow(Shop.web, to: Shop.redis)
      Policy("web", for: Shop.web) {
        from(.allPods, ports: .tcp(8080))
        to(.clusterDNS)
      }
      Policy.deny(.both, in: "shop")
    })

  private static func file(_ name: String, _ chart: ChartFiles) throws -> String {
    try #require(chart.files.first { $0.path == name }).text
  }

  @Test(
    "every engine's policies mean the intent, in whatever namespace and release", arguments: Dialect.allCases)
  func equality(_ dialect: Dialect) throws {
    let chart = try Self.values().chart(for: Dialect.allCases, release: "demo", accepting: Self.accepted)
    let template = try Self.file("templates/networkpolicy.yaml", chart)
    for (namespace, release) in [("stages", "demo"), ("monitoring", "other"), ("123", "456")] {
      let text = try TemplateRenderer(
        namespace: namespace, release: release, enabled: true, engine: dialect.rawValue
      ).render(template)
      let meant = try Self.values(in: namespace, release: release).render(dialect, accepting: Self.accepted)
      let certificate = try meant.prove(text)
      #expect(certificate.holds, "\(certificate)\n\(text)")
      // In the namespace that it is written for, nothing differs but the quotes.
      if namespace == "stages" {
        #expect(text.filter { $0 != "\"" && $0 != "\n" } == meant.yaml.filter { $0 != "\"" && $0 != "\n" })
      }
    }
  }

  @Test("an intent in several namespaces: one of them is the release's", arguments: Dialect.allCases)
  func intents(_ dialect: Dialect) throws {
    let accepted: Set<Loss.Name> = ["outside-ingress"]
    let problems = #expect(throws: Problems.self) { try Self.shop.chart(for: [dialect], accepting: accepted) }
    #expect(problems?.all.first?.fix == "say which namespace is the release's: data, shop")
    #expect(throws: Problems.self) {
      try Self.shop.chart(for: [dialect], namespace: "nowhere", accepting: accepted)
    }
    let chart = try Self.shop.chart(for: [dialect], namespace: "shop", accepting: accepted)
    let template = try Self.file("templates/networkpolicy.yaml", chart)
    #expect(!template.contains("shop"))
    let text = try TemplateRenderer(
      namespace: "shop", release: "r", enabled: true, engine: dialect.rawValue
    ).render(template)
    let certificate = try Self.shop.render(dialect, accepting: accepted).prove(text)
    #expect(certificate.holds, "\(certificate)\n\(text)")
  }

  @Test("a policy that is changed in the template is no longer proved")
  func drift() throws {
    let chart = try Self.values().chart(for: [.calico], release: "demo")
    let template = try Self.file("templates/networkpolicy.yaml", chart)
    let text = try TemplateRenderer(namespace: "stages", release: "demo", enabled: true, engine: "calico")
      .render(template.replacing("9443", with: "9444"))
    #expect(try !Self.values().render(.calico).prove(text).holds)
  }

  @Test("the default values render the values' engine, and what the schema does not have fails")
  func defaults() throws {
    let chart = try Self.values().chart(for: [.calico, .cilium], release: "demo", accepting: Self.accepted)
    let defaults = try Self.file("values.yaml", chart)
    #expect(defaults.contains("  enabled: true\n") && defaults.contains("  engine: cilium\n"))
    let template = try Self.file("templates/networkpolicy.yaml", chart)
    func render(_ engine: String, enabled: Bool = true) throws -> String {
      try TemplateRenderer(namespace: "stages", release: "demo", enabled: enabled, engine: engine).render(
        template)
    }
    #expect(try render("cilium").contains("kind: CiliumNetworkPolicy"))
    #expect(try !render("cilium").contains("projectcalico"))
    #expect(try render("cilium", enabled: false).allSatisfy(\.isWhitespace))
    #expect(throws: TemplateRenderer.Failure.failed("networkPolicy.engine must be one of calico, cilium")) {
      try render("kubernetes")
    }
    let schema = try Self.file("values.schema.json", chart)
    #expect(schema.contains("\"additionalProperties\": false") && !schema.contains("clusterNetworkPolicy"))
  }

  @Test("braces in a policy are no action")
  func braces() throws {
    let rule =
      "cilium: {ingress: [{toPorts: [{ports: [{port: \"80\", protocol: TCP}], rules: {http: [{path: \"/{{x}}\"}]}}]}]}"
    let values = PolicySource.values(try Values.read(rule))
    let chart = try values.chart(for: [.cilium])
    let text = try TemplateRenderer(namespace: "stages", release: "demo", enabled: true, engine: "cilium")
      .render(try Self.file("templates/networkpolicy.yaml", chart))
    #expect(text.contains("/{{x}}"))
  }

  @Test("the same intent gives the same files")
  func stable() throws {
    let first = try Self.values().chart(for: Dialect.allCases, release: "demo", accepting: Self.accepted)
    let second = try Self.values().chart(for: Dialect.allCases, release: "demo", accepting: Self.accepted)
    #expect(first.files == second.files)
    #expect(first.files.map(\.path) == ["templates/networkpolicy.yaml", "values.schema.json", "values.yaml"])
  }
}
