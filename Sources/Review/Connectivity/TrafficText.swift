internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What rows say about their traffic, by connection number; each text is made once.
struct TrafficTexts {
  /// Numbers of texts in ``pool``; -1 for none.
  struct Numbers {
    /// What certainly flows.
    let allowed: Int
    /// What possibly flows besides.
    let undefined: Int
  }

  private(set) var pool = TextPool()
  private var numbers: [Numbers?] = []
  private let filter: ConnectivityFilter
  private let format: (_ traffic: TrafficSet, _ isUndefined: Bool) -> String

  init(_ filter: ConnectivityFilter, format: @escaping (_ traffic: TrafficSet, _ isUndefined: Bool) -> String)
  {
    self.filter = filter
    self.format = format
  }

  @inline(__always)
  mutating func numbers(_ id: ConnectivityWalk.ConnectionID, _ walk: ConnectivityWalk) -> Numbers {
    if Int(id) < numbers.count, let known = numbers[Int(id)] { return known }
    return make(id, walk)
  }

  private mutating func make(_ id: ConnectivityWalk.ConnectionID, _ walk: ConnectivityWalk) -> Numbers {
    let index = Int(id)
    if index >= numbers.count { numbers += [Numbers?](repeating: nil, count: index - numbers.count + 64) }
    let (allowed, undefined) = filter.visible(walk, id)
    let made = Numbers(
      allowed: allowed.isEmpty ? -1 : pool.append(format(allowed, false)),
      undefined: undefined.isEmpty ? -1 : pool.append(format(undefined, true)))
    numbers[index] = made
    return made
  }
}

extension ConnectivityFilter {
  /// The part of a connection that is asked for: what certainly flows, and what possibly flows besides.
  func visible(
    _ walk: ConnectivityWalk, _ id: ConnectivityWalk.ConnectionID
  ) -> (allowed: TrafficSet, undefined: TrafficSet) {
    let (certain, possible) = walk.connection(id)
    let allowed = visible(certain)
    return (allowed, visible(possible).subtracting(allowed))
  }
}

extension TrafficSet {
  /// NetworkPolicy's shape: `[{"protocol":"TCP","port":80}]`; no port means all of them.
  var data: DataValue {
    .list(
      TransportProtocol.allCases.flatMap { transport -> [DataValue] in
        let name = DataValue.string(transport.name)
        if self[transport] == .all { return [.members(("protocol", name))] }
        return self[transport].ranges.map { range in
          .members(
            ("protocol", name), ("port", .integer(Int(range.lowerBound))),
            ("endPort", range.count > 1 ? .integer(Int(range.upperBound)) : nil))
        }
      })
  }
}
