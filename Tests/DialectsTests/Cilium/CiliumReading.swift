import Dialects
import Kubernetes

/// A text of Cilium objects after reading, in a form that a test can compare.
struct CiliumReading {
  let objects: [CiliumObject]
  let rejected: Int
  let diagnostics: [Diagnostic]

  init(_ text: String) {
    var options = ManifestReader.Options()
    options.keptKinds = CiliumObject.groupKinds
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: "c.yaml", text)])
    var problems = manifests.diagnostics
    objects = manifests.foreign.compactMap { CiliumObject($0, defaultNamespace: "default", &problems) }
    rejected = manifests.foreign.count - objects.count
    diagnostics = problems
  }

  /// A CiliumNetworkPolicy `shop/p` with these fields after its metadata, which start in line 4.
  static func policy(_ fields: String, kind: String = "CiliumNetworkPolicy") -> CiliumReading {
    let namespace = kind == "CiliumNetworkPolicy" ? ", namespace: shop" : ""
    return CiliumReading(
      "apiVersion: cilium.io/v2\nkind: \(kind)\nmetadata: {name: p\(namespace)}\n\(fields)\n")
  }

  /// The same with these fields of `spec`; the first starts in column 30.
  static func spec(_ fields: String, kind: String = "CiliumNetworkPolicy") -> CiliumReading {
    policy("spec: {endpointSelector: {}, \(fields)}", kind: kind)
  }

  /// The same with one ingress rule, which starts in column 40, or one egress rule, which starts in column 39.
  static func ingress(_ rule: String) -> CiliumReading { spec("ingress: [\(rule)]") }
  static func egress(_ rule: String) -> CiliumReading { spec("egress: [\(rule)]") }

  /// The same with an entry of `toPorts`, which starts in column 51 or 50.
  static func ingressPorts(_ entry: String) -> CiliumReading { ingress("{toPorts: [\(entry)]}") }
  static func egressPorts(_ entry: String) -> CiliumReading { egress("{toPorts: [\(entry)]}") }

  var isAccepted: Bool { objects.count == 1 && rejected == 0 && errors.isEmpty }

  var policy: CiliumPolicy? {
    if case .policy(let policy)? = objects.first { policy } else { nil }
  }

  var ruleSet: CiliumRuleSet? { policy?.spec }
  var rule: CiliumRule? { ruleSet?.ingress?.first ?? ruleSet?.egress?.first }
  var portRule: CiliumPortRule? {
    if case .toPorts(let rules)? = rule?.traffic { rules.first } else { nil }
  }

  var warnings: [String] { texts { $0.severity == .warning } }
  var errors: [String] { texts { $0.severity == .error } }

  /// What the API server refuses, without the words that say so.
  var refused: [String] { texts(endingWith: "; the API server rejects this") }
  /// What the agent ignores, without the words that say so.
  var ignored: [String] {
    texts(
      endingWith:
        ": the API server accepts this, but the Cilium agent rejects the whole rule set and ignores it: traffic stays open"
    )
  }

  /// Whether there is exactly this error, by the server's refusal.
  func isRefused(_ error: String) -> Bool { rejected == 1 && errors.count == 1 && refused == [error] }
  /// Whether there is exactly this error, by the agent's.
  func isIgnored(_ error: String) -> Bool { rejected == 1 && errors.count == 1 && ignored == [error] }

  private func texts(endingWith suffix: String) -> [String] {
    errors.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
  }

  private func texts(where isWanted: (Diagnostic) -> Bool) -> [String] {
    diagnostics.filter(isWanted).map { problem in
      (problem.location.map { "\($0.line):\($0.column) " } ?? "") + problem.message
    }
  }
}

extension CiliumPeers {
  /// The peers in a few words.
  var text: String {
    switch self {
    case .unwritten: "unwritten"
    case .nobody: "nobody"
    case .endpoints(let selectors): "endpoints \(selectors.map(\.text))"
    case .entities(let entities): "entities \(entities.map(\.value))"
    case .cidr(let blocks): "cidr \(blocks.map(\.value))"
    case .cidrSet(let rules): "cidrSet \(rules.map(\.text))"
    case .nodes(let selectors): "nodes \(selectors.map(\.text))"
    case .groups(let groups): "groups \(groups.count)"
    case .services(let services): "services \(services.count)"
    case .fqdns(let patterns): "fqdns \(patterns.map(\.value))"
    }
  }
}

extension CiliumSelector {
  var text: String { requirements.map(\.value.description).joined(separator: ",") }
}

extension CiliumCIDRRule {
  var text: String {
    let peers =
      switch kind {
      case .cidr(let cidr): "\(cidr)"
      case .cidrGroupRef(let name): "group \(name)"
      case .cidrGroupSelector(let selector): "groups \(selector.requirements.map(\.value.description))"
      }
    return except.isEmpty ? peers : "\(peers) except \(except.map(\.value))"
  }
}

extension CiliumTraffic {
  /// The traffic in a few words.
  var text: String {
    switch self {
    case .unwritten: "unwritten"
    case .toPorts(let rules): "ports \(rules.map(\.ports))"
    case .icmps(let rules): "icmps \(rules.map { $0.fields.map(\.value) })"
    }
  }
}
