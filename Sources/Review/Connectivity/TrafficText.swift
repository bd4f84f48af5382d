internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What a row says about its traffic.
struct TrafficText {
  /// What certainly flows; empty when nothing does.
  let allowed: [UInt8]
  /// What possibly flows besides; empty when nothing does.
  let undefined: [UInt8]
}

/// Texts by connection number, made once per distinct traffic.
struct TrafficTexts {
  private var texts: [TrafficText?] = []
  private let filter: ConnectivityFilter
  private let format: (_ traffic: TrafficSet, _ isUndefined: Bool) -> String

  init(_ filter: ConnectivityFilter, format: @escaping (_ traffic: TrafficSet, _ isUndefined: Bool) -> String) {
    self.filter = filter
    self.format = format
  }

  @inline(__always)
  mutating func text(_ id: ConnectivityWalk.ConnectionID, _ walk: ConnectivityWalk) -> TrafficText {
    if Int(id) < texts.count, let known = texts[Int(id)] { return known }
    return make(id, walk)
  }

  private mutating func make(_ id: ConnectivityWalk.ConnectionID, _ walk: ConnectivityWalk) -> TrafficText {
    let index = Int(id)
    if index >= texts.count { texts += [TrafficText?](repeating: nil, count: index - texts.count + 64) }
    let (certain, possible) = walk.connection(id)
    let allowed = filter.visible(certain)
    let undefined = filter.visible(possible).subtracting(allowed)
    let text = TrafficText(
      allowed: allowed.isEmpty ? [] : Array(format(allowed, false).utf8),
      undefined: undefined.isEmpty ? [] : Array(format(undefined, true).utf8))
    texts[index] = text
    return text
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
