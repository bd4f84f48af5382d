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
    guard scope == .namespaced else { return lowerPods(requirements, &lowering) }
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
    return lowerPods(kept, in: namespace, &lowering)
  }

  /// The nodes that a policy is about (`nodeSelector`), or that a rule names (`fromNodes`).
  ///
  /// - Parameters:
  ///   - identity: what nodes are there: the host itself, or remote nodes.
  ///   - cluster: the name of the local cluster.
  func lowerNodes(as identity: ReservedIdentity, in cluster: String) -> NodeSelector {
    .matching(
      .all(
        requirements.map { requirement in
          let test = requirement.value.operator
          switch requirement.value.key {
          case .kubernetes(.label(let key), _), .foreign("node", let key):
            return .requirement(
              Located(AttributeRequirement(.label(key), .init(test)), at: requirement.location))
          case let key: return test.matches(identity.value(of: key, in: cluster)) ? .everything : .nothing
          }
        }))
  }

  /// Whether it selects an object by its own labels; the sources of keys are ignored (`labelsMatcher` in
  /// `pkg/policy/k8s/service.go`).
  func matches(_ labels: Labels) -> Bool {
    requirements.allSatisfy { $0.value.operator.matches(labels[$0.value.key.name]) }
  }

  /// Whether it selects something that is no pod.
  ///
  /// - Parameter cluster: the name of the local cluster.
  func matches(_ identity: ReservedIdentity, in cluster: String) -> Bool {
    requirements.allSatisfy { $0.value.operator.matches(identity.value(of: $0.value.key, in: cluster)) }
  }

  /// The identities that a rule is about (SEMANTICS.md §4.2, `fromEndpoints`).
  ///
  /// A selector that names no `reserved:` label is about pods. Without a term about namespaces it looks into the
  /// own namespace of a CiliumNetworkPolicy. To one of a CiliumClusterwideNetworkPolicy Cilium adds that there is a
  /// namespace, unless it names `io.kubernetes.pod.namespace` (`getEndpointSelector` in
  /// `pkg/k8s/apis/cilium.io/utils`).
  func lowerPeer(_ scope: CiliumPolicy.Scope, namespace: String, _ lowering: inout CiliumLowering)
    -> PeerCondition
  {
    let namesReserved = mentions { if case .reserved = $0 { true } else { false } }
    let namesNamespaces = mentions {
      switch $0 {
      case .kubernetes(.podNamespace, _): true
      case .kubernetes(.namespaceLabel, _): scope == .namespaced
      case .kubernetes, .reserved, .foreign: false
      }
    }
    let isOwn = scope == .namespaced && !namesReserved && !namesNamespaces
    let pods = lowerPods(requirements, in: isOwn ? namespace : nil, &lowering)
    var conditions: [PeerCondition] = []
    let cluster = lowering.clusterName
    if !requirements.contains(where: { $0.value.excludesPods(in: cluster) }) {
      conditions.append(.endpoints(pods))
    }
    if namesReserved {
      conditions += otherIdentities(in: cluster).map { [$0] } ?? []
    } else if namesNamespaces {
      conditions += lowering.overselected(
        ReservedIdentity.allCases.filter { matches($0, in: cluster) }, namesCluster: true, at: location)
    }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }

  /// What is no pod and meets the selector; nil when nothing can.
  private func otherIdentities(in cluster: String) -> PeerCondition? {
    var parts: [PeerCondition] = []
    var isPositive = false
    for requirement in requirements.map(\.value) {
      let holders = ReservedIdentity.allCases.filter { $0.value(of: requirement.key, in: cluster) != nil }
      let value = holders.first?.value(of: requirement.key, in: cluster)
      switch (value.map { requirement.operator.matches($0) } ?? false, requirement.operator.matches(nil)) {
      case (true, true): continue
      case (true, false):
        isPositive = true
        parts.append(holders.count == 1 ? holders[0].condition : .any(holders.map(\.condition)))
      case (false, true): parts += holders.map { .not($0.condition) }
      case (false, false): return nil
      }
    }
    // Only what has an identity: a pod without an address has none.
    if !isPositive { parts.insert(ReservedIdentity.anyone, at: 0) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  /// The pods that meet requirements.
  ///
  /// - Parameter namespace: where they live; nil when the requirements say it.
  private func lowerPods(
    _ requirements: [Located<Requirement>], in namespace: String? = nil, _ lowering: inout CiliumLowering
  ) -> EndpointSelector {
    let cluster = lowering.clusterName
    for requirement in requirements where requirement.value.namesOtherCluster(than: cluster) {
      lowering.warn(
        .unresolvedReference,
        "the cluster of the input is \(lowering.isClusterNameAssumed ? "taken to be " : "")named `\(cluster)`: \(requirement.value) matches none of its pods",
        at: requirement.location,
        fix: lowering.isClusterNameAssumed
          ? "name it with --cluster-name, or `cluster.name` in merlon.yaml" : nil)
    }
    if let namespace {
      return EndpointSelector(
        namespaces: .named(namespace), pods: .all(requirements.map { $0.lower(in: cluster) }))
    }
    let ofNamespace = requirements.filter(\.value.isAboutNamespace)
    return EndpointSelector(
      namespaces: .matching(.all(ofNamespace.map { $0.lower(in: cluster) })),
      pods: .all(requirements.filter { !$0.value.isAboutNamespace }.map { $0.lower(in: cluster) }))
  }
}

extension CiliumLowering {
  /// What a selector matches beyond pods although it speaks of namespaces, because all it says of them is negative
  /// (cilium#46949).
  ///
  /// - Parameters:
  ///   - identities: those that meet the selector.
  ///   - namesCluster: whether Cilium adds the local cluster's name to the selector, with
  ///     `policy-default-local-cluster`; only identities of the cluster have it.
  mutating func overselected(
    _ identities: [ReservedIdentity], namesCluster: Bool, at location: SourceLocation
  ) -> [PeerCondition] {
    let wrong = identities.filter { identity in
      deviations.contains(.negativeNamespacesMatchWorld)
        || (deviations.contains(.negativeNamespacesMatchNodes) && (!namesCluster || identity.hasCluster))
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
    namespaces: LabelSelector?, pods: LabelSelector?, namesCluster: Bool, at location: SourceLocation
  ) -> [PeerCondition] {
    guard let namespaces, !namespaces.requirements.isEmpty else { return [] }
    let requirements = namespaces.requirements + (pods?.requirements ?? [])
    // Nothing but pods has any of these labels.
    guard requirements.allSatisfy({ $0.value.matches(nil) }) else { return [] }
    return overselected(ReservedIdentity.allCases, namesCluster: namesCluster, at: location)
  }
}

extension CiliumSelector.Requirement {
  /// Whether no pod meets it: pods have no reserved and foreign labels, and one cluster.
  fileprivate func excludesPods(in cluster: String) -> Bool {
    switch key {
    case .reserved, .foreign: !`operator`.matches(nil)
    case .kubernetes: namesOtherCluster(than: cluster)
    }
  }

  /// Whether it asks where a pod lives.
  fileprivate var isAboutNamespace: Bool {
    switch key {
    case .kubernetes(.podNamespace, _), .kubernetes(.namespaceLabel, _): true
    case .kubernetes, .reserved, .foreign: false
    }
  }

  /// Whether it keeps the local cluster out.
  fileprivate func namesOtherCluster(than cluster: String) -> Bool {
    if case .kubernetes(.cluster, _) = key { !`operator`.matches(cluster) } else { false }
  }
}

extension Located<CiliumSelector.Requirement> {
  /// The requirement on a pod. Pods have no reserved and foreign labels.
  fileprivate func lower(in cluster: String) -> LabelExpression {
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
      return value.operator.matches(cluster) ? .everything : .nothing
    case .reserved, .foreign: return value.operator.matches(nil) ? .everything : .nothing
    }
  }
}
