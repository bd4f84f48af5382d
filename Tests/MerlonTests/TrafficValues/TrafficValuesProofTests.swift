import Merlon
import Testing

/// Random values in every dialect, alone and in a chart: what is written means what was meant.
@Suite("Proofs of random values and charts")
struct TrafficValuesProofTests {
  typealias Values = ControllerValues

  static let cases = (UInt64(1)...12).flatMap { seed in Dialect.allCases.map { (seed, $0) } }

  /// Lines of a tree `networkPolicy`, each there or not.
  private static func tree(_ seed: UInt64) -> String {
    var random = SplitMix64(seed: seed)
    func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }
    func pick(_ texts: [String]) -> String { texts[Int.random(in: texts.indices, using: &random)] }
    func peers() -> String {
      let known = [
        "{podSelector: {}}", "{namespaceSelector: {}}", "{podSelector: {matchLabels: {app: web}}}",
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \(pick(["monitoring", "stages"]))}}}",
        "{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [a, b]}]}, podSelector: {matchLabels: {app: web}}}",
      ]
      return
        "[\((0..<Int.random(in: 1...2, using: &random)).map { _ in pick(known) }.joined(separator: ", "))]"
    }
    var lines: [String] = []
    for port in ["metrics", "gate", "webhook", "mcp", "health"] where chance(2) {
      lines.append("\(port): {from: \(chance(4) ? "[]" : peers())}")
    }
    if chance(2) { lines.append("defaultDeny: {enabled: true, order: 2000}") }
    if chance(2) {
      lines.append(
        "additionalIngress: [{from: \(peers()), ports: [{port: \(pick(["1", "metrics", "80"]))}]}]")
    }
    if chance(2) {
      let to = "{to: \(peers()), ports: [{port: 80, endPort: 90}, {protocol: UDP}]}"
      let block = "{to: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]}"
      lines.append(
        "egress: {enabled: true, dns: \(chance(2)), apiServer: \(chance(2)), to: [\(to)\(chance(2) ? ", \(block)" : "")]}"
      )
    }
    if chance(3) { lines.append("cilium: {ingress: [{fromEntities: [world]}]}") }
    if chance(3) {
      lines.append(
        "calico: {ingress: [{action: \(pick(["Allow", "Deny"])), source: {selector: app == 'x'}}]}")
    }
    if chance(3) {
      lines.append("clusterNetworkPolicy: {ingress: [{action: Accept, from: [{namespaces: {}}]}]}")
    }
    return lines.joined(separator: "\n")
  }

  private static let settings =
    "merlon: {cluster: {podCIDRs: [10.0.0.0/8], nodeCIDRs: [192.168.0.0/16], apiServer: [\"192.168.0.5:6443\"]}}"

  /// Renders, living with every loss that there is.
  private static func render(_ source: PolicySource, _ dialect: Dialect) throws -> Rendering {
    do {
      return try source.render(dialect)
    } catch {
      return try source.render(dialect, accepting: Set(error.all.map { Loss.Name($0.code) }))
    }
  }

  /// What a chart of one engine renders in the namespace that its source is for.
  private static func chart(_ source: PolicySource, _ rendering: Rendering, _ namespace: String) throws
    -> String
  {
    let files = try source.chart(
      for: [rendering.dialect], namespace: namespace, accepting: Set(rendering.losses.map(\.name))
    ).files
    return try TemplateRenderer(
      namespace: namespace, release: "r", enabled: true, engine: rendering.dialect.rawValue
    ).render(files[0].text)
  }

  @Test("values are proved in each engine, and so is their chart", arguments: cases)
  func values(_ seed: UInt64, _ dialect: Dialect) throws {
    let source = PolicySource.values(try Values.read(Self.tree(seed), settings: Self.settings))
    let rendering = try Self.render(source, dialect)
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(Self.tree(seed))\n\(certificate)\n\(rendering.yaml)")
    let text = try Self.chart(source, rendering, Values.namespace)
    #expect(try rendering.prove(text).holds, "\(text)")
    if dialect == .clusterNetworkPolicy {
      let lost: Set<Loss.Name> = ["outside-ingress", "named-port-protocol"]
      #expect(lost.isSuperset(of: rendering.losses.map(\.name)), "\(rendering.losses)")
    } else {
      #expect(rendering.losses.isEmpty, "\(rendering.losses)")
    }
  }

  @Test("the chart of a random intent means the intent", arguments: cases)
  func intents(_ seed: UInt64, _ dialect: Dialect) throws {
    var random = RandomIntent(seed: seed)
    let intent = random.intent(usesStages: seed.isMultiple(of: 3))
    let source = PolicySource.intent(intent)
    let rendering = try Self.render(source, dialect)
    guard intent.workloads.contains(where: { $0.namespace == "shop" }) else { return }
    let text = try Self.chart(source, rendering, "shop")
    #expect(try rendering.prove(text).holds, "\(text)")
  }
}
