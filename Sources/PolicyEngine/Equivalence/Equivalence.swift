package import PolicyModel

/// Whether two sets of policies mean the same, in every cluster that conditions allow.
///
/// Both are asked about all pairs of a ``SymbolicWorld``: what is compared are sets of ports between kinds of pods, nodes,
/// sets of addresses and names, not examples.
package struct Equivalence: Sendable {
  /// Policies, and whose rules say what they mean.
  package struct Side: Sendable {
    package let tiers: [Tier]
    package let profile: EngineProfile

    package init(_ tiers: [Tier], _ profile: EngineProfile) {
      self.tiers = tiers
      self.profile = profile
    }
  }

  /// Connections about which the sides may differ; their policies' rules say which, whatever their actions.
  package struct Tolerance: Sendable {
    /// What may be let through although it is not intended.
    package var widening: [Policy] = []
    /// What may be denied although it is intended.
    package var narrowing: [Policy] = []

    package init() {}
  }

  /// A flow that the sides decide differently.
  package struct Witness: Sendable {
    package let flow: Flow
    /// The ends in words: `shop/app=web`.
    package let source: String
    package let destination: String
    /// How the intended policies decide it.
    package let intended: Verdict
    /// How the others do.
    package let actual: Verdict
  }

  /// Up to a limit, in the order of the world; none when the sides mean the same.
  package let witnesses: [Witness]
  /// How many pairs of ends there are on which they differ beyond the tolerance.
  package let differenceCount: Int
  package let symbolicWorld: SymbolicWorld
  /// How many pairs of ends were compared.
  package let pairCount: Int
  /// Whether protocols without ports were compared too.
  package let comparesOtherProtocols: Bool
  /// For traces of ``witnesses``.
  package let intendedEvaluator: FlowEvaluator
  package let actualEvaluator: FlowEvaluator

  /// Compares two sides. O(kinds of pods²).
  ///
  /// - Parameters:
  ///   - comparesOtherProtocols: false where the actual side's specification says nothing of protocols without ports.
  ///   - witnessLimit: how many witnesses are looked for.
  package init(
    intended: Side, actual: Side, tolerating tolerance: Tolerance = Tolerance(),
    under conditions: SymbolicWorld.Conditions = .init(), comparesOtherProtocols: Bool = true,
    witnessLimit: Int = 3
  ) throws(TooManyDistinctions) {
    func named(_ tiers: [Tier]) -> [Tier] { tiers.map { $0.namingNamespacesByLabel() } }
    let (intendedTiers, actualTiers) = (named(intended.tiers), named(actual.tiers))
    let isStrict = intended.tiers.contains(where: \.isStrict)
    let wide = named(Self.tier(tolerance.widening, .allow, isStrict: isStrict))
    let narrow = named(Self.tier(tolerance.narrowing, .deny, isStrict: isStrict))
    let everything = (wide + narrow + intendedTiers + actualTiers).flatMap(\.policies)
    let symbolic = try SymbolicWorld(everything, conditions)
    symbolicWorld = symbolic
    intendedEvaluator = FlowEvaluator(
      world: symbolic.world, tiers: intendedTiers, profile: intended.profile)
    actualEvaluator = FlowEvaluator(world: symbolic.world, tiers: actualTiers, profile: actual.profile)
    self.comparesOtherProtocols = comparesOtherProtocols

    let entities = Self.entities(of: intendedTiers)
    func compared(isOther: Bool) -> SymbolicComparison {
      let project = isOther ? OtherTrafficAsPorts.project : { $0 }
      func walk(_ tiers: [Tier], _ profile: EngineProfile) -> ConnectivityWalk {
        ConnectivityWalk(
          CompiledPolicies(
            world: symbolic.world, tiers: tiers.map(project), profile: profile, comparedWith: everything))
      }
      let middle = walk(intendedTiers, intended.profile)
      return SymbolicComparison(
        symbolic, isOther: isOther, entities: entities,
        least: narrow.isEmpty ? middle : walk(narrow + intendedTiers, intended.profile),
        most: wide.isEmpty ? middle : walk(wide + intendedTiers, intended.profile),
        actual: walk(actualTiers, actual.profile))
    }
    var comparison = compared(isOther: false)
    comparison.run()
    var found = comparison.differences.prefix(witnessLimit).compactMap(\.flow)
    var count = comparison.differences.count
    if comparesOtherProtocols {
      var others = compared(isOther: true)
      others.run()
      found += others.differences.prefix(max(0, witnessLimit - found.count)).compactMap(\.flow)
      count += others.differences.count
    }
    let (before, after) = (intendedEvaluator, actualEvaluator)
    witnesses = found.map { flow in
      Witness(
        flow: flow, source: symbolic.name(flow.source), destination: symbolic.name(flow.destination),
        intended: before.verdict(flow), actual: after.verdict(flow))
    }
    differenceCount = count
    pairCount = comparison.pairCount
  }

  /// Whether no difference was found but those that are tolerated.
  package var holds: Bool { differenceCount == 0 }

  /// Entities that only one engine knows, as far as policies name them. Other policies say nothing of them.
  private static func entities(of tiers: [Tier]) -> Set<String> {
    var names: Set<String> = []
    for rule in tiers.flatMap(\.policies).flatMap(\.rules) {
      rule.forEachCondition { if case .special(let name) = $0 { names.insert(name) } }
    }
    return names
  }

  /// A tier before all others in which what policies' rules match is decided one way.
  private static func tier(_ policies: [Policy], _ action: RuleAction, isStrict: Bool) -> [Tier] {
    if policies.isEmpty { return [] }
    return [
      Tier(
        name: "tolerated", combination: .firstMatch(.isUndefined),
        policies: policies.map { policy in
          policy.with(isolates: [], rules: policy.rules.map { $0.with(action: action) }, rank: 0)
        }, isStrict: isStrict)
    ]
  }
}
