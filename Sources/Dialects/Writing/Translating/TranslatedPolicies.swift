internal import Kubernetes
package import PolicyModel

/// Policies of an engine's tiers in the three stages that writers know, and what has no place in these.
///
/// The first tier that adds up what policies allow is the normal stage, and so is Calico's `default`; tiers before it are
/// the admin stage and those after it the baseline, one after the other.
package struct TranslatedPolicies: Sendable {
  package private(set) var policies: [PlainPolicy] = []
  package private(set) var losses: [Loss] = []

  /// - Parameters:
  ///   - tiers: in the order of evaluation; those without policies may be left out.
  ///   - baseline: names of tiers that come after the normal stage.
  ///   - surroundings: what is known of the cluster.
  package init(_ tiers: [Tier], baseline: Set<String>, _ surroundings: Surroundings) {
    let normal = tiers.firstIndex { !$0.isOrdered || $0.name == "default" }
    let before = tiers[..<(normal ?? tiers.firstIndex { baseline.contains($0.name) } ?? tiers.count)]
    let after = tiers[(normal.map { $0 + 1 } ?? before.endIndex)...]
    addOrdered(before, .admin)
    if let normal { addNormal(tiers[normal], hasLater: !after.isEmpty, surroundings) }
    addOrdered(after, .baseline)
  }

  private mutating func append(_ plain: PlainPolicies) {
    policies += plain.policies
    losses += plain.losses
  }

  private mutating func lose(
    _ name: Loss.Name, _ effect: Loss.Effect, _ message: String, _ policy: PlainPolicy, _ rule: PlainRule
  ) {
    losses.append(
      Loss(
        name, .init(effect, on: [rule.lowered()]), message, policy: policy.identity, at: rule.location,
        subject: policy.subject.lowered))
  }

  // MARK: - Ordered stages

  /// Tiers one after the other. Policies of one rank stay together, as nobody says which of them goes first.
  private mutating func addOrdered(_ tiers: ArraySlice<Tier>, _ stage: PlainPolicy.Stage) {
    let keepsRanks = tiers.count == 1 && tiers.allSatisfy { $0.policies.allSatisfy(\.isolates.isEmpty) }
    var next = 0
    for (index, tier) in zip(tiers.indices, tiers) {
      var ranks: [Int: Int] = [:]
      for rank in Set(tier.policies.map(\.rank)).sorted() {
        ranks[rank] = keepsRanks ? rank : next
        next += 1
      }
      var plain = PlainPolicies()
      for policy in tier.policies { plain.add(policy.with(rank: ranks[policy.rank] ?? next), stage: stage) }
      let closing = tier.policies.filter { !$0.isolates.isEmpty }
      for policy in closing { plain.add(policy.closing(rank: next), stage: stage) }
      if !closing.isEmpty { next += 1 }
      append(plain)
      if index + 1 < tiers.endIndex { losePasses(plain.policies) }
    }
  }

  /// Where several tiers become one stage, a pass leaves all of them.
  private mutating func losePasses(_ policies: [PlainPolicy]) {
    for policy in policies {
      for rule in policy.rules where rule.action == .pass {
        lose(
          .pass, .both,
          "the rule passes on to the next tier, and there is one for all of them: it leaves that",
          policy, rule)
      }
    }
  }

  // MARK: - The normal stage

  private mutating func addNormal(_ tier: Tier, hasLater: Bool, _ surroundings: Surroundings) {
    var plain = PlainPolicies()
    if !tier.isOrdered {
      for policy in tier.policies { plain.add(policy, stage: .normal) }
      append(plain)
      return
    }
    var parts: [PlainPolicy] = []
    for policy in tier.policies.sorted(by: { ($0.rank, $0.identity) < ($1.rank, $1.identity) }) {
      var own = PlainPolicies()
      own.add(policy, stage: .normal)
      losses += own.losses
      parts += own.policies
      losePasses(of: policy)
    }
    let order = FirstMatchOrder(parts, surroundings)
    for (index, part) in parts.enumerated() {
      let (kept, lost) = order.kept(index)
      policies.append(kept)
      for rule in lost {
        lose(
          .ruleOrder, .narrows,
          "an earlier rule allows a part of what this one denies, and order does not count: all of it is denied",
          part, rule)
      }
    }
  }

  private mutating func losePasses(of policy: Policy) {
    guard let subject = policy.subject.endpoints else { return }
    for rule in policy.rules where rule.action == .pass {
      losses.append(
        Loss(
          .pass, .init(.both, on: [rule.with(traffic: .any).with(peers: .anyone)]),
          "nothing is asked after the policies of this tier: the rule is left out",
          policy: policy.identity, at: rule.location, subject: subject))
    }
  }
}

