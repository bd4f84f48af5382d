package import Nftables

/// What a program did with one packet at one hook.
package struct Outcome: Sendable {
  package var fate: Fate = .accepted
  /// How often each named counter was passed.
  package var counters: [CounterName: Int] = [:]
  package var logs: [Log] = []
  package var mark: UInt32 = 0
  /// Nil without a connection.
  package var connectionMark: UInt32?
  /// The keys that rules put into dynamic sets.
  package var updates: [Update] = []
  /// The chains that were entered, in order.
  package var chains: [ChainName] = []
  /// What no kernel would have been told to do: names of nothing, keys of the wrong type, too deep jumps, ports of
  /// packets that have none. Tests expect none.
  package var faults: [String] = []

  package enum Fate: Sendable, Hashable {
    case accepted
    case dropped
    case rejected(Rejection)
  }

  package struct Update: Sendable, Hashable {
    package let set: SetName
    package let key: [Value]
    package let timeout: Duration?
  }

  package var isAccepted: Bool { fate == .accepted }
}
