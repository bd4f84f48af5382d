internal import Kubernetes
internal import Synchronization

/// Follows all objects of one resource of a cluster: lists them, watches them, and begins anew where it must.
///
/// It holds no objects: whoever it reports to does. One serves all who want to know about the resource.
package actor Reflector<Object: ObservedObject> {
  private let client: APIClient
  private let timing: Timing
  private let limits: ReflectorLimits
  private let deliver: @Sendable (ReflectorOutput<Object>) async -> Void
  private let shownStatus: Mutex<ReflectorStatus>

  /// The moment up to which everything has been reported; nil when there is none to go on from.
  private var version: String?
  private var shared = SharedTexts()
  private var usesInitialEvents = true
  /// When the server last sent anything in the running attempt, or the attempt began.
  private var lastByte = Duration.zero
  /// How long the running attempt may be silent.
  private var silence: Duration

  /// - Parameter deliver: gets what there is to report, one after the other. The next is read when it returns.
  package init(
    _ client: APIClient, timing: Timing = .system, limits: ReflectorLimits = ReflectorLimits(),
    deliver: @escaping @Sendable (ReflectorOutput<Object>) async -> Void
  ) {
    self.client = client
    self.timing = timing
    self.limits = limits
    self.deliver = deliver
    silence = limits.silence
    shownStatus = Mutex(ReflectorStatus(at: timing.now(), tolerance: limits.tolerance))
  }

  /// How well the cluster is known now. What is reported says so only when the phase changes.
  package nonisolated var status: ReflectorStatus { shownStatus.withLock { $0 } }

  /// Follows until the task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      let startsAnew = version == nil
      do throws(APIError) {
        if startsAnew, !usesInitialEvents { try await list() }
        try await watch()
      } catch {
        if Task.isCancelled { return }
        await failed(error, startedAnew: startsAnew)
      }
    }
  }

  // MARK: Attempts

  private func list() async throws(APIError) {
    await update { status, _ in status.listing() }
    silence = limits.silence
    let listing = try await withinSilence { reflector async throws(APIError) in try await reflector.readList()
    }
    await deliver(.replaced(listing.objects))
    version = listing.resourceVersion
    await update { status, now in status.synced(follows: false, at: now) }
  }

  private func readList() async throws(APIError) -> Listing<Object> {
    let resource = Object.resource
    let listing = try await client.list(
      resource, retries: false,
      heard: { await self.heard { status, now in status.answered(follows: false, at: now) } }
    ) { node throws(APIError) -> Object? in try Object(node, &self.shared) }
    if listing.resourceVersion.isEmpty {
      throw .unreadable("the server does not say of which moment its list of \(resource.qualifiedName) is")
    }
    return listing
  }

  private func watch() async throws(APIError) {
    let length = limits.watch * (0.75 + timing.random() / 2)
    await update { status, _ in
      if self.version == nil { status.listing() }
      status.watching()
    }
    silence = limits.silence
    let begin = timing.now()
    let brought = try await withinSilence { reflector async throws(APIError) in
      try await reflector.readWatch(for: length)
    }
    // A server that ends watches as soon as they begin is not to be asked again without a pause.
    if !brought, timing.now() - begin < limits.proof {
      throw .transport(TransportError(.closed, "the server ended a watch at once"))
    }
    await update { status, now in status.ended(at: now) }
  }

  /// Returns whether anything came, when the server ends the watch.
  private func readWatch(for length: Duration) async throws(APIError) -> Bool {
    let patience = length + limits.lateness
    var initial: [NamespacedName: Object]? = version == nil ? [:] : nil
    var brought = false
    try await client.watch(
      Object.resource, from: version.map { .after($0) } ?? .initialEvents, for: length,
      started: {
        let follows = self.version != nil
        if follows { self.silence = patience }
        await self.heard { status, now in status.answered(follows: follows, at: now) }
      }
    ) { events async throws(APIError) in
      self.lastByte = self.timing.now()
      brought = brought || !events.isEmpty
      try await self.take(events, &initial)
      if initial == nil { self.silence = patience }
    }
    if initial != nil {
      throw .transport(TransportError(.closed, "the server ended a watch before all objects were there"))
    }
    return brought
  }

  /// Reports the events of one piece.
  ///
  /// - Parameter initial: the objects so far, until all have come.
  private func take(
    _ events: [(event: WatchEvent, version: String)], _ initial: inout [NamespacedName: Object]?
  ) async throws(APIError) {
    var changes: [ReflectorChange<Object>] = []
    var reached = version
    var followed = 0
    var problem: APIError?
    for (event, version) in events {
      do throws(APIError) {
        let follows = initial == nil
        switch event {
        case .present(let node):
          let object = try Object(node, &shared)
          if initial == nil { changes.append(.present(object)) } else { initial?[object.name] = object }
        case .absent(let node):
          let object = try Object(node, &shared)
          if initial == nil {
            changes.append(.absent(object.name, uid: object.uid))
          } else {
            initial?[object.name] = nil
          }
        case .bookmark(let endsInitialEvents):
          guard endsInitialEvents, let all = initial else { break }
          initial = nil
          await deliver(.replaced(Array(all.values)))
          await update { status, now in status.synced(follows: true, at: now) }
        case .failure(let status): throw .refused(status)
        }
        if initial == nil { reached = version }
        // What cannot be read is no progress, and all objects once more are none.
        if follows { followed += 1 }
      } catch {
        problem = error
      }
      if problem != nil { break }
    }
    if !changes.isEmpty { await deliver(.changed(changes)) }
    // Not before it is reported, so that nothing is skipped when this ends half-way.
    version = reached
    if followed > 0 { await update { status, now in status.received(events: followed, at: now) } }
    if let problem { throw problem }
  }

  // MARK: Failures

  private func failed(_ error: APIError, startedAnew: Bool) async {
    if startedAnew, version == nil, usesInitialEvents, refusesInitialEvents(error) {
      // Lists always work.
      usesInitialEvents = false
      return
    }
    if version != nil, losesPlace(error) { version = nil }
    let isFirst = status.failuresInARow == 0
    await update { status, now in status.failed(error, at: now) }
    // A place that is lost for the first time is no fault of the server.
    if error.isExpired, isFirst { return }
    let wait = limits.wait(
      failures: status.failuresInARow, retryAfter: error.retryAfter, random: timing.random())
    await self.wait(wait)
  }

  /// Whether a watch cannot go on from where it was: 410, or a moment that the server takes for wrong or does not know yet.
  private func losesPlace(_ error: APIError) -> Bool {
    switch error {
    case .refused(let status): [400, 410, 422, 504].contains(status.code)
    // What cannot be read may be readable in a list.
    case .unreadable: true
    case .transport, .credentials: false
    }
  }

  /// Whether the server does not offer all objects as the beginning of a watch, whichever way it says so.
  private func refusesInitialEvents(_ error: APIError) -> Bool {
    switch error {
    case .refused(let status): ![401, 403, 410, 429].contains(status.code)
    // A server that knows nothing of it sends the objects, and no bookmark behind them.
    case .transport(let transport): transport.reason == .timeout || transport.reason == .closed
    case .unreadable, .credentials: false
    }
  }

  /// Waits, and notices when what is known becomes stale meanwhile.
  private func wait(_ duration: Duration) async {
    let end = timing.now() + duration
    while !Task.isCancelled {
      let now = timing.now()
      await update { status, now in status.check(at: now) }
      if now >= end { return }
      let next = min(end, status.nextCheck ?? end)
      guard await timing.waited(max(next - now, .milliseconds(1))) else { return }
    }
  }

  // MARK: Signs of life

  private func heard(_ change: (inout ReflectorStatus, Duration) -> Void) async {
    lastByte = timing.now()
    await update(change)
  }

  private func update(_ change: (inout ReflectorStatus, Duration) -> Void) async {
    let now = timing.now()
    let (before, status) = shownStatus.withLock { status in
      let before = status.phase
      change(&status, now)
      return (before, status)
    }
    if status.phase != before { await deliver(.status(status)) }
  }

  /// Runs an attempt, and gives it up when the server is silent for too long.
  private func withinSilence<Result: Sendable>(
    _ attempt: @escaping @Sendable (isolated Reflector) async throws(APIError) -> Result
  ) async throws(APIError) -> Result {
    typealias Outcome = Swift.Result<Result, APIError>
    lastByte = timing.now()
    let outcome = await withTaskGroup(of: Outcome?.self) { group in
      group.addTask {
        do throws(APIError) {
          return .success(try await attempt(self))
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        await self.silenceIsTooLong()
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    switch outcome {
    case .success(let result): return result
    case .failure(let error): throw error
    case nil: throw .transport(TransportError(.timeout, "the server is silent"))
    }
  }

  /// Returns when the running attempt has been silent for too long, or is over.
  private func silenceIsTooLong() async {
    while !Task.isCancelled {
      let now = timing.now()
      await update { status, now in status.check(at: now) }
      let end = lastByte + silence
      if now >= end { return }
      // When there is something to check may change while this waits.
      let next = min(end, status.nextCheck ?? end, now + .seconds(1))
      guard await timing.waitedForAnswer(max(next - now, .milliseconds(1))) else { return }
    }
  }
}
