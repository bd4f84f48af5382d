package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// What policies say of connections that were seen.
package struct ReplayReport {
  /// How an observation and the policies go together.
  package enum Agreement: Int, Sendable, Hashable, CaseIterable {
    /// It was denied, and policies allow it.
    case deniedThoughAllowed
    /// It was let through, and policies deny it.
    case allowedThoughDenied
    /// Policies leave it open.
    case undecided
    case agrees
  }

  /// A distinct connection.
  package struct Row: Sendable {
    /// `shop/web -> shop/db tcp/5432`.
    package let flow: String
    package let observed: ObservedFlow.Verdict
    package let count: Int
    package let verdict: Outcome
    /// What decides, with file and line.
    package let reason: String
    package let agreement: Agreement
    /// Where it was seen first.
    package let location: SourceLocation
    /// What a change makes of it; nil without a change.
    package let after: After?

    package struct After: Sendable {
      package let verdict: Outcome
      package let reason: String
    }

    /// Whether the change cuts what was let through and is allowed now, in the direction that it is evidence of.
    package let isBroken: Bool
  }

  /// What is nothing in this cluster, with why.
  package struct Unmapped: Sendable {
    package let reason: String
    package let flows: Int
    /// The first of them.
    package let location: SourceLocation
  }

  /// Disagreements first, then what is open; within each the most frequent first.
  package let rows: [Row]
  package let unmapped: [Unmapped]
  package let skipped: [(reason: String, count: Int)]

  /// - Parameter after: the same cluster with a change, to see which observed flows it breaks.
  package init(_ log: FlowLog, _ cluster: Cluster, after: Cluster? = nil) {
    var builder = ReplayBuilder(cluster, after: after)
    for entry in log.entries { builder.add(entry) }
    rows = builder.rows
    unmapped = builder.unmapped
    skipped = log.skipped
  }

  package var disagreements: Int {
    rows.count { $0.agreement == .deniedThoughAllowed || $0.agreement == .allowedThoughDenied }
  }

  package var broken: [Row] { rows.filter(\.isBroken) }
}

/// Collects rows, one for each distinct connection between what the cluster knows.
private struct ReplayBuilder {
  private struct Judge {
    let ends: ObservedEnds
    let evaluator: FlowEvaluator
    let wording: Wording

    init(_ cluster: Cluster) {
      ends = ObservedEnds(cluster)
      evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
      wording = Wording(cluster.world)
    }

    func verdict(_ flow: Flow) -> (verdict: Verdict, reason: String) {
      let verdict = evaluator.verdict(flow)
      return (verdict, wording.reason(verdict))
    }
  }

  private struct Key: Hashable {
    let flow: Flow
    let observed: ObservedFlow.Verdict
  }

  private let judge: Judge
  private let judgeAfter: Judge?
  private var found: [ReplayReport.Row] = []
  private var numbers: [Key: Int] = [:]
  private var failures: [(reason: String, flows: Int, location: SourceLocation)] = []

  init(_ cluster: Cluster, after: Cluster?) {
    judge = Judge(cluster)
    judgeAfter = after.map(Judge.init)
  }

  mutating func add(_ entry: FlowLog.Entry) {
    do throws(FlowLineError) {
      let (flow, source, destination) = try judge.ends.flow(entry)
      let key = Key(flow: flow, observed: entry.verdict)
      let (verdict, reason) = judge.verdict(flow)
      let agreement = Self.agreement(entry, verdict)
      let after = after(entry)
      // Of what was let through and may flow, what may not after the change.
      let isBroken =
        entry.verdict != .denied && verdict.outcome(entry.evidentDirection) == .allowed
        && after.map { $0.evident != .allowed } ?? false
      if let number = numbers[key] {
        found[number] = found[number].seenAgain(entry.count, agreement, isBroken: isBroken)
        return
      }
      numbers[key] = found.count
      found.append(
        ReplayReport.Row(
          flow: "\(source) -> \(destination) \(entry.traffic)", observed: entry.verdict, count: entry.count,
          verdict: verdict.outcome, reason: reason, agreement: agreement, location: entry.location,
          after: after?.after, isBroken: isBroken))
    } catch {
      fail(error.message, entry)
    }
  }

  /// What a change makes of a flow, and of the direction that it is evidence of. Ends that a change removes cannot be asked
  /// about.
  private func after(_ entry: FlowLog.Entry) -> (after: ReplayReport.Row.After, evident: Outcome)? {
    guard let judgeAfter else { return nil }
    do throws(FlowLineError) {
      let (verdict, reason) = judgeAfter.verdict(try judgeAfter.ends.flow(entry).flow)
      return (.init(verdict: verdict.outcome, reason: reason), verdict.outcome(entry.evidentDirection))
    } catch {
      return (.init(verdict: .undefined, reason: error.message), .undefined)
    }
  }

  private mutating func fail(_ reason: String, _ entry: FlowLog.Entry) {
    if let place = failures.firstIndex(where: { $0.reason == reason }) {
      failures[place].flows += 1
    } else {
      failures.append((reason, 1, entry.location))
    }
  }

  private static func agreement(_ entry: FlowLog.Entry, _ verdict: Verdict) -> ReplayReport.Agreement {
    switch (entry.verdict, verdict.outcome(entry.evidentDirection)) {
    case (_, .undefined): .undecided
    case (.allowed, .allowed), (.denied, .denied), (.audit, .denied): .agrees
    case (.allowed, .denied): .allowedThoughDenied
    case (.denied, .allowed), (.audit, .allowed): .deniedThoughAllowed
    }
  }

  var rows: [ReplayReport.Row] {
    found.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      return (a.agreement.rawValue, -a.count, left.offset) < (b.agreement.rawValue, -b.count, right.offset)
    }.map(\.element)
  }

  var unmapped: [ReplayReport.Unmapped] {
    failures.map { .init(reason: $0.reason, flows: $0.flows, location: $0.location) }
  }
}

extension ReplayReport.Row {
  /// Of two agreements the weightier: what one pod's connection shows, the other's does not take back.
  fileprivate func seenAgain(
    _ times: Int, _ agreement: ReplayReport.Agreement, isBroken: Bool
  ) -> Self {
    ReplayReport.Row(
      flow: flow, observed: observed, count: count.addingWithoutOverflow(times), verdict: verdict,
      reason: reason,
      agreement: self.agreement.rawValue < agreement.rawValue ? self.agreement : agreement,
      location: location, after: after, isBroken: self.isBroken || isBroken)
  }
}

extension Verdict {
  /// The outcome of one direction, or of the whole flow.
  func outcome(_ direction: Direction?) -> Outcome {
    switch direction {
    case .egress: egress
    case .ingress: ingress
    case nil: outcome
    }
  }
}
