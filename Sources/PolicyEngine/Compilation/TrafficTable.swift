internal import Kubernetes
internal import PolicyModel

/// Traffic that certainly flows and traffic that possibly flows; the first is part of the second.
struct TrafficPair: Sendable, Hashable {
  let certain: TrafficSet
  let possible: TrafficSet

  static let none = TrafficPair(certain: .none, possible: .none)
  static let all = TrafficPair(certain: .all, possible: .all)

  init(certain: TrafficSet, possible: TrafficSet) {
    self.certain = certain
    self.possible = possible
  }

  init(_ traffic: TrafficSet) {
    self.init(certain: traffic, possible: traffic)
  }

  /// What is certain is nearly always all that is possible.
  func hash(into hasher: inout Hasher) { hasher.combine(possible) }

  func union(_ other: TrafficPair) -> TrafficPair {
    TrafficPair(certain: certain.union(other.certain), possible: possible.union(other.possible))
  }

  func intersection(_ other: TrafficPair) -> TrafficPair {
    TrafficPair(
      certain: certain.intersection(other.certain), possible: possible.intersection(other.possible))
  }

  /// Over two situations that are both possible.
  func either(_ other: TrafficPair) -> TrafficPair {
    TrafficPair(certain: certain.intersection(other.certain), possible: possible.union(other.possible))
  }

  func outcome(_ transport: TransportProtocol, _ port: UInt16) -> Outcome {
    certain.contains(transport, port) ? .allowed : possible.contains(transport, port) ? .undefined : .denied
  }
}

/// Gives equal pairs one number, so that a matrix of them is a matrix of small integers.
///
/// Numbers below 2 are fixed: ``none`` and ``all``.
struct TrafficTable: Sendable {
  typealias ID = Int32
  static let none: ID = 0
  static let all: ID = 1

  private(set) var pairs: [TrafficPair] = [.none, .all]
  private var numbers: [TrafficPair: ID] = [.none: none, .all: all]
  private var dense: [ID] = []
  private var denseSide = 0
  private var sparse: [UInt64: ID] = [:]

  subscript(id: ID) -> TrafficPair { pairs[Int(id)] }

  mutating func id(of pair: TrafficPair) -> ID {
    if let known = numbers[pair] { return known }
    let id = ID(pairs.count)
    pairs.append(pair)
    numbers[pair] = id
    return id
  }

  /// Makes room for a square table of the intersections of all pairs known so far, when it is not too large.
  mutating func prepareIntersections() {
    denseSide = min(pairs.count, 2048)
    dense = [ID](repeating: -1, count: denseSide * denseSide)
  }

  /// The number of the intersection of two pairs. O(1) after the first time.
  @inline(__always)
  mutating func intersection(_ a: ID, _ b: ID) -> ID {
    if a == b || b == Self.all { return a }
    if a == Self.all { return b }
    if a == Self.none || b == Self.none { return Self.none }
    if Int(a) < denseSide, Int(b) < denseSide {
      let place = Int(a) * denseSide + Int(b)
      let known = dense[place]
      if known >= 0 { return known }
      let result = id(of: pairs[Int(a)].intersection(pairs[Int(b)]))
      dense[place] = result
      return result
    }
    let key = UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
    if let known = sparse[key] { return known }
    let result = id(of: pairs[Int(a)].intersection(pairs[Int(b)]))
    sparse[key] = result
    return result
  }
}
