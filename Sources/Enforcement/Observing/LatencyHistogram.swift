/// How long things took, as Prometheus counts it: of each bound, how many took at most so long.
package struct LatencyHistogram: Sendable, Hashable {
  /// In microseconds, ascending.
  package static let bounds = [
    250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000,
  ]

  /// How many were at most each bound, those of lower bounds included.
  package private(set) var counts = [UInt64](repeating: 0, count: bounds.count)
  package private(set) var count: UInt64 = 0
  /// In microseconds.
  package private(set) var sum: UInt64 = 0

  package init() {}

  package mutating func record(_ time: Duration) {
    let microseconds = max(0, Int(time / .microseconds(1)))
    count += 1
    sum &+= UInt64(microseconds)
    for (place, bound) in Self.bounds.enumerated() where microseconds <= bound { counts[place] += 1 }
  }
}
