internal import Kubernetes
internal import PolicyModel

/// Collects rows, one per distinct question.
struct RowAssembly {
  private(set) var rows: [Row]
  var table = TrafficTable()
  private let tiers: [Tier]
  private let facets: [Facet]
  private let looksAtPlacement: Bool
  private let compiled: CompiledPolicies.Selection
  private var builder: RowBuilder
  private var peers: PeerCompiler
  private var numbers: [RowBuilder.Question: Int32] = [:]
  /// Whether any rule asks something of its subject.
  private let asksSubjects: Bool
  /// For each policy, whether its tier is strict.
  private let isStrict: [Bool]
  private let hasStrictTiers: Bool

  init(
    tiers: [Tier], facets: [Facet], looksAtPlacement: Bool, compiled: CompiledPolicies.Selection,
    builder: RowBuilder, peers: PeerCompiler
  ) {
    self.tiers = tiers
    self.facets = facets
    self.looksAtPlacement = looksAtPlacement
    self.compiled = compiled
    self.builder = builder
    self.peers = peers
    rows = [builder.openRow()]
    isStrict = compiled.tierOfPolicy.map { tiers[Int($0)].isStrict }
    hasStrictTiers = isStrict.contains(true)
    asksSubjects = compiled.rules.contains { $0.subject != nil }
  }

  /// The row of each facet.
  mutating func rows(_ direction: Direction) -> CompiledPolicies.RowsOfFacets {
    let concerned = concernedPolicies(direction)
    var result = CompiledPolicies.RowsOfFacets()
    for facet in facets.indices {
      let apart = row(direction, concerned[facet], facet: facet)
      result.apart.append(apart)
      result.onSameNode.append(
        looksAtPlacement ? row(direction, concerned[facet], facet: facet, isSameNode: true) : apart)
      let hasStrict = hasStrictTiers && concerned[facet].contains { isStrict[Int($0)] }
      result.exemptOnSameNode.append(
        hasStrict
          ? row(direction, concerned[facet], facet: facet, isSameNode: true, isExempt: true)
          : CompiledPolicies.openRow)
    }
    return result
  }

  /// For each facet, the policies that say something about it, ascending.
  private func concernedPolicies(_ direction: Direction) -> [[Int32]] {
    var concerned = [[Int32]](repeating: [], count: facets.count)
    var number = 0
    for policy in tiers.lazy.flatMap(\.policies) {
      if policy.concerns(direction) {
        compiled.subjects[number].forEach { concerned[$0].append(Int32(number)) }
      }
      number += 1
    }
    return concerned
  }

  private mutating func row(
    _ direction: Direction, _ policies: [Int32], facet: Int, isSameNode: Bool = false, isExempt: Bool = false
  ) -> Int32 {
    if policies.isEmpty { return CompiledPolicies.openRow }
    let asked = isExempt ? policies.filter { isStrict[Int($0)] } : policies
    let ruleNumbers = asked.flatMap {
      direction == .egress
        ? compiled.rulesOfPolicy[Int($0)].egress : compiled.rulesOfPolicy[Int($0)].ingress
    }
    let ports = facets[facet].ports
    let namesSubjectPorts =
      ports != 0 && ruleNumbers.contains { compiled.rules[Int($0)].rule.subjectPorts.namesPorts }
    let (excluded, isUnknown) = asksSubjects ? exclusions(ruleNumbers, facet: facet) : ([], false)
    let question = RowBuilder.Question(
      direction: direction, policies: policies, ports: namesSubjectPorts ? ports : 0, excluded: excluded,
      unknownSubject: isUnknown ? Int32(facet) : -1, isSameNode: isSameNode && looksAtPlacement,
      isExempt: isExempt)
    if let known = numbers[question] { return known }
    let number = Int32(rows.count)
    let tiers = tierParts(policies, direction, isExempt: isExempt)
    rows.append(builder.row(question, tiers, rules: ruleNumbers, &table))
    numbers[question] = number
    return number
  }

  /// Rules that ask the subject to be something else, and whether some ask for an address that is not known.
  private mutating func exclusions(_ ruleNumbers: [Int32], facet: Int) -> ([Int32], isUnknown: Bool) {
    var excluded: [Int32] = []
    var isUnknown = false
    for number in ruleNumbers {
      guard let subject = compiled.rules[Int(number)].subject else { continue }
      if facets[facet].address == .unknown {
        switch subject {
        case .fixed: break
        case .withBlocks, .general:
          isUnknown = true
          continue
        }
      }
      if !peers.includes(subject, facet: facet, at: -1) { excluded.append(number) }
    }
    return (excluded, isUnknown)
  }

  /// - Parameter isExempt: whether only strict tiers are asked.
  private func tierParts(
    _ policies: [Int32], _ direction: Direction, isExempt: Bool
  ) -> [RowTier] {
    var parts: [RowTier] = []
    var rest = policies[...]
    var start = 0
    for (number, tier) in tiers.enumerated() {
      let own = rest.prefix { compiled.tierOfPolicy[Int($0)] == Int32(number) }
      rest = rest.dropFirst(own.count)
      if !own.isEmpty {
        let closing = own.filter { tier.policies[Int($0) - start].isolates.contains(direction) }
        let ranks = own.map { tier.policies[Int($0) - start].rank }
        parts.append(
          RowTier(
            tier: Int32(number), combination: tier.combination, closing: closing,
            mayTie: tier.isStrict && zip(ranks, ranks.dropFirst()).contains { $0 == $1 },
            isExempt: isExempt && !tier.isStrict))
      }
      start += tier.policies.count
    }
    return parts
  }
}
