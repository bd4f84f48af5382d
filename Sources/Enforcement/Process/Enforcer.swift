package import Gateway
internal import Kubernetes
package import Netlink
internal import SourceGroups

/// Holds the kernel to what a control plane said last, in one network namespace.
///
/// Nobody else writes the table, nor can where the kernel lets it be owned. Whatever happens, the kernel has the last state that
/// could be written, and leases run out in it by themselves: what is not known any more for long enough is not trusted, also when
/// this process is gone. Until somebody says what to enforce, a table that there is stays, and where there is none nothing passes.
///
/// A value without a clock: whoever has it says what time it is.
package struct Enforcer: ~Copyable {
  var table: KernelTable
  package internal(set) var gateway: Gateway
  /// What the gateway is of; nil until somebody says what to enforce.
  package internal(set) var enforced: StateID?
  /// Whether the kernel may have something else than the gateway says.
  var isOutOfStep = false
  var proofs = FreshnessProofs()
  package internal(set) var observations: Observations

  /// What it has seen.
  package struct Observations: Sendable {
    package var latency = LatencyHistogram()
    package var denials: DenialRing
    /// How often the table was found to be another one, and was mended.
    package var repairs = 0
    /// Log entries of the kernel that were not read in time.
    package var lostDenials: UInt64 = 0
    /// Why the kernel does not have what it should; nil when it has.
    package var problem: String?
    var nextComparison: ContinuousClock.Instant?
    var nextWriting: ContinuousClock.Instant?
  }

  /// - Parameters:
  ///   - isShared: whether others may write the table, even where the kernel could keep them from it.
  ///   - capacity: how many denials are kept.
  package init(
    in namespace: NetworkNamespace, _ settings: GatewaySettings, isShared: Bool = false,
    keeping capacity: Int = 4096
  ) throws(EnforcementError) {
    var table = try KernelTable(in: namespace, isShared: isShared)
    _ = try table.secure(settings)
    self.table = table
    gateway = Gateway(settings)
    observations = Observations(denials: DenialRing(capacity: capacity))
  }

  // MARK: - What to enforce

  /// Enforces a state from now on.
  ///
  /// - Throws: when the kernel does not have it. It has the state before, and each ``tick(_:)`` tries again.
  package mutating func enforce(
    _ state: EnforcedState, at now: ContinuousClock.Instant
  ) throws(EnforcementError) {
    let leases = proofs.remaining(of: Gateway.wantedLeases(of: state.policy), at: now)
    if enforced == nil {
      // What is there was written by another process, and is made into this state at one moment.
      gateway = Gateway(state.policy, state.identities, leases: leases, gateway.settings)
      isOutOfStep = true
      enforced = state.id
      try mend(now)
    } else {
      let update = gateway.follow(state.policy, state.identities, leases: leases)
      enforced = state.id
      try apply(update, now)
    }
  }

  /// Enforces what became of some sources.
  ///
  /// - Returns: whether it was of the state that is enforced; nothing is done with any other.
  /// - Throws: as ``enforce(_:at:)-(EnforcedState,_)``.
  package mutating func enforce(
    _ delta: EnforcedDelta, at now: ContinuousClock.Instant
  ) throws(EnforcementError) -> Bool {
    guard delta.since == enforced else { return false }
    let update = gateway.update(delta.changes)
    enforced = delta.id
    try apply(update, now)
    return true
  }

  /// Lets leases run for as long as what they need is known to be true.
  ///
  /// - Returns: whether the report was of what is enforced, or of an earlier version of it. Of any other it proves nothing.
  package mutating func renew(
    _ report: FreshnessReport, at now: ContinuousClock.Instant
  ) throws(EnforcementError) -> Bool {
    guard let enforced, enforced.includes(report.id) else { return false }
    for proof in report.proofs { proofs.record(proof.kind, of: proof.integration, at: now - proof.age) }
    try renewLeases(now)
    return true
  }

  private mutating func renewLeases(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    try apply(gateway.renew(proofs.remaining(of: gateway.wantedLeases, at: now)), now)
  }

  private mutating func apply(
    _ update: GatewayUpdate, _ now: ContinuousClock.Instant
  ) throws(EnforcementError) {
    if !isOutOfStep {
      do throws(EnforcementError) {
        try table.apply(update)
        return
      } catch {
        isOutOfStep = true
        observations.problem = "\(error)"
      }
    }
    try mend(now)
  }

  // MARK: - Time

  /// Looks whether the kernel has what it should, and mends what it has not. To be called several times a second: that costs
  /// microseconds while nobody else writes rules.
  package mutating func tick(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    guard enforced != nil else {
      if try table.secure(gateway.settings) { observations.repairs += 1 }
      return
    }
    if !isOutOfStep {
      if try table.isUntouched(), !table.isWaitingForComparison, !table.isUncertain { return }
      switch try table.structure() {
      case .same: try compareElements(now)
      case .gone, .rewritten, .otherElements: isOutOfStep = true
      }
    }
    if isOutOfStep {
      try mend(now)
      observations.repairs += 1
    } else {
      try writeAgain(now)
    }
  }

  /// Writes everything again when it is not certain what was written last time: at once, but no more than a twentieth of the
  /// time, as other tables may change all the time.
  private mutating func writeAgain(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    guard table.isUncertain, observations.nextWriting.map({ $0 <= now }) ?? true else { return }
    let clock = ContinuousClock()
    let start = clock.now
    let isRepair = try table.compare(gateway) != .same
    try mend(now)
    if isRepair { observations.repairs += 1 }
    observations.nextWriting = now + max(.seconds(1), (clock.now - start) * 20)
  }

  /// Looks at all elements after somebody changed any rules: at once, but no more than a twentieth of the time, as other tables
  /// may change all the time.
  private mutating func compareElements(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    guard table.isWaitingForComparison, observations.nextComparison.map({ $0 <= now }) ?? true else { return }
    let clock = ContinuousClock()
    let start = clock.now
    if try table.compare(gateway) != .same { isOutOfStep = true }
    observations.nextComparison = now + max(.milliseconds(500), (clock.now - start) * 20)
    // The kernel changes leases by itself, so there is nothing to compare them with.
    if !isOutOfStep { try renewLeases(now) }
  }

  private mutating func mend(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    do throws(EnforcementError) {
      let leases = proofs.remaining(of: gateway.wantedLeases, at: now)
      try table.establish(gateway, leases: leases)
      try table.apply(gateway.renew(leases))
      try table.apply(gateway.endingOfStaleLeases())
      isOutOfStep = false
      observations.problem = nil
    } catch {
      isOutOfStep = true
      observations.problem = "\(error)"
      throw error
    }
  }

  /// Takes chains away that nobody goes to any more.
  package mutating func sweep(_ now: ContinuousClock.Instant) throws(EnforcementError) {
    try apply(gateway.sweep(), now)
  }
}
