internal import Kubernetes
internal import Synchronization

/// How much is under way, in all and of each client. As long as the list of clients that have anything under way.
final class Occupancy: Sendable {
  private struct State {
    var inAll = 0
    var ofClients: [IPAddress: Int] = [:]
  }

  private let limit: Int
  private let limitPerClient: Int
  private let state = Mutex(State())

  init(limit: Int, perClient limitPerClient: Int) {
    self.limit = limit
    self.limitPerClient = limitPerClient
  }

  /// Takes a place, which has to be given back with ``leave(_:)``. False when there is none.
  func enter(_ client: IPAddress) -> Bool {
    state.withLock { state in
      let ofClient = state.ofClients[client, default: 0]
      guard state.inAll < limit, ofClient < limitPerClient else { return false }
      state.inAll += 1
      state.ofClients[client] = ofClient + 1
      return true
    }
  }

  func leave(_ client: IPAddress) {
    state.withLock { state in
      guard let ofClient = state.ofClients[client] else { return }
      state.inAll -= 1
      state.ofClients[client] = ofClient > 1 ? ofClient - 1 : nil
    }
  }
}
