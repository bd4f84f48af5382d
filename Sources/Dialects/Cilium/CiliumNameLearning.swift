internal import Kubernetes
internal import PolicyModel

/// Whose DNS answers pass Cilium's proxy. The addresses of names in `toFQDNs` are learnt from these only
/// (SEMANTICS.md §4.7).
struct CiliumNameLearning {
  private let subjects: [Outline]
  /// A ClusterNetworkPolicy with `domainNames` brings rules for DNS with it.
  private let hasDomainNames: Bool

  init(_ policies: PolicySet) {
    subjects = policies.cilium.flatMap { object -> [Outline] in
      guard case .policy(let policy) = object else { return [] }
      return policy.ruleSets.filter(\.redirectsDNS).map { Outline($0.subject, policy) }
    }
    hasDomainNames = policies.clusterNetworkPolicies.contains { policy in
      policy.egress.flatMap(\.peers).contains { if case .domainNames = $0.kind { true } else { false } }
    }
  }

  /// Whether some policy may select something in common with a rule set and sends its DNS questions to the proxy.
  /// Subjects are compared by their texts, so the answer is yes when they do not tell.
  func mayLearn(_ ruleSet: CiliumRuleSet, of policy: CiliumPolicy) -> Bool {
    let subject = Outline(ruleSet.subject, policy)
    return hasDomainNames || subjects.contains { !$0.isApart(from: subject) }
  }

  /// What of a subject tells it apart from others.
  private struct Outline {
    private let isNodes: Bool
    /// For each key that must have one of some values, these values.
    private var values: [String: Set<String>] = [:]

    init(_ subject: CiliumRuleSet.Subject, _ policy: CiliumPolicy) {
      switch subject {
      case .endpoints(let selector):
        isNodes = false
        add(selector)
        if policy.scope == .namespaced {
          values[CiliumLabelKey.Attribute.podNamespace.description] = [policy.meta.namespace]
        }
      case .nodes(let selector):
        isNodes = true
        add(selector)
      }
    }

    private mutating func add(_ selector: CiliumSelector) {
      for requirement in selector.requirements.map(\.value) {
        guard case .isIn(let wanted) = requirement.operator else { continue }
        let known = values[requirement.key.name]
        values[requirement.key.name] = known?.intersection(wanted) ?? Set(wanted)
      }
    }

    func isApart(from other: Outline) -> Bool {
      isNodes != other.isNodes
        || values.contains { key, wanted in other.values[key]?.isDisjoint(with: wanted) ?? false }
    }
  }
}

extension CiliumRuleSet {
  /// Whether a rule lets DNS questions through to the proxy.
  fileprivate var redirectsDNS: Bool {
    (egress ?? []).contains { rule in
      guard case .toPorts(let entries) = rule.traffic else { return false }
      return entries.contains { $0.rules.isDNS && $0.ports.contains(where: \.mayBeDNS) }
    }
  }
}

extension CiliumPort {
  /// Whether resolvers may listen there; a name may stand for their port.
  fileprivate var mayBeDNS: Bool {
    switch ports {
    case .all, .named: true
    case .range(let range): range.contains(53)
    }
  }
}
