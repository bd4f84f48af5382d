package import Kubernetes
package import PolicyModel

/// The policies of an input, lowered from every dialect.
package struct PolicySet: Sendable {
  /// `networking.k8s.io/v1` policies, sorted by namespace and name.
  package let networkPolicies: [Policy]
  /// How many policies an API server would refuse. They isolate nothing and allow nothing.
  package let rejected: Int
  package let diagnostics: [Diagnostic]

  /// What a reader must keep so that ``init(_:defaultNamespace:)`` finds the policies.
  package static func readerOptions(defaultNamespace: String, excludes: [String] = [])
    -> ManifestReader.Options
  {
    var options = ManifestReader.Options()
    options.defaultNamespace = defaultNamespace
    options.excludes = ExcludePatterns(excludes)
    options.keptKinds = PolicyKinds.evaluated
    options.misspelledKind = { PolicyKinds.misspelled($0, apiVersion: $1) }
    return options
  }

  package init(_ manifests: ManifestSet, defaultNamespace: String) {
    var problems: [Diagnostic] = []
    var rejected = 0
    var policies: [Policy] = []
    var places: [PolicyIdentity: Int] = [:]
    for object in manifests.foreign {
      guard let parsed = NetworkPolicy(object, defaultNamespace: defaultNamespace, &problems) else {
        rejected += 1
        continue
      }
      let policy = parsed.lower()
      if let earlier = places[policy.identity] {
        problems.append(
          Diagnostic(
            .duplicateObject, .warning, "\(policy.identity) is defined twice; the last one counts",
            at: policy.location,
            related: [.init(message: "the other one", location: policies[earlier].location)],
            fix: "leave one of the files out with --exclude"))
        policies[earlier] = policy
      } else {
        places[policy.identity] = policies.count
        policies.append(policy)
      }
    }
    for (kind, count) in manifests.passedOver.sorted(by: { $0.key < $1.key })
    where PolicyKinds.isUnevaluatedPolicy(kind) {
      problems.append(
        Diagnostic(
          .unevaluatedPolicies, .warning,
          "\(count) \(kind) \(count == 1 ? "object polices" : "objects police") traffic too, but this version does not evaluate the kind; answers are without it",
          at: nil))
    }
    policies.sort {
      ($0.identity.namespace, $0.identity.name) < ($1.identity.namespace, $1.identity.name)
    }
    networkPolicies = policies
    self.rejected = rejected
    diagnostics = problems.reportingEachTemplateOnce()
  }
}

extension PolicySet {
  /// How many policies there are.
  package var count: Int { networkPolicies.count }

  /// What a profile's engine asks, in order.
  package func tiers(_ profile: EngineProfile) -> [Tier] {
    [Tier(name: "NetworkPolicy", combination: .additive, policies: networkPolicies)]
  }
}

extension Diagnostic.Code {
  /// Policies of a dialect that is not evaluated.
  package static let unevaluatedPolicies = Self(rawValue: "unevaluated-policies")
}
