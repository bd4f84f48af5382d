import Dialects
import Kubernetes
import PolicyModel

/// A text of policies as Cilium stacks them, in a form that a test can compare.
struct CiliumLowered {
  let stack: PolicyStack

  init(_ documents: String..., deviations: Set<Deviation> = Deviation.ofCilium) {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially(
      documents.map { ManifestText(path: "c.yaml", $0) })
    stack = PolicySet(manifests, defaultNamespace: "default").stack(.cilium.with(deviations))
  }

  /// A CiliumNetworkPolicy `shop/p` whose `spec` is in line 4, with more documents in files of their own.
  static func spec(_ spec: String, _ more: String = "") -> CiliumLowered {
    CiliumLowered(
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: \(spec)\n",
      more)
  }

  /// The same of a CiliumClusterwideNetworkPolicy `p`.
  static func clusterwide(_ spec: String) -> CiliumLowered {
    CiliumLowered(
      "apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\nspec: \(spec)\n")
  }

  static func ingress(_ rule: String) -> CiliumLowered { spec("{endpointSelector: {}, ingress: [\(rule)]}") }
  static func egress(_ rule: String, _ more: String = "") -> CiliumLowered {
    spec("{endpointSelector: {}, egress: [\(rule)]}", more)
  }

  var policies: [Policy] { stack.tiers.flatMap(\.policies) }
  var subject: String? { policies.first?.subject.description }
  var isolates: [String] {
    Direction.allCases.filter { policies.first?.isolates.contains($0) ?? false }.map(\.name)
  }

  /// Each rule as `allow ingress[0]: peers | traffic | what is checked after it`.
  var rules: [String] {
    policies.flatMap(\.rules).map { rule in
      let peers =
        switch rule.peers {
        case .anyone: "anyone"
        case .anyOf(let peers): peers.isEmpty ? "nobody" : peers.map(\.description).joined(separator: " or ")
        }
      return (["\(rule.action.rawValue) \(rule.path): \(peers)", rule.traffic.text] + rule.applicationRules)
        .joined(separator: " | ")
    }
  }

  /// The peers of the first rule.
  var peers: String? {
    rules.first.flatMap { $0.split(separator: ": ", maxSplits: 1).last }.flatMap {
      $0.split(separator: " | ").first
    }.map(String.init)
  }

  /// The traffic of the first rule.
  var traffic: String? { policies.first?.rules.first?.traffic.text }

  var warnings: [String] {
    stack.diagnostics.map { problem in
      (problem.location.map { "\($0.line):\($0.column) " } ?? "") + problem.message
    }
  }

  var codes: [String] { stack.diagnostics.map(\.code.rawValue) }
}

extension Traffic {
  fileprivate var text: String {
    if case .anyOf(let matches) = self, matches.isEmpty { "nothing" } else { description }
  }
}
