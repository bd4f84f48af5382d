package import Dialects
package import Kubernetes
package import PolicyModel

/// Manifests that were written in a dialect, as its own reader understands them.
package struct ReadPolicies: Sendable {
  /// As the engine that the dialect is for stacks them.
  package let tiers: [Tier]
  /// What reading found, and what is wrong for the engine; with an error among them some policies are not there.
  package let problems: [Diagnostic]

  package init(_ yaml: String, _ dialect: WritableDialect) {
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([ManifestText(path: "<\(dialect.rawValue)>", yaml)])
    let policies = PolicySet(manifests, defaultNamespace: "default")
    let stack = policies.stack(dialect.profile)
    tiers = stack.tiers
    problems = manifests.diagnostics + policies.diagnostics + stack.diagnostics
  }

  package var errors: [Diagnostic] { problems.filter { $0.severity == .error } }
}
