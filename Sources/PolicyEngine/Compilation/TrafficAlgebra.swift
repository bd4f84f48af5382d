internal import PolicyModel

/// Sets of traffic by number, for making rows: equal sets have one number, and what two make together is worked out
/// once. Few sets are met, each of them in thousands of rows.
struct TrafficAlgebra {
  /// A set. Numbers of different algebras say nothing of each other.
  struct Number: Hashable {
    fileprivate let value: UInt32

    static let none = Number(value: 0)
    static let all = Number(value: 1)

    @inline(__always) var isEmpty: Bool { value == 0 }
  }

  private enum Operation: UInt64 {
    case union
    case intersection
    case difference
  }

  private struct Question: Hashable {
    let operation: Operation
    let first: UInt32
    let second: UInt32

    /// There are far fewer sets than 2³¹.
    func hash(into hasher: inout Hasher) {
      hasher.combine(operation.rawValue << 62 | UInt64(first) << 31 | UInt64(second))
    }
  }

  private var sets: [TrafficSet] = [.none, .all]
  private var numbers: [TrafficSet: Number] = [.none: .none, .all: .all]
  private var results: [Question: Number] = [:]

  subscript(number: Number) -> TrafficSet { sets[Int(number.value)] }

  mutating func number(of set: TrafficSet) -> Number {
    if let known = numbers[set] { return known }
    let number = Number(value: UInt32(sets.count))
    sets.append(set)
    numbers[set] = number
    return number
  }

  /// O(1) after the first time, as the other operations.
  mutating func union(_ a: Number, _ b: Number) -> Number {
    if a == b || b == .none || a == .all { return a }
    if a == .none || b == .all { return b }
    return result(.union, min(a.value, b.value), max(a.value, b.value)) { $0.union($1) }
  }

  mutating func intersection(_ a: Number, _ b: Number) -> Number {
    if a == b || a == .none || b == .all { return a }
    if b == .none || a == .all { return b }
    return result(.intersection, min(a.value, b.value), max(a.value, b.value)) { $0.intersection($1) }
  }

  mutating func subtracting(_ a: Number, _ b: Number) -> Number {
    if a == .none || b == .none { return a }
    if a == b || b == .all { return .none }
    return result(.difference, a.value, b.value) { $0.subtracting($1) }
  }

  @inline(__always)
  private mutating func result(
    _ operation: Operation, _ first: UInt32, _ second: UInt32,
    _ work: (TrafficSet, TrafficSet) -> TrafficSet
  ) -> Number {
    let question = Question(operation: operation, first: first, second: second)
    if let known = results[question] { return known }
    let found = number(of: work(sets[Int(first)], sets[Int(second)]))
    results[question] = found
    return found
  }
}
