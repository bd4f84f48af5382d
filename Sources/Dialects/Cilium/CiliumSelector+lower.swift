internal import Kubernetes
internal import PolicyModel

extension CiliumSelector {
  /// The pods that a policy is about (SEMANTICS.md §4.2, `endpointSelector`).
  ///
  /// In a CiliumNetworkPolicy they live in its namespace: another `k8s:io.kubernetes.pod.namespace` among the
  /// `matchLabels` is overwritten, any other term about the namespace stays and may contradict.
  func lowerSubject(_ scope: CiliumPolicy.Scope, namespace: String, _ lowering: inout CiliumLowering)
    -> EndpointSelector
  {
    guard scope == .namespaced else {
      return EndpointSelector(namespaces: .all, pods: .all(requirements.map { $0.lower() }))
    }
    let kept = requirements.filter { requirement in
      let isOverwritten =
        requirement.value.isMatchLabel && requirement.value.key == .kubernetes(.podNamespace, .k8s)
      if isOverwritten, requirement.value.operator != .isIn([namespace]) {
        lowering.warn(
          .overwritten,
          "a CiliumNetworkPolicy selects pods of its own namespace only: Cilium replaces \(requirement.value) by \(namespace)",
          at: requirement.location, fix: "remove it, or move the policy")
      }
      return !isOverwritten
    }
    return EndpointSelector(namespaces: .named(namespace), pods: .all(kept.map { $0.lower() }))
  }

  /// The nodes that a policy is about (`nodeSelector`), or that a rule names (`fromNodes`).
  func lowerNodes() -> NodeSelector {
    .matching(.all(requirements.map { $0.lower() }))
  }

  /// The identities that a rule is about (SEMANTICS.md §4.2, `fromEndpoints`).
  ///
  /// Without a term about namespaces or a `reserved:` label, a CiliumNetworkPolicy looks into its own namespace
  /// and a CiliumClusterwideNetworkPolicy at all pods.
  func lowerPeer(_ scope: CiliumPolicy.Scope, namespace: String, _ lowering: inout CiliumLowering)
    -> PeerCondition
  {
    let pods = LabelExpression.all(requirements.map { $0.lower() })
    let namesReserved = mentions { if case .reserved = $0 { true } else { false } }
    if !namesReserved, !mentions(\.isAboutNamespace) {
      return .endpoints(
        EndpointSelector(namespaces: scope == .namespaced ? .named(namespace) : .all, pods: pods))
    }
    var conditions = [PeerCondition.endpoints(EndpointSelector(namespaces: .all, pods: pods))]
    let others = ReservedIdentity.allCases.filter { identity in
      requirements.allSatisfy { $0.value.operator.matches(identity.value(of: $0.value.key)) }
    }
    if namesReserved {
      conditions += others.map(\.condition)
    } else {
      conditions += lowering.overselected(others, at: location)
    }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }
}

extension CiliumLowering {
  /// What a selector matches beyond pods although it speaks of namespaces, because all it says of them is negative
  /// (cilium#46949).
  ///
  /// - Parameter identities: those that meet the selector.
  mutating func overselected(
    _ identities: [ReservedIdentity], at location: SourceLocation
  ) -> [PeerCondition] {
    var wrong: [ReservedIdentity] = []
    if deviations.contains(.negativeNamespacesMatchNodes) {
      wrong += identities.filter { [.host, .remoteNode, .ingress].contains($0) }
    }
    if deviations.contains(.negativeNamespacesMatchWorld) {
      wrong += identities.filter { !wrong.contains($0) }
    }
    if wrong.isEmpty { return [] }
    warn(
      .overSelects,
      "all that this selector says of namespaces is negative, so Cilium also matches \(wrong.map(\.rawValue).joined(separator: ", ")) with it (cilium#46949)",
      at: location, fix: "add {key: k8s:io.kubernetes.pod.namespace, operator: Exists}")
    return wrong.map(\.condition)
  }

  /// The same for a selector of Kubernetes' own policies, which Cilium turns into one of its own.
  ///
  /// - Parameters:
  ///   - namespaces: the requirements on the namespace; nil when there is no namespace selector.
  ///   - pods: the requirements on the pod.
  mutating func overselected(
    namespaces: LabelSelector?, pods: LabelSelector?, at location: SourceLocation
  ) -> [PeerCondition] {
    guard let namespaces, !namespaces.requirements.isEmpty else { return [] }
    let requirements = namespaces.requirements + (pods?.requirements ?? [])
    // Nothing but pods has any of these labels.
    guard requirements.allSatisfy({ $0.value.matches(nil) }) else { return [] }
    return overselected(ReservedIdentity.allCases, at: location)
  }
}

extension CiliumLabelKey {
  /// Whether it asks where a pod lives.
  fileprivate var isAboutNamespace: Bool {
    switch self {
    case .kubernetes(.podNamespace, _), .kubernetes(.namespaceLabel, _): true
    case .kubernetes, .reserved, .foreign: false
    }
  }
}

extension Located<CiliumSelector.Requirement> {
  /// The requirement on a pod or node. Pods have no reserved and foreign labels.
  fileprivate func lower() -> LabelExpression {
    let test = AttributeRequirement.Test(value.operator)
    func requirement(_ attribute: Attribute) -> LabelExpression {
      .requirement(Located<AttributeRequirement>(AttributeRequirement(attribute, test), at: location))
    }
    switch value.key {
    case .kubernetes(.label(let key), _): return requirement(.label(key))
    case .kubernetes(.podNamespace, _): return requirement(.namespaceLabel(Namespace.nameLabel))
    case .kubernetes(.namespaceLabel(let key), _): return requirement(.namespaceLabel(key))
    case .kubernetes(.serviceAccount, _): return requirement(.serviceAccountName)
    case .kubernetes(.cluster, _):
      return value.operator.matches(CiliumLowering.clusterName) ? .everything : .nothing
    case .reserved, .foreign: return value.operator.matches(nil) ? .everything : .nothing
    }
  }
}
