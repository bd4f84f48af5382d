// Which policies the namespaces have: what the platform asks of everybody, then what the teams add.
extension SyntheticCluster {
  /// The manifests of as many policies as the shape asks for, each after those of what it names; fewer only if
  /// there are so few workloads that some namespaces are empty.
  ///
  /// Depends on the seed, the namespaces and the first few workloads for each policy, not on how many
  /// workloads there are after those.
  func policyManifests() -> [String] {
    let anchors = anchorsByNamespace()
    let roster = Roster(namespaces: namespaces, workloads: anchors)
    let platform = PlatformPolicies(self).all.filter(roster.knows).prefix(shape.policies)
    func own(_ count: Int) -> [[SyntheticPolicy]] {
      policiesPerNamespace(count).enumerated().map { index, count in
        policies(of: index, count: count, anchors: anchors[index], roster)
      }
    }
    switch shape.dialect {
    case .kubernetes: return own(shape.policies).joined().compactMap(\.networkPolicy)
    case .cilium:
      let policies = platform + own(shape.policies - platform.count).joined()
      return policies.enumerated().flatMap { number, policy in
        var writer = CiliumWriter(policy, seed: shape.seed, number: number)
        return writer.manifests()
      }
    case .calico:
      let groups = [Array(platform)] + own(shape.policies - platform.count)
      return CalicoWriter.tiers
        + groups.joinedWithPlaces.flatMap { place, policy in
          var writer = CalicoWriter(policy, tier: tier(of: policy), place: place)
          return writer.manifests()
        }
    }
  }

  /// The workloads that policies may name: three for each policy, if there are so many.
  private func anchorsByNamespace() -> [[Workload]] {
    var anchors: [[Workload]] = Array(repeating: [], count: namespaces.count)
    for workload in workloads.prefix(max(4, 3 * shape.policies)) {
      anchors[workload.namespace].append(workload)
    }
    return anchors
  }

  /// One for each namespace, the others crowded like the applications.
  private func policiesPerNamespace(_ count: Int) -> [Int] {
    var counts = Array(repeating: 0, count: namespaces.count)
    let first = min(count, namespaces.count)
    for index in 0..<first { counts[index] = 1 }
    var random = SplitMix64(seed: shape.seed, stream: .allotment, index: 0)
    let teams = namespaces.count - Self.platformNamespaces
    for _ in first..<max(first, count) {
      let uniform = random.below(teams)
      let crowded = random.chance(percent: 30) ? min(uniform, random.below(teams)) : uniform
      counts[Self.platformNamespaces + crowded] += 1
    }
    return counts
  }

  private func policies(
    of index: Int, count: Int, anchors: [Workload], _ roster: Roster
  ) -> [SyntheticPolicy] {
    var random = SplitMix64(seed: shape.seed, stream: .policy, index: index)
    let namespace = namespaces[index]
    let templates = PolicyTemplates(namespace: namespace, teams: namespaces.map(\.team))
    var result = Array(
      baseline(of: namespace, templates, using: &random).filter(roster.knows).prefix(count))
    var names = Set(result.map(\.name))
    while result.count < count, !anchors.isEmpty {
      var policy = templates.policy(for: random.pick(anchors), using: &random)
      if !roster.knows(policy) { continue }
      if !names.insert(policy.name).inserted {
        policy.name += "-\(result.count + 1)"
        names.insert(policy.name)
      }
      result.append(policy)
    }
    return result
  }

  /// What is there before the teams write policies of their own.
  private func baseline(
    of namespace: Namespace, _ templates: PolicyTemplates, using random: inout SplitMix64
  ) -> [SyntheticPolicy] {
    switch (namespace.name, namespace.isolation) {
    case ("kube-system", _): return [templates.dnsServer]
    case ("ingress-nginx", _): return [templates.frontDoor]
    case ("monitoring", _): return [templates.monitoring]
    case (_, .none):
      return [
        templates.protectedData, templates.webFromIngress(selecting: ["web", "gateway", "api", "rpc"]),
      ]
    case (_, .ingress), (_, .both):
      var policies = [templates.defaultDeny]
      if namespace.isolation == .both { policies.append(templates.dnsClient) }
      if random.chance(percent: 60) { policies.append(templates.sameNamespace) }
      policies.append(templates.scraping)
      policies.append(templates.webFromIngress(selecting: ["web", "gateway", "api"]))
      return policies
    }
  }
}

extension SyntheticCluster {
  /// The tier for a policy in Calico, so that what it does not allow is closed as the other dialects close it.
  ///
  /// Where a default-deny closes everything that the policy speaks of, the policy can leave the rest to it.
  /// Elsewhere only the end of the last tier closes.
  private func tier(of policy: SyntheticPolicy) -> SyntheticPolicy.Stage {
    guard case .namespace(let name) = policy.scope else { return policy.stage }
    let isolation = namespaces.first { $0.name == name }?.isolation ?? .none
    let isClosed =
      switch isolation {
      case .none: false
      case .ingress: policy.egress == nil
      case .both: true
      }
    return isClosed ? policy.stage : .fallback
  }
}

extension [[SyntheticPolicy]] {
  /// All of them, each with its place in its group.
  fileprivate var joinedWithPlaces: [(place: Int, policy: SyntheticPolicy)] {
    flatMap { group in group.enumerated().map { ($0.offset, $0.element) } }
  }
}
