import Dialects
import Kubernetes
import PolicyModel

/// What Calico's engine makes of a text, in a form that a test can compare.
struct CalicoStackReading {
  let stack: PolicyStack

  init(_ documents: String..., enforcesStaged: Bool = false) {
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([ManifestText(path: "c.yaml", documents.joined(separator: "\n---\n"))])
    let set = PolicySet(manifests, defaultNamespace: "default")
    stack = set.stack(.calico, enforcesStaged: enforcesStaged)
  }

  /// A tier as `name: policy, policy`.
  var tiers: [String] {
    stack.tiers.map { tier in
      "\(tier.name): \(tier.policies.map(\.identity.description).joined(separator: ", "))"
    }
  }

  /// A policy as `subject; closes ingress`.
  var subjects: [String] {
    policies.map { policy in
      let closed = Direction.allCases.filter(policy.isolates.contains).map(\.name)
      return "\(policy.subject); closes \(closed.isEmpty ? "nothing" : closed.joined(separator: " and "))"
    }
  }

  /// A rule as `ingress[0] allow: peers | traffic`, with its subject and source ports where it asks for some.
  var rules: [String] {
    policies.flatMap(\.rules).map { rule in
      var text = "\(rule.path) \(rule.action.rawValue): \(Self.text(rule.peers)) | \(rule.traffic)"
      if !rule.subject.isAnyone { text += " | subject \(Self.text(rule.subject))" }
      if rule.sourcePorts.isRestricted { text += " | from \(rule.sourcePorts)" }
      for check in rule.applicationRules { text += " | \(check)" }
      return text
    }
  }

  /// A problem as `line:column severity: message`.
  var problems: [String] {
    stack.diagnostics.map { problem in
      let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
      return "\(place)\(problem.severity.rawValue): \(problem.message)"
    }
  }

  private var policies: [Policy] { stack.tiers.flatMap(\.policies) }

  private static func text(_ peers: Peers) -> String {
    switch peers {
    case .anyone: "anyone"
    case .anyOf(let peers):
      peers.isEmpty ? "nobody" : peers.map(\.description).joined(separator: " or ")
    }
  }
}

/// An object of Calico from the YAML of its `spec` in one line; `name` is `namespace/name` where it has one.
func calico(
  _ kind: String, _ name: String, labels: String = "", apiVersion: String = "projectcalico.org/v3",
  _ spec: String
) -> String {
  let parts = name.split(separator: "/")
  let place = parts.count == 2 ? "namespace: \(parts[0]), " : ""
  return """
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata: {\(place)name: \(parts[parts.count - 1]), labels: {\(labels)}}
    spec: \(spec)
    """
}
