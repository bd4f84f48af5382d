import Dialects
import Kubernetes
import PolicyModel

/// A policy's text after reading, in a form that a test can compare.
struct PolicyReading {
  let policies: [Policy]
  let rejected: Int
  let diagnostics: [Diagnostic]

  init(_ text: String, path: String = "p.yaml") {
    let options = PolicySet.readerOptions(defaultNamespace: "default")
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: path, text)])
    let set = PolicySet(manifests, defaultNamespace: "default")
    policies = set.stack(.kubernetes).tiers.flatMap(\.policies)
    rejected = set.rejected
    diagnostics = manifests.diagnostics + set.diagnostics
  }

  /// A policy `shop/p` whose spec is this text, which starts in line 4.
  static func spec(_ spec: String) -> PolicyReading {
    let head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\n"
    return PolicyReading(head + spec)
  }

  /// The same with `ingress: [RULE]`; the rule starts in column 18 of line 4.
  static func ingress(_ rule: String) -> PolicyReading { spec("spec: {ingress: [\(rule)]}\n") }

  /// The same with one peer or one port entry, which starts in column 26 or 27.
  static func peer(_ peer: String) -> PolicyReading { ingress("{from: [\(peer)]}") }
  static func port(_ port: String) -> PolicyReading { ingress("{ports: [\(port)]}") }

  var isAccepted: Bool { policies.count == 1 && rejected == 0 && errors.isEmpty }
  var errors: [String] { diagnostics.filter { $0.severity == .error }.map(Self.text) }
  var warnings: [String] { diagnostics.filter { $0.severity == .warning }.map(Self.text) }

  var rules: [Rule] { policies.first?.rules ?? [] }

  private static func text(_ problem: Diagnostic) -> String {
    let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
    return "\(place)\(problem.message)"
  }
}

extension PolicyReading {
  /// Each rule as `ingress[0]: peers | traffic`.
  var ruleTexts: [String] {
    rules.map { rule in
      let peers =
        switch rule.peers {
        case .anyone: "anyone"
        case .anyOf(let peers): peers.map(\.description).joined(separator: " or ")
        }
      return "\(rule.path): \(peers) | \(rule.traffic)"
    }
  }
}
