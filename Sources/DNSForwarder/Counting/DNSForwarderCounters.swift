internal import Synchronization

/// What has happened since a forwarder was made. Without names and clients, of which there is no end.
package struct DNSForwarderCounters: Sendable, Hashable {
  /// Questions that ended so; none for an outcome that is not there.
  package internal(set) var questions: [QuestionOutcome: UInt64] = [:]
  /// Connections that were closed because there were too many, or too many of one client.
  package internal(set) var refusedConnections: UInt64 = 0
}

/// Counters that several threads count with.
final class Tally: Sendable {
  private let state = Mutex(DNSForwarderCounters())

  var counters: DNSForwarderCounters { state.withLock { $0 } }

  func count(_ outcome: QuestionOutcome) { state.withLock { $0.questions[outcome, default: 0] += 1 } }

  func countRefusedConnection() { state.withLock { $0.refusedConnections += 1 } }
}
