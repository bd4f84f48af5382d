internal import Kubernetes
package import PolicyModel

/// What each rule changes in the rows, and whether rows would be the same without it.
package struct RuleEffects: Sendable {
  /// Two rules of one rank that match the same connections and disagree.
  package struct Disagreement: Sendable, Hashable {
    package let allowing: Int32
    package let denying: Int32
  }

  /// For each rule, whether it decides something for somebody.
  private var decides: [Bool]
  /// For each rule of an unordered tier, whether others let through all that it does wherever it decides something.
  private var isCovered: [Bool]
  /// By the numbers of the rules.
  package private(set) var disagreements: [Disagreement] = []
  private let compiled: CompiledPolicies

  /// O(rows × groups × rules of a group).
  ///
  /// - Parameter tiers: those that were compiled.
  package init(_ compiled: CompiledPolicies, _ tiers: [Tier]) {
    self.compiled = compiled
    decides = [Bool](repeating: false, count: compiled.rules.count)
    let isUnordered = tiers.map { !$0.isOrdered }
    // In an ordered tier a rule also keeps what it lets through from the rules after it.
    isCovered = compiled.rules.map { isUnordered[Int($0.tier)] }
    var found: Set<Disagreement> = []
    for row in compiled.rows {
      for group in row.groups + row.outside {
        for rule in group.allows + group.denials { decides[Int(rule.rule)] = true }
        noteCovered(group.allows.filter { isUnordered[Int(compiled.rules[Int($0.rule)].tier)] })
        if row.mayTie { Self.disagreements(in: group, compiled, &found) }
      }
    }
    disagreements = found.sorted { ($0.allowing, $0.denying) < ($1.allowing, $1.denying) }
  }

  /// Takes out those that let through something that no other does. O(rules).
  private mutating func noteCovered(_ allows: [Row.RuleTraffic]) {
    if allows.isEmpty { return }
    let traffic = allows.map { compiled.table[$0.traffic].possible }
    var after = [TrafficSet](repeating: .none, count: allows.count + 1)
    for place in allows.indices.reversed() { after[place] = after[place + 1].union(traffic[place]) }
    var before = TrafficSet.none
    for place in allows.indices {
      let others = before.union(after[place + 1])
      if !traffic[place].subtracting(others).isEmpty { isCovered[Int(allows[place].rule)] = false }
      before = before.union(traffic[place])
    }
  }

  private static func disagreements(
    in group: Row.Group, _ compiled: CompiledPolicies, _ found: inout Set<Disagreement>
  ) {
    for allow in group.allows {
      let allowing = compiled.rules[Int(allow.rule)]
      for denial in group.denials {
        let denying = compiled.rules[Int(denial.rule)]
        guard allowing.tier == denying.tier, allowing.rank == denying.rank,
          allowing.policy != denying.policy,
          compiled.table[allow.traffic].possible.intersects(compiled.table[denial.traffic].possible)
        else { continue }
        found.insert(Disagreement(allowing: allow.rule, denying: denial.rule))
      }
    }
  }

  /// Whether a rule lets through or denies something for somebody.
  package func decidesSomething(_ rule: Int32) -> Bool { decides[Int(rule)] }

  /// Whether no row has anything of a rule although there are ends that it speaks of: others decide before.
  ///
  /// Only for rules that let through or deny; where nothing has the ports that it names, it is not hidden.
  package func isHidden(_ rule: Int32) -> Bool {
    let own = compiled.rules[Int(rule)]
    guard !decides[Int(rule)], own.rule.action == .allow || own.rule.action == .deny,
      !own.rule.traffic.namesPorts, !own.rule.sourcePorts.isRestricted, own.subject == nil,
      !own.rule.traffic.portMatches.isEmpty || !own.rule.traffic.isRestricted,
      !compiled.subjects[Int(own.policy)].isEmpty
    else { return false }
    switch own.peers {
    case .fixed(let parties), .withBlocks(let parties, _): return !parties.isEmpty
    case .general: return false
    }
  }

  /// Whether all rows would be the same without a rule of an unordered tier, for others let through what it does.
  /// Never of a rule of an ordered tier.
  package func isRedundant(_ rule: Int32) -> Bool {
    decides[Int(rule)] && isCovered[Int(rule)] && compiled.rules[Int(rule)].rule.action == .allow
      && compiled.rules[Int(rule)].rule.applicationRules.isEmpty
  }
}

extension CompiledPolicies {
  /// The numbers of a policy's rules, in the order of the text, of each policy.
  package var rulesOfPolicies: [[Int32]] {
    var numbers = [[Int32]](repeating: [], count: policies.count)
    for (number, rule) in rules.enumerated() { numbers[Int(rule.policy)].append(Int32(number)) }
    return numbers
  }

  /// The tier of a rule, as an index of the tiers that were compiled.
  package func tier(ofRule number: Int32) -> Int { Int(rules[Int(number)].tier) }
}
