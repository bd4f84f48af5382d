internal import Kubernetes
package import PolicyModel

/// Everything that one direction decides between two ends, for all traffic at once and rule by rule.
///
/// ``Deciders`` is about some traffic and names what decides it; this says which ports each rule has.
package struct DirectionDecision: Sendable, Hashable {
  /// What a rule decides.
  package struct Part: Sendable, Hashable {
    /// See ``CompiledPolicies/policyAndRule(_:)``.
    package let rule: Int32
    /// In some case at least; what the direction makes of it is ``DirectionDecision/certain`` and
    /// ``DirectionDecision/possible``.
    package let traffic: TrafficSet
    /// What of it rules decide in the same way in every case; of the rest that is left to policies that close the
    /// direction, or to nobody, in some.
    package let decidedByRules: TrafficSet
  }

  /// Whether policies apply to the end at all.
  package let isPoliced: Bool
  /// All policies that say something about the end, ascending.
  package let policies: [Int32]
  /// Those of them that close what nothing decides, ascending.
  package let closing: [Int32]
  /// What rules let through, ascending.
  package let allows: [Part]
  /// What rules deny, ascending.
  package let denials: [Part]
  /// What certainly and what possibly flows in this direction.
  package let certain: TrafficSet
  package let possible: TrafficSet

  /// Of an end that policies do not apply to.
  package static let unpoliced = DirectionDecision(
    isPoliced: false, policies: [], closing: [], allows: [], denials: [], certain: .all, possible: .all)
}

extension CompiledPolicies {
  /// What one direction decides between two ends. O(facets of the ends × groups + their rules).
  package func decision(
    _ direction: Direction, from source: RowEnd, to destination: RowEnd
  ) -> DirectionDecision {
    let (subject, other) = direction == .egress ? (source, destination) : (destination, source)
    guard case .unit(let unit) = subject, isPoliced(unit) else { return .unpoliced }
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    var found = CollectedDecision()
    for number in Set(classes[Int(unit.endpointClass)].facets.map { rowOfFacet[Int($0)] }).sorted() {
      let row = rows[Int(number)]
      for group in groups(of: row, meeting: other) { found.add(row, group, table) }
    }
    return found.decision
  }

  /// Whether policies apply to a unit in some case that it stands for.
  package func isPoliced(_ unit: ConnectivityUnit) -> Bool {
    classes[Int(unit.endpointClass)].facets.contains { facets[Int($0)].isPoliced }
  }

  /// Where the answers of ``decision(_:from:to:)`` of one subject stand; nil where one stands in several places.
  /// O(facets + units).
  package func decidingPlaces(
    _ direction: Direction, of subject: ConnectivityUnit, towards units: [ConnectivityUnit]
  ) -> [DecidingPlace?] {
    guard let row = soleRow(of: subject, direction) else { return units.map { _ in nil } }
    var groupOfFacet = [Int32](repeating: -1, count: facets.count)
    for (number, group) in rows[Int(row)].groups.enumerated() {
      group.members.forEach { groupOfFacet[$0] = Int32(number) }
    }
    return units.map { unit in
      let facets = classes[Int(unit.endpointClass)].facets
      return facets.count == 1 ? DecidingPlace(row: row, group: groupOfFacet[Int(facets[0])]) : nil
    }
  }

  /// The groups of a row that an end is in, nil for parts of it that are in none. Unlike a row's own ends, addresses may
  /// be ones that the row tells apart.
  private func groups(of row: Row, meeting end: RowEnd) -> [Row.Group?] {
    guard case .addresses(let addresses) = end else { return groups(of: row, end) }
    var rest = BitSet(size: everyAtom.words.count * 64)
    for (atom, own) in atoms.sets.enumerated() where !own.isDisjoint(with: addresses) { rest.insert(atom) }
    var found: [Row.Group?] = []
    for group in row.outside where group.members.intersects(rest) {
      found.append(group)
      rest.subtract(group.members)
    }
    return rest.isEmpty ? found : found + [nil]
  }
}

/// A decision over all cases that the ends stand for.
private struct CollectedDecision {
  private var allows: [Int32: TrafficSet] = [:]
  private var denials: [Int32: TrafficSet] = [:]
  private var closing: Set<Int32> = []
  private var policies: Set<Int32> = []
  private var whole: TrafficPair?
  /// What rules let through, and what they deny, in every case so far.
  private var certainlyAllowed = TrafficSet.all
  private var certainlyDenied = TrafficSet.all

  mutating func add(_ row: Row, _ group: Row.Group?, _ table: TrafficTable) {
    let pair = group.map { table[$0.traffic] } ?? .none
    policies.formUnion(row.policies)
    closing.formUnion(row.closing)
    whole = whole?.either(pair) ?? pair
    for part in group?.allows ?? [] {
      allows[part.rule] = (allows[part.rule] ?? .none).union(table[part.traffic].possible)
    }
    for part in group?.denials ?? [] {
      denials[part.rule] = (denials[part.rule] ?? .none).union(table[part.traffic].possible)
    }
    func certain(_ parts: [Row.RuleTraffic]) -> TrafficSet {
      parts.reduce(.none) { $0.union(table[$1.traffic].certain) }
    }
    certainlyAllowed = certainlyAllowed.intersection(certain(group?.allows ?? []))
    certainlyDenied = certainlyDenied.intersection(certain(group?.denials ?? []))
  }

  var decision: DirectionDecision {
    DirectionDecision(
      isPoliced: true, policies: policies.sorted(), closing: closing.sorted(),
      allows: Self.parts(allows, certainlyAllowed), denials: Self.parts(denials, certainlyDenied),
      certain: whole?.certain ?? .none, possible: whole?.possible ?? .none)
  }

  private static func parts(
    _ traffic: [Int32: TrafficSet], _ certain: TrafficSet
  ) -> [DirectionDecision.Part] {
    traffic.sorted { $0.key < $1.key }.map {
      DirectionDecision.Part(rule: $0.key, traffic: $0.value, decidedByRules: $0.value.intersection(certain))
    }
  }
}