extension PolicySet {
  /// Names of tiers that are asked after NetworkPolicies.
  package var baselineTiers: Set<String> {
    var names: Set<String> = [ClusterNetworkPolicy.Tier.baseline.rawValue, "kube-baseline"]
    let usual = CalicoTier.builtIn["default"]?.order ?? 0
    for case .tier(let tier) in calico where tier.order ?? .infinity > usual { names.insert(tier.meta.name) }
    return names
  }
}

extension Policy {
  /// What the end of a tier does with what the policy closes, as a policy of its own.
  fileprivate func closing(rank: Int) -> Policy {
    with(
      identity: PolicyIdentity(
        kind: identity.kind, namespace: identity.namespace, name: "\(identity.name)-closed"),
      isolates: [],
      rules: Direction.allCases.filter(isolates.contains).map {
        Rule(
          direction: $0, action: .deny, path: $0.name, peers: .anyone, traffic: .any, location: location)
      }, rank: rank)
  }
}

/// Rules of which the first that matches decides, as rules of which those that deny win.
private struct FirstMatchOrder {
  private struct Allowance {
    let subject: PlainSelector
    let rule: PlainRule
    /// Its place among all rules.
    let place: Int
  }

  private let policies: [PlainPolicy]
  /// The place of each policy's first rule.
  private var places: [Int] = []
  private var allowances: [Allowance] = []
  private let difference: RuleDifference

  /// - Parameter policies: in the order of evaluation.
  init(_ policies: [PlainPolicy], _ surroundings: Surroundings) {
    self.policies = policies
    difference = RuleDifference(pods: surroundings.pods)
    var place = 0
    for policy in policies {
      places.append(place)
      for (offset, rule) in policy.rules.enumerated() where rule.action == .allow {
        allowances.append(Allowance(subject: policy.subject, rule: rule, place: place + offset))
      }
      place += policy.rules.count
    }
  }

  /// A policy without what earlier rules decide, and rules of it that deny more than they did.
  func kept(_ index: Int) -> (policy: PlainPolicy, lost: [PlainRule]) {
    let policy = policies[index]
    var kept: [PlainRule] = []
    var lost: [PlainRule] = []
    for (offset, rule) in policy.rules.enumerated() {
      switch rule.action {
      case .allow: kept.append(rule)
      case .deny:
        let meeting = allowances.filter { meets($0, rule, policy.subject) }
        let place = places[index] + offset
        // What nothing allows later is denied at the end of the tier anyway.
        if policy.isolates.contains(rule.direction), !meeting.contains(where: { $0.place > place }) {
          continue
        }
        if let rest = rest(of: rule, policy.subject, without: meeting.filter { $0.place < place }) {
          kept += rest
        } else {
          lost.append(rule)
          kept.append(rule)
        }
      case .pass, .log: continue
      }
    }
    return (policy.with(rules: kept), lost)
  }

  /// Whether a rule that denies may match something that is allowed.
  private func meets(_ allowance: Allowance, _ rule: PlainRule, _ subject: PlainSelector) -> Bool {
    allowance.rule.direction == rule.direction && allowance.subject.intersection(subject) != nil
      && difference.subtract(allowance.rule, from: rule) != [rule]
  }

  /// What a rule denies that none of these allows; nil when rules cannot say it.
  private func rest(
    of rule: PlainRule, _ subject: PlainSelector, without earlier: [Allowance]
  ) -> [PlainRule]? {
    var rest = [rule]
    for allowance in earlier {
      guard allowance.subject.contains(subject) else { return nil }
      var next: [PlainRule] = []
      for part in rest {
        guard let parts = difference.subtract(allowance.rule, from: part) else { return nil }
        next += parts
      }
      rest = next
    }
    return rest
  }
}

extension Loss.Name {
  /// A rule that leaves its tier.
  package static let pass = Loss.Name(rawValue: "pass")
  /// Rules of which the first that matches decides.
  package static let ruleOrder = Loss.Name(rawValue: "rule-order")
}
