internal import Kubernetes
package import KubernetesAPI
package import Logging
internal import ServiceLifecycle
internal import SourceGroups
internal import UnixSignals

/// A control plane from its start to its end: `merlon serve`.
package struct ControlPlaneProcess: Sendable {
  private let configuration: ServeConfiguration
  private let environment: EnvironmentVariables
  private let logger: Logger
  private let stopping: StopLimits
  private let started: @Sendable (Int) async -> Void

  /// How long the end may take. A process that takes longer is broken off, with a report as of a crash.
  package struct StopLimits: Sendable {
    /// For requests that run.
    package var requests = Duration.seconds(10)
    /// For whatever is still there then: clients that do not read must not keep the process.
    package var others = Duration.seconds(5)

    package init() {}
  }

  /// - Parameters:
  ///   - environment: all variables, for systemd and the cluster that it runs in.
  ///   - started: told the port when the server listens.
  package init(
    _ configuration: ServeConfiguration, environment: EnvironmentVariables, logger: Logger,
    stopping: StopLimits = StopLimits(), started: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.environment = environment
    self.logger = logger
    self.stopping = stopping
    self.started = started
  }

  /// Serves until SIGTERM or SIGINT, or until the task is cancelled. SIGHUP reads files anew.
  package func run() async throws(ServeError) {
    let files = ServedFiles(configuration, environment: environment)
    let store = try Self.store(configuration)
    let lock = try Self.lock(configuration)
    defer { withExtendedLifetime(lock) {} }
    try await sealAnew(store)
    let identity = ServerIdentity()
    if let own = try files.identity() { try identity.change(to: own) }
    let fixed = try files.integrations()
    let counters = Counters()
    let logger = logger
    let clock = LiveClock.system()
    let resolver = IdentityResolver(clock: clock) { notice in
      switch notice {
      case .sources(let events):
        counters.count(events)
        for event in events { logger.notice("\(event)") }
      case .following(let integration, let kind, let status):
        let isWell = status.phase == .synced || status.phase == .syncing
        logger.log(
          level: isWell ? .info : .warning, "following a cluster: \(status.phase.rawValue)",
          metadata: [
            "integration": "\(integration)", "kind": "\(kind.rawValue)",
            "error": "\(isWell ? "" : status.lastError.map { "\($0.error)" } ?? "")",
          ])
      }
    }
    let plane = ControlPlane(store: store, resolver: resolver, clock: clock)
    do throws(StoreError) {
      try await plane.load(fixed: fixed)
    } catch {
      throw ServeError(error)
    }
    for record in plane.current.unusable { logger.error("the \(record.kind) \(record.id) \(record.problem)") }
    try await files.putPolicy(to: plane, logger)
    let notifier = SystemdNotifier(environment: environment)
    let server = ControlPlaneServer(
      plane, counters, at: .init(host: configuration.host, port: configuration.port), as: identity,
      logger: logger
    ) { [started] port in
      logger.info("listening", metadata: ["port": "\(port)"])
      notifier.notify("READY=1")
      await started(port)
    }
    var services = ServiceGroupConfiguration(
      services: [
        .init(service: FollowingService(resolver: resolver)),
        .init(service: ReloadingService(plane: plane, server: identity, files: files, logger: logger)),
        .init(service: server),
      ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    services.maximumGracefulShutdownDuration = stopping.requests
    services.maximumCancellationDuration = stopping.others
    let group = ServiceGroup(configuration: services)
    do {
      try await group.run()
    } catch is CancellationError {
      // Whoever cancels knows.
    } catch {
      throw ServeError("the server ended: \(error)")
    }
    notifier.notify("STOPPING=1")
  }

  /// Opens what is stored.
  package static func store(_ configuration: ServeConfiguration) throws(ServeError) -> SQLiteStore {
    do throws(StoreError) {
      return try SQLiteStore(path: configuration.dataFile, key: try key(configuration))
    } catch {
      throw ServeError(error)
    }
  }

  private static func key(_ configuration: ServeConfiguration) throws(StoreError) -> SealingKey {
    if let text = configuration.sealingKey {
      return try SealingKey(base64: text.revealed, source: "MERLON_SEALING_KEY")
    }
    return try SealingKey(file: configuration.effectiveSealingKeyFile, whenAbsent: .create)
  }

  private static func lock(_ configuration: ServeConfiguration) throws(ServeError) -> ServingLock {
    do throws(StoreError) {
      return try ServingLock(dataFile: configuration.dataFile)
    } catch {
      throw ServeError(error)
    }
  }

  /// Seals with the key what the previous one has sealed, when one is named.
  private func sealAnew(_ store: SQLiteStore) async throws(ServeError) {
    guard let file = configuration.previousSealingKeyFile else { return }
    do throws(StoreError) {
      let rotation = try await store.rotate(
        from: SealingKey(file: file), to: Self.key(configuration), by: "merlon serve", at: .now)
      logger.notice(
        "what the previous key had sealed was sealed anew",
        metadata: ["sealed": "\(rotation.resealed)", "unreadable": "\(rotation.unreadable.count)"])
    } catch {
      throw ServeError(error)
    }
  }
}

/// Follows clusters while the server runs.
private struct FollowingService: ServiceLifecycle.Service {
  let resolver: IdentityResolver

  func run() async throws {
    // Requests that end while the server stops are still answered from what is followed.
    await cancelWhenGracefulShutdown { await resolver.run() }
  }
}

/// Reads files anew on SIGHUP.
private struct ReloadingService: ServiceLifecycle.Service {
  let plane: ControlPlane
  let server: ServerIdentity
  let files: ServedFiles
  let logger: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      do throws(ServeError) {
        if let identity = try files.identity() { try server.change(to: identity) }
        try await files.putPolicy(to: plane, logger)
        logger.info("files were read anew")
      } catch {
        // What counts goes on counting.
        for problem in error.problems { logger.error("\(problem.message)") }
      }
    }
  }
}
