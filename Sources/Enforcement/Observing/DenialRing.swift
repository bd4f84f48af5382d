package import Gateway
internal import Kubernetes

/// A packet that a rule denied, or that an audited rule matched.
package struct Denial: Sendable, Hashable {
  /// One more than that of the denial before.
  package let number: UInt64
  /// Microseconds since 1970.
  package let time: Int64
  package let kind: LogReading.Kind
  package let rule: ProgramNames.Rule
  package let packet: PacketSummary
}

/// The last denials, bounded in number.
package struct DenialRing: Sendable {
  private let capacity: Int
  private var denials: [Denial] = []
  private var start = 0
  package private(set) var count: UInt64 = 0

  package init(capacity: Int) { self.capacity = max(1, capacity) }

  /// Adds one; the oldest goes when there are too many. O(1).
  package mutating func append(
    _ kind: LogReading.Kind, _ rule: ProgramNames.Rule, _ packet: PacketSummary, time: Int64
  ) {
    count += 1
    let denial = Denial(number: count, time: time, kind: kind, rule: rule, packet: packet)
    if denials.count < capacity {
      denials.append(denial)
    } else {
      denials[start] = denial
      start = (start + 1) % capacity
    }
  }

  /// Those after the one with a number, the oldest first, and how many of them are gone already.
  package func after(_ number: UInt64, limit: Int) -> (denials: [Denial], missed: UInt64) {
    let known = denials[start...] + denials[..<start]
    let newer = known.drop { $0.number <= number }
    let first = newer.first?.number ?? count + 1
    return (Array(newer.prefix(limit)), first > number + 1 ? first - number - 1 : 0)
  }
}
