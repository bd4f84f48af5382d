import DNSForwarder
import Kubernetes
import NIOPosix

/// A forwarder of tests that runs, and the journal of its guard.
struct RunningForwarder: Sendable {
  let forwarder: DNSForwarder
  let addresses: [ServerAddress]
  let journal: Journal

  var address: ServerAddress { addresses.first ?? ServerAddress(IPAddress(.ipv4, bits: 0)) }

  /// How many questions ended so.
  func count(_ outcome: QuestionOutcome) -> UInt64 { forwarder.counters.questions[outcome, default: 0] }

  /// On 127.0.0.3 with any port: upstreams of tests are 127.0.0.1, and clients are others.
  static func settings(_ upstreams: [ServerAddress]) -> DNSForwarderSettings {
    var settings = DNSForwarderSettings(
      listenAddresses: [IPAddress(.ipv4, bits: 0x7F00_0003)], upstreams: upstreams)
    settings.port = 0
    settings.timeout = .seconds(10)
    settings.minimumLifetime = .seconds(30)
    settings.grace = .seconds(5)
    settings.limits.idleTime = .seconds(60)
    return settings
  }

  /// Runs one while a body does, and sees it end.
  static func run<Result: Sendable>(
    _ settings: DNSForwarderSettings, _ guardian: TestGuard,
    _ body: @Sendable (RunningForwarder) async throws -> Result
  ) async throws -> Result {
    let forwarder = try DNSForwarder(
      settings, guardedBy: guardian, on: MultiThreadedEventLoopGroup.singleton)
    let (started, start) = AsyncStream.makeStream(of: [ServerAddress].self)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { start.finish() }
        try await forwarder.run { start.yield($0) }
      }
      guard let addresses = await started.first(where: { _ in true }) else {
        try await group.waitForAll()
        throw DeadlineMissed(what: "a start")
      }
      let result = try await body(
        RunningForwarder(forwarder: forwarder, addresses: addresses, journal: guardian.journal))
      group.cancelAll()
      try await group.waitForAll()
      return result
    }
  }

  /// The same before an upstream that does what a test says.
  static func before<Result: Sendable>(
    _ behaviour: @escaping FakeUpstream.Behaviour,
    guardedBy guardian: TestGuard = TestGuard(journal: Journal()),
    _ change: (inout DNSForwarderSettings) -> Void = { _ in },
    _ body: @Sendable (RunningForwarder, FakeUpstream) async throws -> Result
  ) async throws -> Result {
    try await FakeUpstream.answering(behaviour) { upstream, address in
      var settings = settings([address])
      change(&settings)
      return try await run(settings, guardian) { try await body($0, upstream) }
    }
  }
}
