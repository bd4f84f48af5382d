import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@Suite("Equivalence of policies in every cluster")
struct EquivalenceTests {
  private static func side(_ text: String, _ profile: EngineProfile) -> Equivalence.Side {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: "p.yaml", text)])
    let set = PolicySet(manifests, defaultNamespace: "default")
    #expect(set.diagnostics.filter { $0.severity == .error } == [])
    return Equivalence.Side(set.stack(profile).tiers, profile.meaningBlocks())
  }

  private static func compare(
    _ intended: String, _ actual: String, _ profile: EngineProfile = .kubernetes,
    _ conditions: SymbolicWorld.Conditions = .init()
  ) throws -> Equivalence {
    try Equivalence(
      intended: side(intended, .kubernetes), actual: side(actual, profile), under: conditions,
      comparesOtherProtocols: false)
  }

  private static func policy(_ spec: String, name: String = "p") -> String {
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: \(name), namespace: shop}\nspec: \(spec)\n"
  }

  static let web = policy(
    "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]}"
  )

  /// Texts that say the same in other words.
  static let equal: [(String, String)] = [
    (web, web),
    // In the order of the other, and twice.
    (
      policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}, {ports: [{port: 81}]}]}"),
      policy("{podSelector: {}, ingress: [{ports: [{port: 80, endPort: 81}]}, {ports: [{port: 81}]}]}")
    ),
    // By the name of the namespace, and by its label.
    (
      web,
      policy(
        "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchExpressions: [{key: app, operator: In, values: [api]}]}}], ports: [{port: 80}]}]}"
      )
    ),
    // A block in two halves.
    (
      policy("{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 93.0.0.0/8}}]}], policyTypes: [Egress]}"),
      policy(
        "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 93.0.0.0/9}}, {ipBlock: {cidr: 93.128.0.0/9}}]}], policyTypes: [Egress]}"
      )
    ),
    // One policy, and one for each port.
    (
      policy("{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 81}]}]}"),
      policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}") + "---\n"
        + policy("{podSelector: {}, ingress: [{ports: [{port: 81}]}]}", name: "q")
    ),
  ]

  @Test("policies that say the same in other words are equal", arguments: equal)
  func same(_ first: String, _ second: String) throws {
    #expect(try Self.compare(first, second).holds)
    #expect(try Self.compare(second, first).holds)
  }

  /// Another policy than ``web``, and a flow on which they differ.
  static let different: [(String, String)] = [
    ("{podSelector: {matchLabels: {app: web}}}", "shop/app=api -> shop/app=web tcp/80"),
    (
      "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}, {port: 443}]}]}",
      "shop/app=api -> shop/app=web tcp/443"
    ),
    // A label that only one side asks for.
    (
      "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api, tier: back}}}], ports: [{port: 80}]}]}",
      "shop/app=api,tier=other -> shop/app=web tcp/80"
    ),
    // UDP is not TCP.
    (
      "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80, protocol: UDP}]}]}",
      "shop/app=api -> shop/app=web tcp/80"
    ),
    // Egress of the same pods, too.
    (
      "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]}",
      "shop/app=web -> shop/app=other tcp/1"
    ),
  ]

  @Test("each difference has a witness", arguments: different)
  func witness(_ spec: String, _ flow: String) throws {
    let found = try Self.compare(Self.web, Self.policy(spec))
    #expect(!found.holds)
    let witnesses = try Equivalence(
      intended: Self.side(Self.web, .kubernetes), actual: Self.side(Self.policy(spec), .kubernetes),
      witnessLimit: 1000
    ).witnesses
    let texts = witnesses.map { "\($0.source) -> \($0.destination) \($0.flow.traffic.words)" }
    #expect(texts.contains(flow), "\(texts)")
    for witness in witnesses { #expect(witness.intended.outcome != witness.actual.outcome) }
  }
}

extension FlowTraffic {
  fileprivate var words: String {
    switch self {
    case .port(let transport, let port): "\(transport.name.lowercased())/\(port)"
    case .other(let other): other.text
    }
  }
}
