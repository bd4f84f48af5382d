import DNSForwarder
import DomainNames
import Kubernetes

/// Why a test's guard does not do what it is asked.
struct GuardIsGone: Error {}

/// A guard that notes what it is asked and what it has done.
struct TestGuard: NameGuard {
  let journal: Journal
  /// Every name is guarded unless a test says otherwise.
  var judgement: @Sendable (DomainName) throws -> NameJudgement = { _ in .forward(isGuarded: true) }
  /// Done before addresses are admitted.
  var admitting: @Sendable () async throws -> Void = {}

  func judge(_ name: DomainName, askedBy source: IPAddress) async throws -> NameJudgement {
    journal.note("judge \(name) for \(source)")
    return try judgement(name)
  }

  func admit(
    _ addresses: [AnsweredAddress], for name: DomainName, to source: IPAddress
  ) async throws {
    let list = addresses.map { "\($0.address)/\($0.lifetime.components.seconds)" }.joined(separator: " ")
    journal.note("admit \(list) of \(name) to \(source)")
    try await admitting()
    journal.note("admitted \(name)")
  }
}
