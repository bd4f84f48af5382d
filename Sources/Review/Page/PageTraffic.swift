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
    let parts = [allowed, undefined, filter.visible(.all).subtracting(allowed.union(undefined))]
    let most = parts.indices.max { parts[$0].portCount < parts[$1].portCount } ?? 0
    return Flow(
      state: state, allowed: traffic.number(of: parts[0]), undefined: traffic.number(of: parts[1]),
      denied: traffic.number(of: parts[2]), rest: parts.count { !$0.isEmpty } > 1 ? most : -1)
  }
}
