// Which policies the namespaces have: what the platform asks of everybody, then what the teams add.
extension SyntheticCluster {
  /// As many policies as the shape asks for, in the order of their namespaces; fewer only if there are
  /// so few workloads that some namespaces are empty.
  ///
  /// Depends on the seed, the namespaces and the first few workloads for each policy, not on how many
  /// workloads there are after those.
  func policies() -> [SyntheticPolicy] {
    let anchors = anchorsByNamespace()
    let teams = namespaces.map(\.team)
    return policiesPerNamespace().enumerated().flatMap { index, count in
      policies(of: index, count: count, anchors: anchors[index], teams: teams)
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
  private func policiesPerNamespace() -> [Int] {
    var counts = Array(repeating: 0, count: namespaces.count)
    let first = min(shape.policies, namespaces.count)
    for index in 0..<first { counts[index] = 1 }
    var random = SplitMix64(seed: shape.seed, stream: .allotment, index: 0)
    let teams = namespaces.count - Self.platformNamespaces
    for _ in first..<max(first, shape.policies) {
      let uniform = random.below(teams)
      let crowded = random.chance(percent: 30) ? min(uniform, random.below(teams)) : uniform
      counts[Self.platformNamespaces + crowded] += 1
    }
    return counts
  }

  private func policies(
    of index: Int, count: Int, anchors: [Workload], teams: [String]
  ) -> [SyntheticPolicy] {
    var random = SplitMix64(seed: shape.seed, stream: .policy, index: index)
    let namespace = namespaces[index]
    let templates = PolicyTemplates(namespace: namespace, teams: teams)
    var result = Array(baseline(of: namespace, templates, using: &random).prefix(count))
    var names = Set(result.map(\.name))
    while result.count < count, !anchors.isEmpty {
      var policy = templates.policy(for: random.pick(anchors), using: &random)
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
