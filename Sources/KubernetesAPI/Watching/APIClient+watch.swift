internal import Kubernetes

/// Where a watch begins.
enum WatchStart {
  /// With all objects there are, and a bookmark behind them (WatchList, KEP-3157).
  case initialEvents
  /// After the moment that is named.
  case after(String)
}

extension APIClient {
  /// Gives the events of a watch as they come, those of one piece together, until the server ends it.
  ///
  /// - Parameters:
  ///   - length: how long the server is asked to let it run.
  ///   - started: called when the server has agreed.
  nonisolated(nonsending) func watch(
    _ resource: APIResource, from start: WatchStart, for length: Duration, started: () async -> Void,
    _ body: ([(event: WatchEvent, version: String)]) async throws(APIError) -> Void
  ) async throws(APIError) {
    var query = [(name: "watch", value: "true"), (name: "allowWatchBookmarks", value: "true")]
    query.append((name: "timeoutSeconds", value: String(max(length.components.seconds, 1))))
    switch start {
    case .initialEvents:
      query += [
        (name: "sendInitialEvents", value: "true"), (name: "resourceVersionMatch", value: "NotOlderThan"),
      ]
    case .after(let version): query.append((name: "resourceVersion", value: version))
    }
    let file = SourceFile(path: resource.path)
    var splitter = JSONSplitter(.sequence)
    try await stream(APIRequest(resource.path, query: query), started: started) {
      piece async throws(APIError) in
      var events: [(event: WatchEvent, version: String)] = []
      var problem: APIError?
      do throws(APIError) {
        try splitter.append(piece, of: resource.path) { bytes throws(APIError) in
          events.append(try WatchEvent.read(bytes, file))
        }
      } catch {
        problem = error
      }
      // What came before the problem did happen.
      try await body(events)
      if let problem { throw problem }
    }
    if !splitter.isComplete {
      throw .transport(TransportError(.closed, "the server ended a watch in the middle of an event"))
    }
  }
}
