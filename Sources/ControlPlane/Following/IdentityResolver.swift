internal import Kubernetes
package import KubernetesAPI
package import SourceGroups
internal import Synchronization

/// Follows the clusters of integrations, and keeps the sets of source groups true.
///
/// There is one reflector for each integration and kind of object that any source needs, whatever becomes of the groups:
/// edits of a policy list nothing again.
package actor IdentityResolver {
  let clock: LiveClock
  private let limits: ReflectorLimits
  private let notice: @Sendable (LiveNotice) -> Void

  fileprivate var sets = IdentitySets()
  private var policy: ActivePolicy?
  private var integrations: [String: Followed] = [:]
  private let published = Mutex(LiveState())
  /// What tells how well each kind of each integration is known now.
  private let gauges = Mutex<[String: [ObservedKind: @Sendable () -> ReflectorStatus]]>([:])
  private var observers: [AsyncStream<LiveState>.Continuation] = []

  private let commands: AsyncStream<Command>
  private let command: AsyncStream<Command>.Continuation

  private struct Followed {
    let integration: IntegrationAccess
    let credentials: CredentialSource
    var status = IntegrationStatus()
    /// What ends the following of each kind.
    var stops: [ObservedKind: AsyncStream<Void>.Continuation] = [:]
  }

  private struct Command: Sendable {
    let integration: IntegrationAccess
    let credentials: CredentialSource
    let kind: ObservedKind
    let stop: AsyncStream<Void>
  }

  /// - Parameter notice: told what operators should know.
  package init(
    clock: LiveClock, limits: ReflectorLimits = ReflectorLimits(),
    notice: @escaping @Sendable (LiveNotice) -> Void = { _ in }
  ) {
    self.clock = clock
    self.limits = limits
    self.notice = notice
    (commands, command) = AsyncStream.makeStream()
  }

  /// Tells the versions of sets from those of another process, as they begin anew with each.
  package nonisolated let epoch = String(UInt32.random(in: .min ... .max), radix: 16)

  /// What is known now. Never waits for whoever changes it.
  package nonisolated var state: LiveState { measured(published.withLock { $0 }) }

  /// A state with how well clusters are known now, which changes all the time.
  private nonisolated func measured(_ state: LiveState) -> LiveState {
    var state = state
    for (name, kinds) in gauges.withLock({ $0 }) {
      for (kind, gauge) in kinds { state.integrations[name]?.reflectors[kind] = gauge() }
    }
    return state
  }

  /// What is known, now and whenever it changes. Who is slow misses what was in between, and never the last.
  package func states() -> AsyncStream<LiveState> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: LiveState.self, bufferingPolicy: .bufferingNewest(1))
    observers.append(continuation)
    continuation.yield(state)
    return stream
  }

  // MARK: - What is wanted

  /// Resolves the groups of a policy from now on.
  package func follow(_ policy: ActivePolicy?) {
    self.policy = policy
    let events = sets.follow(policy?.policy.identityGroups ?? [], at: clock.now)
    start()
    publishIntegrations()
    publish(events)
  }

  /// Has these integrations from now on. Those that are as before are followed as before.
  package func use(_ wanted: [IntegrationAccess]) {
    let byName = Dictionary(wanted.map { ($0.name, $0) }) { first, _ in first }
    var events: [IdentityEvent] = []
    for (name, followed) in integrations where byName[name]?.generation != followed.integration.generation {
      for stop in followed.stops.values { stop.finish() }
      gauges.withLock { $0[name] = nil }
      integrations[name] = nil
      events += sets.forget(name, at: clock.now)
    }
    for (name, integration) in byName where integrations[name] == nil {
      integrations[name] = Followed(
        integration: integration, credentials: CredentialSource(integration.access.credential))
    }
    start()
    publishIntegrations()
    publish(events)
  }

  /// Begins to follow what is needed and not followed yet.
  private func start() {
    for (name, followed) in integrations {
      for kind in sets.observedKinds(of: name) where followed.stops[kind] == nil {
        let (stop, continuation) = AsyncStream<Void>.makeStream()
        integrations[name]?.stops[kind] = continuation
        integrations[name]?.status.reflectors[kind] = ReflectorStatus(
          at: clock.timing.now(), tolerance: limits.tolerance)
        command.yield(
          Command(
            integration: followed.integration, credentials: followed.credentials, kind: kind, stop: stop))
      }
    }
  }

  // MARK: - What happens

  /// Follows until the task is cancelled.
  package func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.watchTime() }
      for await command in commands {
        group.addTask { await self.run(command) }
      }
      group.cancelAll()
    }
  }

  private nonisolated func run(_ command: Command) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in command.stop {}
      }
      group.addTask { await self.reflect(command) }
      await group.next()
      group.cancelAll()
    }
  }

  private nonisolated func reflect(_ command: Command) async {
    // The body throws nothing, so neither does this.
    try? await ClusterConnection.open(
      command.integration.access, credentials: command.credentials, deadlines: .following
    ) { connection in
      let client = APIClient(connection, connection, timing: self.clock.timing)
      switch command.kind {
      case .pods:
        await self.reflect(command, client) { (output: ReflectorOutput<ObservedPod>, identities, now) in
          output.apply(
            replace: { identities.replacePods($0, at: now) }, present: { identities.apply(pod: $0, at: now) },
            absent: { identities.removePod($0, uid: $1, at: now) })
        }
      case .nodes:
        await self.reflect(command, client) { (output: ReflectorOutput<ObservedNode>, identities, now) in
          output.apply(
            replace: { identities.replaceNodes($0, at: now) },
            present: { identities.apply(node: $0, at: now) },
            absent: { identities.removeNode($0, uid: $1, at: now) })
        }
      case .namespaces:
        await self.reflect(command, client) { (output: ReflectorOutput<ObservedNamespace>, identities, now) in
          output.apply(
            replace: { identities.replaceNamespaces($0, at: now) },
            present: { identities.apply(namespace: $0, at: now) },
            absent: { name, _ in identities.removeNamespace(name, at: now) })
        }
      case .endpointSlices:
        await self.reflect(command, client) {
          (output: ReflectorOutput<ObservedEndpointSlice>, identities, now) in
          output.apply(
            replace: { identities.replaceEndpointSlices($0, at: now) },
            present: { identities.apply(endpointSlice: $0, at: now) },
            absent: { identities.removeEndpointSlice($0, uid: $1, at: now) })
        }
      }
    }
  }

  private nonisolated func reflect<Object: ObservedObject>(
    _ command: Command, _ client: APIClient,
    _ apply: @escaping @Sendable (ReflectorOutput<Object>, inout ClusterIdentities, Timestamp) -> Void
  ) async {
    let reflector = Reflector<Object>(client, timing: clock.timing, limits: limits) { output in
      await self.take(output, command, apply)
    }
    gauges.withLock { $0[command.integration.name, default: [:]][command.kind] = { reflector.status } }
    await reflector.run()
  }

  private func take<Object: ObservedObject>(
    _ output: ReflectorOutput<Object>, _ command: Command,
    _ apply: (ReflectorOutput<Object>, inout ClusterIdentities, Timestamp) -> Void
  ) {
    let name = command.integration.name
    let heard = clock.timing.now()
    // Of a cluster that has been forgotten meanwhile.
    guard integrations[name]?.integration.generation == command.integration.generation else { return }
    if case .status(let status) = output {
      integrations[name]?.status.reflectors[command.kind] = status
      notice(.following(integration: name, command.kind, status))
      publishIntegrations()
      publish(hear(name))
      return
    }
    publish(sets.update(name, at: clock.now) { apply(output, &$0, clock.now) }, heard: heard)
  }

  /// Tells the sets how fresh a cluster is.
  private func hear(_ name: String) -> [IdentityEvent] {
    guard let followed = integrations[name] else { return [] }
    return sets.hear(followed.status.freshness(clock), of: name, at: clock.now)
  }

  /// Lets the grace of stale clusters end.
  private func watchTime() async {
    while !Task.isCancelled {
      do {
        try await clock.timing.patience(.seconds(1))
      } catch {
        return
      }
      if let next = sets.nextTransition, next <= clock.now { publish(sets.transition(at: clock.now)) }
    }
  }

  /// Shows what the sets are now. O(observers), as it is done for every event of a cluster.
  ///
  /// - Parameter heard: when it was heard of what changed them; nil for now.
  private func publish(_ events: [IdentityEvent], heard: Duration? = nil) {
    // Before anybody can see it, so that who sees it finds it in the log.
    if !events.isEmpty { notice(.sources(events)) }
    let state = published.withLock { state in
      state.identities = sets.snapshot
      state.policy = policy
      state.note(heard ?? clock.timing.now())
      return state
    }
    observers.removeAll { if case .terminated = $0.yield(state) { true } else { false } }
  }

  /// Shows which clusters are followed, and what of them is needed.
  private func publishIntegrations() {
    let (statuses, needed) = (
      integrations.mapValues(\.status), sets.integrations.map { ($0, sets.observedKinds(of: $0)) }
    )
    published.withLock { state in
      state.integrations = statuses
      state.needed = Dictionary(needed) { first, _ in first }
    }
  }
}

extension ReflectorOutput {
  /// Tells what happened to objects, one after the other.
  fileprivate func apply(
    replace: ([Object]) -> Void, present: (Object) -> Void, absent: (NamespacedName, String) -> Void
  ) {
    switch self {
    case .replaced(let objects): replace(objects)
    case .changed(let changes):
      for change in changes {
        switch change {
        case .present(let object): present(object)
        case .absent(let name, let uid): absent(name, uid)
        }
      }
    case .status: break
    }
  }
}

extension IdentityResolver {
  /// Pairs of integrations whose clusters use the same addresses.
  package func overlaps() -> [AddressOverlap] { sets.overlaps() }
}
