package import SourceGroups
internal import Synchronization

/// What happened since the start, for ``/metrics``.
package final class Counters: Sendable {
  struct Request: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  struct Transition: Hashable {
    let group: String
    let state: SourceState
  }

  struct Counts {
    var requests: [Request: Int] = [:]
    var transitions: [Transition: Int] = [:]
  }

  private let state = Mutex(Counts())

  package init() {}

  var counts: Counts { state.withLock { $0 } }

  func count(request method: String, route: String, status: Int) {
    state.withLock { $0.requests[Request(method: method, route: route, status: status), default: 0] += 1 }
  }

  /// Counts that sources' members became worth more or less.
  package func count(_ events: [IdentityEvent]) {
    state.withLock { counts in
      for event in events {
        counts.transitions[Transition(group: event.group, state: event.to), default: 0] += 1
      }
    }
  }
}
