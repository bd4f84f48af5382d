internal import Kubernetes
internal import Nftables
internal import PolicyEngine
internal import PolicyModel

/// Tiers as chains: each decides, or goes to the chain of the next.
struct StagedTiers {
  private let tiers: [Tier]
  private let world: World
  private var rules: StagedRules
  private(set) var parts = ProgramParts()
  /// The number of the first policy of each tier among all policies.
  private let firstPolicies: [Int]

  init(_ tiers: [Tier], _ world: World, _ pods: StagedPods, _ profile: EngineProfile) {
    self.tiers = tiers
    self.world = world
    rules = StagedRules(world, pods, profile)
    var count = 0
    var firstPolicies: [Int] = []
    for tier in tiers {
      firstPolicies.append(count)
      count += tier.policies.count
    }
    self.firstPolicies = firstPolicies
  }

  /// What becomes of a pod's connections in a direction.
  ///
  /// - Parameter allowed: what becomes of those that the policies let through.
  mutating func decision(_ pod: StagedPod, _ direction: Direction, allowed: Nftables.Verdict)
    -> Nftables.Verdict
  {
    // What no tier decides is allowed.
    var next = allowed
    for tier in tiers.indices.reversed() {
      next = decision(tier, pod, direction, allowed: allowed, next: next)
    }
    return next
  }

  /// A policy that selects the pod and says something about the direction, with its number among all.
  private struct Applying {
    let number: Int
    let policy: Policy
  }

  private mutating func decision(
    _ tier: Int, _ pod: StagedPod, _ direction: Direction, allowed: Nftables.Verdict, next: Nftables.Verdict
  ) -> Nftables.Verdict {
    let endpoint = world.endpoints[pod.endpoint]
    let applying = tiers[tier].policies.enumerated().filter { _, policy in
      policy.concerns(direction) && policy.subject.endpoints?.selects(endpoint, in: world) == true
    }.map { Applying(number: firstPolicies[tier] + $0.offset, policy: $0.element) }
    if applying.isEmpty { return next }
    let isolates = applying.contains { $0.policy.isolates.contains(direction) }
    let end: Nftables.Verdict = isolates ? .goto(StagedPolicies.denied) : next
    var lines: [Nftables.Rule] = []
    for (place, policy, rule) in ordered(applying, tiers[tier].combination, direction) {
      let action: ([Statement], Nftables.Verdict?)
      switch rule.action {
      case .allow: action = ([], allowed)
      case .deny: action = ([], .goto(StagedPolicies.denied))
      case .pass: action = ([], next)
      case .log: action = ([.count], nil)
      }
      let note = SafeText(adapting: "\(policy.identity) \(rule.path)")
      for matches in rules.alternatives(rule, at: place, for: pod, &parts) {
        lines.append(Nftables.Rule(matches, action.0, action.1, note: note))
      }
    }
    if lines.isEmpty { return end }
    lines.append(Nftables.Rule([.verdict(end)]))
    let stem: ChainName = direction == .egress ? "out" : "into"
    return .goto(
      parts.chain(stem, lines, note: SafeText(adapting: "tier \(tiers[tier].name), \(direction.name)")))
  }

  private typealias PlacedRule = (place: StagedRules.Place, policy: Policy, rule: PolicyModel.Rule)

  /// The rules of a direction so that the first that matches decides.
  private func ordered(
    _ applying: [Applying], _ combination: Tier.Combination, _ direction: Direction
  ) -> [PlacedRule] {
    let all = applying.flatMap { applying in
      applying.policy.rules.enumerated().filter { $0.element.direction == direction }.map {
        PlacedRule(
          StagedRules.Place(policy: applying.number, rule: $0.offset), applying.policy, $0.element)
      }
    }
    switch combination {
    // Denial beats all that allow; there is no order among those that allow.
    case .additive, .denyOverrides:
      return [RuleAction.deny, .allow].flatMap { action in all.filter { $0.rule.action == action } }
    // Policies are in order of rank already. Where those of one rank disagree, the answer is undefined.
    case .firstMatch(.isUndefined): return all
    case .firstMatch(.denyWins):
      let ranks = Set(all.map(\.policy.rank)).sorted()
      return ranks.flatMap { rank in Self.sideBySide(all.filter { $0.policy.rank == rank }) }
    }
  }

  /// The rules of policies of one rank, step by step. One policy alone is read in order.
  private static func sideBySide(_ rules: [PlacedRule]) -> [PlacedRule] {
    if Set(rules.map(\.place.policy)).count < 2 { return rules }
    // With places, as equal ones must keep their order.
    return rules.enumerated().sorted { left, right in
      let (a, b) = (left.element.rule, right.element.rule)
      return (a.step, a.action.precedence, left.offset) < (b.step, b.action.precedence, right.offset)
    }.map(\.element)
  }
}

extension RuleAction {
  /// Which of the rules at one step of policies of one rank wins: the lowest.
  fileprivate var precedence: Int {
    switch self {
    case .log: 0
    case .deny: 1
    case .allow: 2
    case .pass: 3
    }
  }
}
