internal import Kubernetes
internal import PolicyModel

extension PolicySet {
  /// Calico's tiers (SEMANTICS.md §3.5), with `policy.networking.k8s.io` in tiers of its own (§2.4).
  ///
  /// Where there are host endpoints, what Felix does with them before and after all policies stands around the tiers;
  /// policies that packets meet before connection tracking or destination NAT go first and close nothing.
  func calicoTiers(enforcesStaged: Bool, _ problems: inout [Diagnostic]) -> [Tier] {
    var lowering = CalicoLowering(self)
    var tiers = CalicoTiers(calico)
    let enforced = CalicoEnforcement(self, enforcesStaged: enforcesStaged)
    for policy in enforced.policies { tiers.add(policy, &lowering) }
    for policy in enforced.kubernetesPolicies { tiers.add(policy) }
    for policy in clusterNetworkPolicies { tiers.add(policy, &lowering) }
    if lowering.hostEndpoints.isEmpty {
      problems += lowering.problems
      return tiers.sorted
    }
    lowering.warnOfHostEndpoints()
    problems += lowering.problems
    return [lowering.failsafes()] + tiers.sorted + [lowering.profiles()]
  }
}

/// Tiers while policies are put into them.
private struct CalicoTiers {
  private struct Place: Hashable {
    let stage: Stage
    let tier: String
  }

  /// In the order in which packets pass.
  private enum Stage: Int, CaseIterable {
    case doNotTrack
    case preDNAT
    case tracked
  }

  private struct Member {
    let order: Double
    /// `name/namespace/kind`, which decides between policies of one order.
    let key: String
    let policy: Policy
  }

  /// An absent order is infinite.
  private var known: [String: (order: Double, defaultAction: CalicoTier.DefaultAction)]
  private var members: [Place: [Member]] = [:]

  /// A NetworkPolicy's order in the tier `default`.
  private static let orderOfNetworkPolicies = 1000.0

  init(_ objects: [CalicoObject]) {
    known = CalicoTier.builtIn
    for case .tier(let tier) in objects {
      known[tier.meta.name] = (tier.order ?? .infinity, tier.defaultAction)
    }
  }

  /// A policy in a tier that does not exist is left out: what Felix does with it depends on its version, so no
  /// answer may rest on it.
  mutating func add(_ policy: CalicoPolicy, _ lowering: inout CalicoLowering) {
    guard let tier = known[policy.tier] else {
      lowering.report(
        .unresolvedReference, as: .error,
        "no Tier `\(policy.tier)` is in the input: answers are without this policy",
        at: policy.meta.location,
        fix: Suggestion.nearest(to: policy.tier, among: known.keys.sorted()).map { "did you mean `\($0)`?" }
          ?? "add the Tier")
      return
    }
    let stage: Stage =
      switch policy.stage {
      case .tracked: .tracked
      case .doNotTrack: .doNotTrack
      case .preDNAT: .preDNAT
      }
    let isolates = stage == .tracked && tier.defaultAction == .deny
    guard let lowered = policy.lower(isolates: isolates, &lowering) else { return }
    let kind: CalicoKind = if case .namespaced = policy.scope { .networkPolicy } else { .globalNetworkPolicy }
    members[Place(stage: stage, tier: policy.tier), default: []].append(
      Member(
        order: policy.order ?? .infinity,
        key: "\(policy.nameInTier)/\(policy.meta.namespace)/\(kind.rawValue)", policy: lowered))
  }

  /// A NetworkPolicy of Kubernetes, lowered.
  mutating func add(_ policy: Policy) {
    let identity = policy.identity
    members[Place(stage: .tracked, tier: "default"), default: []].append(
      Member(
        order: Self.orderOfNetworkPolicies,
        key: "\(identity.name)/\(identity.namespace)/KubernetesNetworkPolicy", policy: policy))
  }

  /// A policy of `policy.networking.k8s.io`.
  mutating func add(_ policy: ClusterNetworkPolicy, _ lowering: inout CalicoLowering) {
    let tier =
      switch policy.tier {
      case .admin: "kube-admin"
      case .baseline: "kube-baseline"
      }
    members[Place(stage: .tracked, tier: tier), default: []].append(
      Member(
        order: policy.priority.map { Double($0.value) } ?? .infinity,
        key: "\(policy.meta.name)//Kubernetes\(policy.kind.rawValue)",
        policy: policy.lowerForCalico(&lowering)))
  }

  /// In the order of evaluation; the order of policies in a tier is their rank.
  var sorted: [Tier] {
    members.sorted {
      let (left, right) = ($0.key, $1.key)
      let (leftOrder, rightOrder) = (order(of: left.tier), order(of: right.tier))
      return (left.stage.rawValue, leftOrder, left.tier) < (right.stage.rawValue, rightOrder, right.tier)
    }.map { place, members in
      Tier(
        name: place.stage == .tracked ? place.tier : "\(place.tier) (\(place.stage))",
        combination: .firstMatch(.denyWins),
        policies: members.sorted { ($0.order, $0.key) < ($1.order, $1.key) }.enumerated().map {
          $1.policy.with(rank: $0)
        })
    }
  }

  private func order(of tier: String) -> Double { known[tier]?.order ?? .infinity }
}
