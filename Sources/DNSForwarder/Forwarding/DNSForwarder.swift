internal import DomainNames
internal import Kubernetes
package import NIOCore
internal import Synchronization

/// Forwards clients' questions for names to upstreams, and has the addresses of guarded names admitted before it tells
/// them: a client that connects as soon as it knows where finds the way open.
///
/// Nothing is kept between questions. An answer from a cache would tell a client of addresses that were admitted for
/// another one, or for this one so long ago that they are no longer: both look to the client as a name that does not
/// work, now and then (dnsmasq's `--nftset` does not add again what it answers from its cache). For the same reason
/// two clients that ask the same question at the same time are two questions: each is admitted by itself.
///
/// Whatever is not understood is refused, and whatever goes wrong tells the client that the server failed: there is
/// no way on which an address of a guarded name gets to a client before the guard has agreed.
package struct DNSForwarder: Sendable {
  let settings: DNSForwarderSettings
  let guardian: any NameGuard
  let tally = Tally()
  let client: UpstreamClient
  /// From which no questions are taken.
  let upstreamAddresses: Set<IPAddress>
  private let group: any EventLoopGroup

  /// - Parameters:
  ///   - nameGuard: who is asked about each name.
  ///   - group: threads for the sockets.
  package init(
    _ settings: DNSForwarderSettings, guardedBy nameGuard: any NameGuard, on group: any EventLoopGroup
  ) throws(DNSForwarderSettingsError) {
    try settings.check()
    self.settings = settings
    guardian = nameGuard
    upstreamAddresses = Set(settings.upstreams.map(\.address))
    self.group = group
    client = UpstreamClient(
      upstreams: settings.upstreams, timeout: settings.timeout, rounds: settings.rounds,
      answerBytes: settings.limits.answerBytes, group: group)
  }

  /// What has happened until now, in all runs.
  package var counters: DNSForwarderCounters { tally.counters }

  /// Listens and answers until it is cancelled, when it ends all sockets and returns.
  ///
  /// - Parameter onStart: called once with what is bound, in the order of the settings, before anyone is answered.
  /// - Throws: when an address cannot be bound, or a socket ends by itself.
  package func run(
    onStart: @Sendable ([ServerAddress]) async -> Void = { _ in }
  ) async throws(DNSForwarderError) {
    let (arrivals, queue) = AsyncStream.makeStream(of: Arrival.self)
    let limits = settings.limits
    let questions = Occupancy(limit: limits.questions, perClient: limits.questionsPerClient)
    let listeners = try await Listeners(
      settings, Entrance(questions: questions, tally: tally, queue: queue), on: group)
    let ended = Mutex<ServerAddress?>(nil)
    for (address, channel) in listeners.channels {
      channel.closeFuture.whenComplete { _ in
        ended.withLock { $0 = $0 ?? address }
        queue.finish()
      }
    }
    await onStart(listeners.addresses)
    await withDiscardingTaskGroup { group in
      for await arrival in arrivals { group.addTask { await serve(arrival) } }
      group.cancelAll()
    }
    let isCancelled = Task.isCancelled
    let first = ended.withLock { $0 }
    await listeners.close()
    if let first, !isCancelled { throw .stopped(first) }
  }
}
