import Synchronization

extension FakeCluster {
  /// Whether a watch is agreed to; what comes then says ``begin(_:_:)``.
  func watch(_ resource: Resource, _ request: FakeRequest, _ store: FakeStore) -> FakeAnswer {
    if request.parameter("sendInitialEvents") != nil {
      if behaviour.initialEvents == .refused {
        return .status(
          422, "Invalid", "ListOptions is invalid: resourceVersionMatch: Forbidden: forbidden for watch")
      }
    } else if behaviour.expiry == .status, let version = request.version, version < store.compacted {
      return .status(410, "Expired", "too old resource version: \(version) (\(store.compacted))")
    }
    if let version = request.version, version > store.version {
      return .status(504, "Timeout", "Too large resource version: \(version), current: \(store.version)")
    }
    return .watch
  }

  /// Sends what a watch begins with, and from then on what happens, until its time is over.
  ///
  /// - Returns: what names the watch to ``closed(_:)``.
  func begin(_ request: FakeRequest, _ stream: FakeStream) -> Int? {
    state.withLock { state in
      guard let resource = state.store.resources.first(where: { $0.path == request.path }) else {
        stream.cut()
        return nil
      }
      let id = state.watches.add(resource, stream)
      start(id, resource, request, &state)
      let length = request.parameter("timeoutSeconds").flatMap { Double($0) } ?? 1800
      let real = length * behaviour.secondLength
      if behaviour.sendsBookmarks {
        stream.after(.seconds(real * 0.9)) {
          self.state.withLock { $0.watches.bookmark(id, version: $0.store.version) }
        }
      }
      stream.after(.seconds(real)) { self.state.withLock { $0.watches.end(id) } }
      return id
    }
  }

  private func start(_ id: Int, _ resource: Resource, _ request: FakeRequest, _ state: inout State) {
    let wantsInitialEvents = request.parameter("sendInitialEvents") == "true"
    if wantsInitialEvents || request.version == nil {
      if wantsInitialEvents, behaviour.initialEvents == .failing {
        return fail(
          id, 500, "InternalError", "required storage feature RequestWatchProgress is disabled", &state)
      }
      for json in state.store.all(resource) {
        let event = FakeStore.Event(version: 0, resource: resource, kind: .added, json: json)
        state.watches.write(FakeWatches.line(event), to: id)
      }
      if behaviour.initialEvents == .offered {
        state.watches.bookmark(id, version: state.store.version, endsInitialEvents: true)
      }
      return
    }
    guard let events = state.store.events(after: request.version ?? 0, of: resource) else {
      return fail(id, 410, "Expired", "too old resource version", &state)
    }
    for event in events { state.watches.write(FakeWatches.line(event), to: id) }
  }

  private func fail(_ id: Int, _ code: Int, _ reason: String, _ message: String, _ state: inout State) {
    state.watches.write(
      #"{"type":"ERROR","object":\#(FakeWatches.status(code, reason, message))}"#, to: id)
    state.watches.end(id)
  }

  /// The client of a watch has gone.
  func closed(_ id: Int) { state.withLock { $0.watches.remove(id) } }
}

extension FakeRequest {
  /// From where a watch wants to go on.
  fileprivate var version: Int? { parameter("resourceVersion").flatMap { Int($0) } }
}
