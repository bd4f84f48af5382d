package import PolicyEngine
package import PolicyModel

/// What becomes of traffic that has another outcome than before.
package struct TrafficDifference: Sendable, Hashable {
  /// Traffic that went from one outcome to another.
  package struct Part: Sendable, Hashable {
    package let from: Outcome
    package let to: Outcome
    package let traffic: TrafficSet

    /// Whether more may flow than before.
    package var opens: Bool { from == .denied || to == .allowed }
  }

  /// Disjoint; none is empty. What opens goes first.
  package let parts: [Part]

  package typealias Connection = (certain: TrafficSet, possible: TrafficSet)

  init(from before: Connection, to after: Connection) {
    func traffic(_ outcome: Outcome, _ connection: Connection) -> TrafficSet {
      switch outcome {
      case .allowed: connection.certain
      case .undefined: connection.possible.subtracting(connection.certain)
      case .denied: TrafficSet.all.subtracting(connection.possible)
      }
    }
    let pairs: [(Outcome, Outcome)] = [
      (.denied, .allowed), (.undefined, .allowed), (.denied, .undefined), (.allowed, .undefined),
      (.undefined, .denied), (.allowed, .denied),
    ]
    parts = pairs.compactMap { old, new in
      let part = traffic(old, before).intersection(traffic(new, after))
      return part.isEmpty ? nil : Part(from: old, to: new, traffic: part)
    }
  }

  /// All traffic that has another outcome.
  package var whole: TrafficSet { parts.reduce(TrafficSet.none) { $0.union($1.traffic) } }

  package var opens: Bool { parts.contains(where: \.opens) }
  package var closes: Bool { parts.contains { !$0.opens } }
}
