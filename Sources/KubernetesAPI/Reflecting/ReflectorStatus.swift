/// How well a reflector knows what its cluster has. Moments are those of ``Timing/now``.
package struct ReflectorStatus: Sendable {
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The server has not answered yet.
    case connecting
    /// It answers, and not all objects are there.
    case syncing
    /// All objects are there, and changes come.
    case synced
    /// All objects were there; the server has been silent since.
    case stale
    /// The server refuses, or sends what nobody can read, and another try will hardly help. Tries go on.
    case failed
  }

  package private(set) var phase = Phase.connecting
  package private(set) var phaseSince: Duration
  /// When the server last showed that what is known is true; nil before the first time.
  package private(set) var lastSign: Duration?
  /// Whether all objects have been there once.
  package private(set) var hasSynced = false
  package private(set) var lastError: Failure?
  /// Since the last progress.
  package private(set) var failuresInARow = 0
  package private(set) var counts = Counts()

  package struct Failure: Sendable {
    package let error: APIError
    package let at: Duration
  }

  /// Since the beginning.
  package struct Counts: Sendable, Hashable {
    package internal(set) var lists = 0
    package internal(set) var watches = 0
    package internal(set) var events = 0
    package internal(set) var failures = 0
  }

  /// How long the server may be away before what is known counts as stale.
  private let tolerance: Duration
  /// Since when the server refuses without a break.
  private var refusedSince: Duration?
  /// Whether the server is answering a list, or has agreed to a watch.
  package private(set) var isConnected = false
  /// When the server agreed to go on from what is known; nil when that is not confirmed any more or has not been asked for.
  private var agreedAt: Duration?

  package init(at now: Duration, tolerance: Duration) {
    phaseSince = now
    self.tolerance = tolerance
  }

  /// How long a watch must run to confirm what is known, when there is nothing to say.
  private static let settling = Duration.seconds(1)
  /// Refusals of a server that has just started pass by.
  private static let mostTransientRefusals = 3

  private mutating func enter(_ new: Phase, at now: Duration) {
    if phase == new { return }
    phase = new
    phaseSince = now
  }

  /// The server answers a list, or agrees to a watch. That alone shows nothing of what is known: what comes may be
  /// unreadable.
  ///
  /// - Parameter follows: whether it is a watch that goes on from what is known.
  mutating func answered(follows: Bool, at now: Duration) {
    isConnected = true
    agreedAt = follows && hasSynced ? now : nil
    if !hasSynced { enter(.syncing, at: now) }
  }

  /// What is known is true now.
  private mutating func confirm(at now: Duration) {
    refusedSince = nil
    lastSign = now
    enter(.synced, at: now)
  }

  /// A list begins, because there is none or because the last one cannot be followed any more.
  mutating func listing() { counts.lists += 1 }

  mutating func watching() { counts.watches += 1 }

  /// All objects are there.
  ///
  /// - Parameter follows: whether the connection goes on to tell what changes.
  mutating func synced(follows: Bool, at now: Duration) {
    hasSynced = true
    isConnected = follows
    agreedAt = follows ? now : nil
    confirm(at: now)
  }

  /// The server sent events, bookmarks included.
  mutating func received(events: Int, at now: Duration) {
    counts.events += events
    failuresInARow = 0
    if hasSynced { confirm(at: now) }
  }

  /// A watch ended as was asked for.
  mutating func ended(at now: Duration) {
    check(at: now)
    isConnected = false
    agreedAt = nil
    if hasSynced { confirm(at: now) }
  }

  mutating func failed(_ error: APIError, at now: Duration) {
    check(at: now)
    // A connection that breaks off was there until then; one that falls silent may have been gone for long.
    if case .transport(let transport) = error, transport.reason == .closed, isSettled(at: now) {
      lastSign = now
    }
    isConnected = false
    agreedAt = nil
    lastError = Failure(error: error, at: now)
    failuresInARow += 1
    counts.failures += 1
    if isLasting(error, at: now) { enter(.failed, at: now) } else { check(at: now) }
  }

  /// Notes that time has passed.
  mutating func check(at now: Duration) {
    if isSettled(at: now), failuresInARow > 0 || phase != .synced {
      failuresInARow = 0
      confirm(at: now)
    }
    guard phase == .synced, !isConnected, let lastSign, now - lastSign >= tolerance else { return }
    enter(.stale, at: now)
  }

  /// Whether a watch has gone on for long enough to confirm what is known.
  private func isSettled(at now: Duration) -> Bool {
    agreedAt.map { isConnected && now - $0 >= Self.settling } ?? false
  }

  /// When ``check(at:)`` has something to say if nothing else happens; nil for never.
  var nextCheck: Duration? {
    if let agreedAt, phase != .synced || failuresInARow > 0 { return agreedAt + Self.settling }
    return phase == .synced && !isConnected ? lastSign.map { $0 + tolerance } : nil
  }

  private mutating func isLasting(_ error: APIError, at now: Duration) -> Bool {
    switch error {
    case .credentials, .unreadable: return true
    case .transport(let transport):
      switch transport.reason {
      case .tls, .certificate, .tooLarge: return true
      case .connect, .closed, .timeout:
        refusedSince = nil
        return false
      }
    case .refused(let status):
      switch status.code {
      case 401, 403:
        let since = refusedSince ?? now
        refusedSince = since
        return failuresInARow >= Self.mostTransientRefusals && now - since >= tolerance
      case 410, 429, 500...599: return false
      default: return true
      }
    }
  }
}
