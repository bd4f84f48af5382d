internal import Kubernetes
package import PolicyModel

/// What makes one direction of a row what it is, for some traffic.
package struct Deciders: Sendable, Hashable {
  /// Rules that let some of the traffic through, ascending; see ``CompiledPolicies/policyAndRule(_:)``.
  package let allows: [Int32]
  /// Rules that deny some of it, ascending.
  package let denials: [Int32]
  /// Policies that close what nothing decides, ascending; none when all of the traffic is open.
  package let closing: [Int32]
  /// All policies that say something about the end, whether they decide this or not, ascending.
  package let concerned: [Int32]
  /// What certainly and what possibly flows of it in this direction.
  package let certain: TrafficSet
  package let possible: TrafficSet
  /// Whether policies apply to the end at all.
  package let isPoliced: Bool
}

/// A place in the rows that many pairs of units share.
package struct DecidingPlace: Sendable, Hashable {
  let row: Int32
  /// -1 for ends in no group of the row.
  let group: Int32
}

extension CompiledPolicies {
  /// Looks one direction up. O(facets of the ends × groups + their rules).
  ///
  /// - Parameter traffic: what is asked about; rules that decide none of it are not among the answer.
  package func deciders(
    _ direction: Direction, from source: RowEnd, to destination: RowEnd, about traffic: TrafficSet
  ) -> Deciders {
    let (subject, other) = direction == .egress ? (source, destination) : (destination, source)
    let unit: ConnectivityUnit
    switch subject {
    case .unit(let own): unit = own
    case .addresses, .name: return .unpoliced(traffic)
    }
    let own = classes[Int(unit.endpointClass)].facets.map(Int.init)
    guard own.contains(where: { facets[$0].isPoliced }) else { return .unpoliced(traffic) }
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    var found = Collected(traffic)
    for number in Set(own.map { rowOfFacet[$0] }).sorted() {
      let row = rows[Int(number)]
      for group in groups(of: row, other) { found.add(row, group, table) }
    }
    return found.deciders
  }

  /// Where the answer of ``deciders(_:from:to:about:)`` stands; nil when it stands in several places. O(groups).
  package func decidingPlace(
    _ direction: Direction, from source: ConnectivityUnit, to destination: ConnectivityUnit
  ) -> DecidingPlace? {
    let (subject, other) = direction == .egress ? (source, destination) : (destination, source)
    let facets = classes[Int(other.endpointClass)].facets
    guard facets.count == 1, let row = soleRow(of: subject, direction) else { return nil }
    let facet = Int(facets[0])
    let group = rows[Int(row)].groups.firstIndex { $0.members.contains(facet) }
    return DecidingPlace(row: row, group: Int32(group ?? -1))
  }

  /// The groups of a row that an end is in; nil for parts of it that are in none.
  func groups(of row: Row, _ end: RowEnd) -> [Row.Group?] {
    switch end {
    case .unit(let unit): classes[Int(unit.endpointClass)].facets.map { row.group(of: Int($0)) }
    case .addresses(let addresses):
      addresses.intervals.map {
        row.outsideGroup(of: Int(atoms.atom(of: .init($0.family, bits: $0.first))))
      }
    case .name(let name): namedEnds[name].members.map { row.outsideGroup(of: atoms.count + $0) }
    }
  }

  private struct Collected {
    private let traffic: TrafficSet
    private var allows: Set<Int32> = []
    private var denials: Set<Int32> = []
    private var closing: Set<Int32> = []
    private var concerned: Set<Int32> = []
    private var whole: TrafficPair?

    init(_ traffic: TrafficSet) { self.traffic = traffic }

    mutating func add(_ row: Row, _ group: Row.Group?, _ table: TrafficTable) {
      let pair = group.map { table[$0.traffic] } ?? .none
      concerned.formUnion(row.policies)
      whole = whole?.either(pair) ?? pair
      if !traffic.subtracting(pair.certain).isEmpty { closing.formUnion(row.closing) }
      guard let group else { return }
      for rule in group.allows where table[rule.traffic].possible.intersects(traffic) {
        allows.insert(rule.rule)
      }
      for rule in group.denials where table[rule.traffic].possible.intersects(traffic) {
        denials.insert(rule.rule)
      }
    }

    var deciders: Deciders {
      let pair = whole ?? .none
      return Deciders(
        allows: allows.sorted(), denials: denials.sorted(), closing: closing.sorted(),
        concerned: concerned.sorted(), certain: pair.certain.intersection(traffic),
        possible: pair.possible.intersection(traffic),
        isPoliced: true)
    }
  }
}

extension Deciders {
  fileprivate static func unpoliced(_ traffic: TrafficSet) -> Deciders {
    Deciders(
      allows: [], denials: [], closing: [], concerned: [], certain: traffic, possible: traffic,
      isPoliced: false)
  }
}
