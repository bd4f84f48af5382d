import Merlon
import Testing

/// Rules of the values in the words of one engine.
@Suite("Rules in an engine's own words")
struct PassthroughTests {
  typealias Values = ControllerValues

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let dialect: Dialect
    let tree: String
    let effects: [Passthrough.Effect]

    var testDescription: String { "\(dialect): \(name)" }
  }

  private static let closed = "egress: {enabled: true, dns: false}\n"

  static let cases = [
    Case(
      name: "a port that is not in the list", dialect: .calico,
      tree: "calico: {ingress: [{action: Allow, protocol: TCP, destination: {ports: [1234]}}]}",
      effects: [.widens]),
    Case(
      name: "a denial after what allows everyone", dialect: .calico,
      tree:
        "calico: {ingress: [{action: Deny, protocol: TCP, source: {selector: app == 'x'}, destination: {ports: [9443]}}]}",
      effects: [.none]),
    Case(
      name: "the second of two equal ones", dialect: .calico,
      tree:
        "\(closed)calico: {egress: [{action: Allow, destination: {nets: [203.0.113.0/24]}}, {action: Allow, destination: {nets: [203.0.113.0/25]}}]}",
      effects: [.widens, .none]),
    Case(
      name: "a domain name", dialect: .cilium,
      tree: "egress: {enabled: true}\ncilium: {egress: [{toFQDNs: [{matchName: api.example.com}]}]}",
      effects: [.widens]),
    Case(
      name: "an entity", dialect: .cilium,
      tree: "\(closed)cilium: {egress: [{toEntities: [kube-apiserver]}]}",
      effects: [.widens]),
    Case(
      name: "an empty rule", dialect: .cilium, tree: "\(closed)cilium: {egress: [{}]}", effects: [.none]),
    Case(
      name: "an acceptance where nothing is allowed", dialect: .clusterNetworkPolicy,
      tree: "\(closed)clusterNetworkPolicy: {egress: [{action: Accept, to: [{networks: [203.0.113.0/24]}]}]}",
      effects: [.widens]),
    Case(
      name: "a denial of what is closed anyway", dialect: .clusterNetworkPolicy,
      tree: "\(closed)clusterNetworkPolicy: {egress: [{action: Deny, to: [{namespaces: {}}]}]}",
      effects: [.none]),
  ]

  @Test("what a rule does beside all others is found out, and it is in what is written", arguments: cases)
  func effects(_ test: Case) throws {
    let rendering = try Values.render(try Values.read(test.tree), test.dialect)
    #expect(
      rendering.passthrough.map(\.effect) == test.effects, "\(rendering.passthrough)\n\(rendering.yaml)")
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)\n\(rendering.yaml)")
    for rule in rendering.passthrough { #expect(certificate.description.contains(rule.path)) }
    let without = try Values.render(try Values.read(Self.withoutRules(test.tree)), test.dialect)
    #expect(rendering.yaml != without.yaml)
    #expect(without.passthrough.isEmpty)
  }

  private static func withoutRules(_ tree: String) -> String {
    tree.split(separator: "\n").filter { $0.hasPrefix("egress") }.joined(separator: "\n")
  }

  @Test("where nothing is allowed, a rule stands before what closes")
  func nothingAllowed() throws {
    let text = """
      merlon: {workload: {name: job, namespace: shop, labels: {app: job}}}
      ports: {}
      networkPolicy:
        enabled: true
        clusterNetworkPolicy: {ingress: [{action: Accept, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]}
      """
    let rendering = try Values.render(try TrafficValues(yaml: text), .clusterNetworkPolicy)
    #expect(rendering.passthrough.map(\.effect) == [.widens])
    let job = Workload("job", in: "shop", labels: ["app": "job"])
    let cluster = try rendering.evaluate()
    #expect(cluster.allows(Values.anybody, to: job, .tcp(80)), "\(rendering.yaml)")
    #expect(cluster.denies(Values.anybody, to: job, .tcp(81)))
  }

  static let refused: [(Dialect, String, String)] = [
    (.calico, "calico: {ingress: [{action: Allow, protcol: TCP}]}", "protcol"),
    (.cilium, "cilium: {ingress: [{fromEndpoint: [{}]}]}", "fromEndpoint"),
    (
      .clusterNetworkPolicy, "clusterNetworkPolicy: {ingress: [{action: Allow, from: [{namespaces: {}}]}]}",
      "Allow"
    ),
  ]

  @Test("a rule that the engine would refuse is an error at its place", arguments: refused)
  func refusal(_ dialect: Dialect, _ tree: String, _ word: String) throws {
    let values = try Values.read(tree)
    let problems = #expect(throws: Problems.self) { try Values.render(values, dialect) }
    let first = try #require(problems?.all.first)
    #expect(first.code == "refused-rule")
    #expect(first.location?.hasPrefix("values.yaml:14:") ?? false)
    #expect(first.message.contains("networkPolicy.\(dialect.rawValue).ingress[0]` is refused"))
    #expect(first.message.contains(word))
  }

  @Test("a rendering in which a rule of the list is changed is no longer proved, whatever stands beside it")
  func mutation() throws {
    let values = try Values.read(
      "calico: {ingress: [{action: Allow, protocol: UDP, destination: {ports: [1234]}}]}")
    let rendering = try values.render(.calico)
    #expect(try rendering.prove().holds)
    let edited = rendering.yaml.split(separator: "9443").joined(separator: "9444")
    #expect(try !rendering.prove(edited).holds)
  }
}
