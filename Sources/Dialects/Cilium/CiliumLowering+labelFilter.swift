internal import Kubernetes
internal import PolicyModel

extension CiliumLowering {
  /// A policy as the agent reads it: its selectors ask identities, which are without the labels that
  /// ``CiliumLabelFilter`` leaves out. Each selector that asks for one is warned of once.
  ///
  /// Labels of the nodes that a policy is about go through the same filter (`InitWithNodeLabels` in `pkg/endpoint`).
  /// Labels of nodes that a rule names go through another one, which by default leaves nothing out.
  mutating func seenThroughLabelFilter(_ policy: Policy) -> Policy {
    guard deviations.contains(.defaultLabelFilter), asksForUnseenLabels(policy) else { return policy }
    return policy.with(
      subject: seen(policy.subject, at: policy.subjectLocation),
      rules: policy.rules.map { rule in
        guard case .anyOf(let peers) = rule.peers else { return rule }
        return rule.with(
          peers: .anyOf(peers.map { Peer(seen($0.kind, at: $0.location), location: $0.location) }))
      })
  }

  // MARK: - Rewriting

  private mutating func seen(_ subject: PolicySubject, at location: SourceLocation) -> PolicySubject {
    switch subject {
    case .endpoints(let selector): return .endpoints(seen(selector, .subject, at: location))
    case .nodes(.matching(let expression)):
      let seen = seen(expression)
      warn(of: [seen], .subject, at: location)
      return .nodes(.matching(seen))
    case .nodes(.named), .endpointsAndNodes: return subject
    }
  }

  private mutating func seen(_ condition: PeerCondition, at location: SourceLocation) -> PeerCondition {
    condition.mapSimple {
      if case .endpoints(let selector) = $0 { .endpoints(seen(selector, .peer, at: location)) } else { $0 }
    }
  }

  private mutating func seen(
    _ selector: EndpointSelector, _ use: SelectorUse, at location: SourceLocation
  ) -> EndpointSelector {
    var expressions = [seen(selector.pods)]
    var namespaces = selector.namespaces
    if case .matching(let expression) = namespaces {
      expressions.append(seen(expression))
      namespaces = .matching(expressions[1])
    }
    warn(of: expressions, use, at: location)
    return EndpointSelector(namespaces: namespaces, pods: expressions[0])
  }

  private mutating func seen(_ expression: LabelExpression) -> LabelExpression {
    expression.mapAttributes { attribute in
      guard let key = attribute.identityKey, labelFilter.leavesOut(key) else { return attribute }
      return .unseenLabel(attribute.description)
    }
  }

  private mutating func asksForUnseenLabels(_ policy: Policy) -> Bool {
    var found = false
    func look(_ expression: LabelExpression) {
      expression.forEachRequirement { requirement in
        if let key = requirement.attribute.identityKey, labelFilter.leavesOut(key) { found = true }
      }
    }
    func look(_ selector: EndpointSelector) {
      look(selector.pods)
      if case .matching(let expression) = selector.namespaces { look(expression) }
    }
    switch policy.subject {
    case .endpoints(let selector): look(selector)
    case .nodes(.matching(let expression)): look(expression)
    case .nodes(.named), .endpointsAndNodes: break
    }
    for rule in policy.rules {
      rule.forEachCondition { if case .endpoints(let selector) = $0 { look(selector) } }
    }
    return found
  }

  // MARK: - Warnings

  private enum SelectorUse {
    case subject
    case peer

    /// What becomes of a selector that wants a label which nothing has.
    var effectOfNothing: String {
      self == .subject ? "the policy selects nothing" : "the peer matches nothing"
    }
  }

  /// - Parameter expressions: all that a selector asks.
  private mutating func warn(
    of expressions: [LabelExpression], _ use: SelectorUse, at location: SourceLocation
  ) {
    var unseen: [AttributeRequirement] = []
    for expression in expressions {
      expression.forEachRequirement { if case .unseenLabel = $0.attribute { unseen.append($0) } }
    }
    guard let first = unseen.first(where: { !$0.matches(nil) }) ?? unseen.first else { return }
    let place =
      expressions.flatMap(\.requirements).first { $0.value == first }?.location ?? location
    // Several rules may stand for one entry of the text.
    if problems.contains(where: { $0.code == .unseenLabel && $0.location == place }) { return }
    let keys = Set(unseen.map(\.attribute.description)).sorted()
    let effect =
      first.matches(nil) ? "\(first) is true of everything" : "with \(first) \(use.effectOfNothing)"
    warn(
      .unseenLabel,
      "by default the agent leaves \(keys.count == 1 ? "label" : "labels") \(keys.map { "`\($0)`" }.joined(separator: ", ")) out of identities: \(effect)",
      at: place,
      fix:
        "select by another label, or use --without-deviation \(Deviation.defaultLabelFilter.rawValue) if the agent's `labels` option includes this one"
    )
  }
}

extension Attribute {
  /// The key under which Cilium knows a label of a pod, a node or a namespace.
  fileprivate var identityKey: String? {
    switch self {
    case .label(let key): key
    case .namespaceLabel(let key): "\(CiliumLabelKey.Attribute.namespaceLabel(key))"
    case .unseenLabel, .serviceAccountName, .serviceAccountLabel, .hostNetwork: nil
    }
  }
}
