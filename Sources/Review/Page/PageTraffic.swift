internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// The sets of ports that a page speaks of, each once.
struct PageTraffic {
  private(set) var sets = Numbering<TrafficSet>()

  /// -1 for nothing.
  mutating func number(of traffic: TrafficSet) -> Int {
    traffic.isEmpty ? -1 : sets.number(of: traffic)
  }

  /// `all ports`, `TCP 80,443`.
  static func text(_ traffic: TrafficSet) -> String { traffic == .all ? "all ports" : traffic.description }
}

extension PageTables {
  /// What certainly flows between two ends, and what possibly flows besides.
  mutating func flow(allowed: TrafficSet, undefined: TrafficSet, _ filter: ConnectivityFilter) -> Flow {
    let state: State =
      if allowed.isEmpty {
        undefined.isEmpty ? .none : .undefined
      } else if !undefined.isEmpty {
        .someAndUndefined
      } else {
        allowed == filter.visible(.all) ? .all : .some
      }
    return Flow(
      state: state, allowed: traffic.number(of: allowed), undefined: traffic.number(of: undefined),
      deniesSome: allowed.union(undefined) != filter.visible(.all))
  }
}
