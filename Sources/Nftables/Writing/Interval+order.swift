internal import Kubernetes

extension Collection<Interval> {
  /// By kind, then by first value, then by last, so that equal sets have equal texts.
  var inOrder: [Interval] { sorted { Interval.precedes($0, $1) } }
}

extension Interval {
  static func precedes(_ left: Interval, _ right: Interval) -> Bool {
    left.sortKey < right.sortKey
  }

  /// Whether a key comes before another of as many parts.
  static func keyPrecedes(_ left: [Interval], _ right: [Interval]) -> Bool {
    for (left, right) in zip(left, right) where left.sortKey != right.sortKey {
      return left.sortKey < right.sortKey
    }
    return left.count < right.count
  }

  private var sortKey: (Int, UInt128, UInt128, String) {
    let (kind, name) = first.kind
    return (kind, first.position ?? 0, last.position ?? 0, name)
  }
}

extension Value {
  fileprivate var kind: (Int, String) {
    switch self {
    case .family: (0, "")
    case .address(let address): (address.family == .ipv4 ? 1 : 2, "")
    case .protocolNumber: (3, "")
    case .port: (4, "")
    case .mark: (5, "")
    case .icmp: (6, "")
    case .interface(let name): (7, name.text)
    }
  }
}
