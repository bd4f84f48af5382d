internal import Kubernetes
internal import NIOCore
internal import Synchronization

/// The open connections of clients, which end when the service does.
final class Connections: Sendable {
  private struct State {
    var open: [ObjectIdentifier: any Channel] = [:]
    var isClosed = false
  }

  private let places: Occupancy
  private let state = Mutex(State())

  init(_ places: Occupancy) { self.places = places }

  /// Takes a place for a connection until it ends. False when there is none.
  func enter(_ channel: any Channel, from client: IPAddress) -> Bool {
    guard places.enter(client) else { return false }
    let id = ObjectIdentifier(channel)
    let isOpen = state.withLock { state in
      if !state.isClosed { state.open[id] = channel }
      return !state.isClosed
    }
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { $0.open[id] = nil }
      places.leave(client)
    }
    return isOpen
  }

  /// Ends all, and those that come from now on.
  func close() {
    let open = state.withLock { state in
      state.isClosed = true
      return Array(state.open.values)
    }
    for channel in open { channel.close(promise: nil) }
  }
}
