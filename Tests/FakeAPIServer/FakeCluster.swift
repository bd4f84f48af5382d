import Synchronization

/// The objects of a pretended cluster, who may read them, and what goes wrong.
package final class FakeCluster: Sendable {
  /// A kind that it serves.
  package struct Resource: Sendable, Hashable {
    /// `v1`, `apps/v1`
    package let version: String
    /// `pods`
    package let name: String
    package let kind: String
    package let isNamespaced: Bool

    package init(_ version: String, _ name: String, _ kind: String, isNamespaced: Bool = true) {
      self.version = version
      self.name = name
      self.kind = kind
      self.isNamespaced = isNamespaced
    }

    /// `/api/v1/pods`
    package var path: String { (version.contains("/") ? "/apis/" : "/api/") + version + "/" + name }
  }

  struct State {
    var store: FakeStore
    var watches = FakeWatches()
    var requests: [FakeRequest] = []
    /// Asked before anything else, in the order of insertion; each answers one request that it is about.
    var faults: [(path: String?, answer: FakeAnswer)] = []
    var forbidden: Set<String> = []
    var tokens: Set<String>
    var refusesConnections = false
  }

  let state: Mutex<State>
  package let behaviour: FakeBehaviour

  /// - Parameter token: the only bearer token that it takes; nil for whoever comes.
  package init(
    _ items: [Resource: [String]] = [:], token: String? = nil, behaviour: FakeBehaviour = FakeBehaviour()
  ) {
    // What every server has.
    let usual: [Resource: [String]] = [.namespaces: [], .pods: [], .networkPolicies: []]
    var state = State(
      store: FakeStore(items.merging(usual) { own, _ in own }), tokens: Set([token].compactMap(\.self)))
    state.watches.cuts = behaviour.cuts
    self.state = Mutex(state)
    self.behaviour = behaviour
  }

  /// What was asked, in the order of arrival.
  package var requests: [FakeRequest] { state.withLock { $0.requests } }

  package var openWatches: Int { state.withLock { $0.watches.count } }
}

extension FakeCluster {
  /// The key of an object that was there from the beginning, by its place: keys keep the order in which they were given.
  package static func initialKey(_ place: Int) -> String { "item-\(1_000_000 + place)" }
}

// MARK: - What happens in the cluster

extension FakeCluster {
  /// The version that everything is at.
  package var version: Int { state.withLock { $0.store.version } }

  /// Creates or changes an object; returns the version from which on it is so.
  ///
  /// - Parameter json: with a `metadata`, and without `kind`, `apiVersion` and `resourceVersion`.
  @discardableResult
  package func put(_ resource: Resource, _ key: String, _ json: String) -> Int {
    state.withLock { state in
      let event = state.store.put(resource, key, json)
      state.watches.send(event)
      return event.version
    }
  }

  /// Returns the version from which on it is gone.
  @discardableResult
  package func remove(_ resource: Resource, _ key: String) -> Int {
    state.withLock { state in
      if let event = state.store.remove(resource, key) { state.watches.send(event) }
      return state.store.version
    }
  }

  /// Takes this token, and no other from now on.
  package func rotateToken(_ token: String) { state.withLock { $0.tokens = [token] } }
}

// MARK: - What goes wrong

extension FakeCluster {
  /// Answers the next request for a path, or for any, in another way.
  package func fail(_ path: String?, _ answer: FakeAnswer) {
    state.withLock { $0.faults.append((path, answer)) }
  }

  /// Lets nobody list a path.
  package func forbid(_ path: String) { state.withLock { _ = $0.forbidden.insert(path) } }

  package func permit(_ path: String) { state.withLock { _ = $0.forbidden.remove(path) } }

  /// Forgets how the present came about: whoever wants to go on from before must begin anew.
  package func compact() { state.withLock { $0.store.compact() } }

  /// Ends all watches, as a server with a grace period does when it stops.
  package func endWatches() { state.withLock { $0.watches.endAll() } }

  /// Says to whoever watches that nothing has happened.
  package func sendBookmarks() {
    state.withLock { state in state.watches.bookmarkAll(version: state.store.version) }
  }

  /// Ends the connections of all watches, as a server does that is killed.
  package func cutWatches() { state.withLock { $0.watches.cutAll() } }

  /// Lets nothing more through open watches, as a broken network does, or a server that stops with default settings.
  package func freezeWatches() { state.withLock { $0.watches.freezeAll() } }

  /// Ends all watches with an event that says why.
  package func failWatches(_ code: Int, _ reason: String) {
    state.withLock { $0.watches.failAll(FakeWatches.status(code, reason, "made to fail")) }
  }

  /// Whether new connections are closed at once.
  package func refuseConnections(_ refuses: Bool) { state.withLock { $0.refusesConnections = refuses } }

  /// Ends all faults that have not come yet.
  package func heal() {
    state.withLock { state in
      state.faults = []
      state.forbidden = []
      state.refusesConnections = false
    }
  }
}
