/// Whom selectors find, so that policies are about somebody.
struct Roster {
  typealias Selector = SyntheticPolicy.Selector

  let namespaces: [SyntheticCluster.Namespace]
  /// For each namespace.
  let workloads: [[SyntheticCluster.Workload]]

  /// Whether the policy selects somebody, and each of its peers as well.
  func knows(_ policy: SyntheticPolicy) -> Bool {
    let isSubjectKnown: Bool
    let home: Selector
    switch policy.scope {
    case .namespace(let name):
      home = PolicyTemplates.namespaceNamed(name)
      isSubjectKnown = finds(policy.subject, in: home)
    case .namespaces(let namespaces):
      home = .everything
      isSubjectKnown = finds(policy.subject, in: namespaces)
    }
    return isSubjectKnown
      && ((policy.ingress ?? []) + (policy.egress ?? [])).allSatisfy { rule in
        rule.peers.allSatisfy { finds($0, home: home) }
      }
  }

  private func finds(_ peer: SyntheticPolicy.Peer, home: Selector) -> Bool {
    switch peer {
    case .pods(let pods): finds(pods, in: home)
    case .namespaces(let namespaces): finds(.everything, in: namespaces)
    case .podsInNamespaces(let pods, let namespaces): finds(pods, in: namespaces)
    case .block, .apiServer: true
    }
  }

  private func finds(_ pods: Selector, in selector: Selector) -> Bool {
    namespaces.indices.contains { index in
      selector.matches(namespaces[index].labels)
        && workloads[index].contains { pods.matches($0.labels) }
    }
  }
}

extension SyntheticPolicy.Selector {
  fileprivate func matches(_ owned: [SyntheticPolicy.Label]) -> Bool {
    func value(_ key: String) -> String? { owned.first { $0.key == key }?.value }
    return labels.allSatisfy { value($0.key) == $0.value }
      && expressions.allSatisfy { expression in
        let value = value(expression.key)
        return switch expression.operation {
        case .isIn: value.map(expression.values.contains) ?? false
        case .isNotIn: !(value.map(expression.values.contains) ?? false)
        case .exists: value != nil
        case .doesNotExist: value == nil
        }
      }
  }
}
