internal import Kubernetes
package import PolicyModel

extension CompiledPolicies {
  /// An end of a row of the connectivity relation.
  package enum RowEnd {
    case unit(ConnectivityUnit)
    case addresses(AddressSet)
    /// Index into ``CompiledPolicies/namedEnds``.
    case name(Int)
  }

  /// What opens a direction of a row.
  package enum Deciding {
    case notPoliced
    case notIsolated
    /// Every rule that lets some of the traffic through, ascending, over all cases that the ends stand for, and what
    /// opens the traffic that none of them does.
    case rules([Int32], rest: Rest)
  }

  /// What opens traffic that no rule lets through.
  package enum Rest {
    /// Rules let all of it through.
    case none
    /// These policies (indices, ascending) are asked, and leave open what no rule decides.
    case open([Int32])
    /// It is open in some cases only.
    case unknown
  }

  /// The rules behind a row in one direction. O(facets of the ends × groups + their rules).
  ///
  /// - Parameter traffic: what the row carries; rules that let none of it through are not among the answer.
  package func deciding(
    _ direction: Direction, from source: RowEnd, to destination: RowEnd, carrying traffic: TrafficSet
  ) -> Deciding {
    let (subject, other) = direction == .egress ? (source, destination) : (destination, source)
    guard case .unit(let unit) = subject else { return .notPoliced }
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    let own = classes[Int(unit.endpointClass)].facets.map(Int.init)
    let rowNumbers = Set(own.map { rowOfFacet[$0] }).subtracting([Self.openRow]).sorted()
    if rowNumbers.isEmpty {
      return own.contains { facets[$0].isPoliced } ? .notIsolated : .notPoliced
    }
    var numbers: Set<Int32> = []
    var decided = TrafficSet.none
    var certain = TrafficSet.all
    func add(_ group: Row.Group?) {
      guard let group else {
        // Nothing flows in this case.
        certain = .none
        return
      }
      certain = certain.intersection(table[group.traffic].certain)
      for rule in group.allows where table[rule.traffic].possible.intersects(traffic) {
        numbers.insert(rule.rule)
        decided = decided.union(table[rule.traffic].possible)
      }
    }
    for number in rowNumbers {
      for group in groups(of: rows[Int(number)], other) { add(group) }
    }
    let rest = traffic.subtracting(decided)
    if rest.isEmpty { return .rules(numbers.sorted(), rest: .none) }
    guard rest.subtracting(certain).isEmpty else { return .rules(numbers.sorted(), rest: .unknown) }
    let policies =
      rowNumbers.count == 1
      ? rows[Int(rowNumbers[0])].policies : Set(rowNumbers.flatMap { rows[Int($0)].policies }).sorted()
    return .rules(numbers.sorted(), rest: .open(policies))
  }
}

extension CompiledPolicies {
  /// All rules of the policies that isolate a unit in a direction, whoever they speak of.
  package func deciding(_ direction: Direction, of unit: ConnectivityUnit) -> Deciding {
    let own = classes[Int(unit.endpointClass)].facets.map(Int.init)
    let rowOfFacet = direction == .egress ? egressRow : ingressRow
    let concerned = Set(own.flatMap { rows[Int(rowOfFacet[$0])].policies })
    if concerned.isEmpty { return own.contains { facets[$0].isPoliced } ? .notIsolated : .notPoliced }
    return .rules(
      rules.indices.filter { concerned.contains(rules[$0].policy) && rules[$0].rule.direction == direction }
        .map(Int32.init), rest: .none)
  }
}
