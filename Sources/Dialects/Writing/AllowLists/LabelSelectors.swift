internal import Kubernetes
internal import PolicyModel

/// Selectors as Kubernetes writes them.
extension [LabelTerm] {
  /// A LabelSelector; `{}` selects everything. Terms must not be about parts of values.
  func labelSelector(key: (String) -> String = { $0 }) -> DataValue {
    var labels: [DataValue.Member] = []
    var expressions: [DataValue] = []
    for term in self {
      let name = key(term.key)
      func expression(_ operator: String, _ values: [String]? = nil) -> DataValue {
        .members(
          ("key", .string(name)), ("operator", .string(`operator`)),
          ("values", values.map { .list($0.map { .string($0) }) }))
      }
      switch term.test.simplified.test {
      case .isIn(let values) where values.count == 1 && !labels.contains { $0.key == name }:
        labels.append(DataValue.Member(name, .string(values[0])))
      case .isIn(let values): expressions.append(expression("In", values))
      case .isNotIn(let values): expressions.append(expression("NotIn", values))
      case .exists: expressions.append(expression("Exists"))
      case .doesNotExist: expressions.append(expression("DoesNotExist"))
      case .contains, .startsWith, .endsWith: continue
      }
    }
    return .members(
      ("matchLabels", labels.isEmpty ? nil : .object(labels)),
      ("matchExpressions", expressions.isEmpty ? nil : .list(expressions)))
  }
}

extension PlainSelector {
  /// Which namespaces, as terms on their labels.
  var namespaceTerms: [LabelTerm] {
    switch namespaces {
    case .named(let names): [LabelTerm(Namespace.nameLabel, .isIn(names))]
    case .matching(let terms): terms
    }
  }

  /// Whether it has tests that no label selector has; what is wrong with it, and the loss's name.
  var unsaidByLabels: (name: Loss.Name, reason: String)? {
    if !serviceAccounts.isEmpty || !serviceAccountLabels.isEmpty {
      return (.serviceAccounts, "pods cannot be selected by their service account")
    }
    if (pods + namespaceTerms).contains(where: \.test.isAboutParts) {
      return (.stringTests, "labels cannot be selected by a part of their value")
    }
    return nil
  }
}

extension PlainPolicy {
  /// The rules without pods that label selectors cannot select.
  func rulesByLabels(_ notes: inout WritingNotes) -> [PlainRule] {
    rules.compactMap { rule in
      guard case .anyOf(let peers) = rule.peers else { return rule }
      let said = peers.filter { peer in
        guard case .pods(let selector) = peer, let unsaid = selector.unsaidByLabels else { return true }
        notes.lose(
          unsaid.name, .leavingOut(rule.action), "\(unsaid.reason): \(peer) are left out", of: rule,
          in: self, peers: [peer])
        return false
      }
      return said.isEmpty ? nil : rule.with(peers: .anyOf(said))
    }
  }

  /// Notes that a policy is left out when label selectors cannot select its subject.
  func isSaidByLabels(_ notes: inout WritingNotes) -> Bool {
    guard let unsaid = subject.unsaidByLabels else { return true }
    notes.leaveOut(self, unsaid.name, "\(unsaid.reason): a policy of \(subject) is left out")
    return false
  }
}
