/// Which policies of Calico apply, and in which order, straight from the text of SEMANTICS §3.5 and §2.4.
extension ReferenceEvaluator {
  /// The tiers that have a policy for the subject and direction, in order; their policies by order, of one order by
  /// the text `name/namespace/kind`.
  func calicoTiers(of subject: PodFacts, _ direction: ReferencePolicy.Direction) -> [CalicoTier] {
    struct Place {
      var tier: String
      var order: Double
      var key: String
      var member: CalicoMember
    }
    var places: [Place] = []
    let item = calicoItem(of: subject)
    for (number, policy) in world.calico.policies.enumerated() where applies(policy, to: item, direction) {
      let kind = policy.namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy"
      places.append(
        Place(
          tier: policy.tier ?? "default", order: policy.order ?? .infinity,
          key: "\(policy.name)/\(policy.namespace ?? "")/\(kind)", member: .calico(policy, number)))
    }
    for policy in world.policies where isolates(policy, subject, direction) {
      places.append(
        Place(
          tier: "default", order: 1000, key: "\(policy.name)/\(policy.namespace)/KubernetesNetworkPolicy",
          member: .networkPolicy(policy)))
    }
    for policy in world.clusterPolicies
    where selects(policy.subject, subject) && !policy.rules(direction).isEmpty {
      places.append(
        Place(
          tier: policy.tier == .admin ? "kube-admin" : "kube-baseline",
          order: policy.kind == .baselineAdminNetworkPolicy ? .infinity : Double(policy.priority),
          key: "\(policy.name)//Kubernetes\(policy.kind.rawValue)", member: .clusterPolicy(policy)))
    }
    return calicoTierOrder.compactMap { tier in
      let members = places.filter { $0.tier == tier.name }
      if members.isEmpty { return nil }
      return CalicoTier(
        members: members.sorted { ($0.order, $0.key) < ($1.order, $1.key) }.map(\.member),
        defaultAction: tier.defaultAction ?? .deny)
    }
  }

  /// All tiers by order, nil last, of one order by name.
  private var calicoTierOrder: [ReferenceCalico.Tier] {
    let builtIn = ReferenceCalico.Tier.builtIn
    let others = world.calico.tiers.filter { tier in !builtIn.contains { $0.name == tier.name } }
    return (builtIn + others).sorted { ($0.order ?? .infinity, $0.name) < ($1.order ?? .infinity, $1.name) }
  }

  /// Staged policies never apply.
  private func applies(
    _ policy: ReferenceCalico.Policy, to item: CalicoItem, _ direction: ReferencePolicy.Direction
  ) -> Bool {
    !policy.isStaged && policy.effectiveTypes.contains(direction)
      && (policy.namespace == nil || policy.namespace == item.namespace)
      && policy.selector?.matches(item.labels) != false
      && policy.namespaceSelector.map { matches($0, namespaceOf: item) } != false
      && policy.serviceAccountSelector?.matches(item.serviceAccountLabels) != false
  }
}

extension ReferenceCalico.Policy {
  /// Without types: no egress rule → Ingress, only egress rules → Egress, both → both.
  var effectiveTypes: [ReferencePolicy.Direction] {
    if let types { return types }
    if rules(.egress).isEmpty { return [.ingress] }
    return rules(.ingress).isEmpty ? [.egress] : [.ingress, .egress]
  }
}
