package import Kubernetes
package import PolicyModel

/// What a log of flows says, each distinct connection once.
package struct FlowLog: Sendable {
  /// A connection with everything that was seen of it.
  package struct Entry: Sendable {
    package let source: ObservedFlow.End
    package let destination: ObservedFlow.End
    package let traffic: String
    package let verdict: ObservedFlow.Verdict
    /// How often; of two reporters that saw the same, the larger number.
    package var count: Int { max(counts.source, counts.destination).addingWithoutOverflow(counts.unknown) }
    /// The direction whose policies it is evidence of; nil for both. What the source let through may have been denied on the
    /// other side, and who denies something speaks for itself only.
    package var evidentDirection: Direction? {
      if counts.unknown > 0 { return nil }
      switch (verdict, counts.source > 0, counts.destination > 0) {
      case (_, true, false): return .egress
      case (.denied, false, true), (.audit, false, true): return .ingress
      default: return nil
      }
    }
    /// When it was seen for the first and the last time; nil where the log does not say.
    package fileprivate(set) var first: Timestamp?
    package fileprivate(set) var last: Timestamp?
    /// Where it was seen first.
    package let location: SourceLocation
    fileprivate var counts = Counts()
  }

  fileprivate struct Counts: Sendable {
    var source = 0
    var destination = 0
    var unknown = 0
  }

  private struct Key: Hashable {
    let source: ObservedFlow.End
    let destination: ObservedFlow.End
    let traffic: String
    let verdict: ObservedFlow.Verdict
  }

  /// In the order in which they were seen first.
  package private(set) var entries: [Entry] = []
  /// Records that are no connection to be judged, by reason.
  package private(set) var skipped: [(reason: String, count: Int)] = []
  /// What could not be read; every one is an error.
  package private(set) var problems: [Diagnostic] = []
  private var numbers: [Key: Int] = [:]

  package init(_ texts: [RecordText]) {
    var skips: [ObservedRecord.Skip: Int] = [:]
    for text in texts {
      var unknown: Diagnostic?
      var unknownCount = 0
      problems += text.forEachRecord { root in
        for record in Self.records(root) {
          switch record {
          case .flow(let flow): add(flow)
          case .skipped(let reason): skips[reason, default: 0] += 1
          case .unknown:
            unknownCount += 1
            unknown =
              unknown
              ?? Diagnostic(
                .unknownRecord, .error, "this is no record of Hubble, Calico or GKE", at: root.location,
                fix:
                  "write logs with `hubble observe -o jsonpb`, or take Calico's or GKE's flow logs as they are"
              )
          }
        }
      }
      if var problem = unknown {
        if unknownCount > 1 { problem.message += "; nor are \(unknownCount - 1) others" }
        problems.append(problem)
      }
    }
    skipped = ObservedRecord.Skip.allCases.compactMap { reason in skips[reason].map { (reason.rawValue, $0) }
    }
  }

  private static func records(_ root: Node) -> [ObservedRecord] {
    if let own = HubbleRecord.read(root) { return [own] }
    if let own = CalicoRecord.read(root) { return own }
    if let own = GKERecord.read(root) { return [own] }
    return [.unknown]
  }

  private mutating func add(_ flow: ObservedFlow) {
    let key = Key(
      source: flow.source, destination: flow.destination, traffic: flow.traffic, verdict: flow.verdict)
    let number = numbers[key] ?? entries.count
    if number == entries.count {
      numbers[key] = number
      entries.append(
        Entry(
          source: flow.source, destination: flow.destination, traffic: flow.traffic, verdict: flow.verdict,
          first: flow.first, last: flow.last, location: flow.location))
    }
    entries[number].first = [entries[number].first, flow.first].compactMap(\.self).min()
    entries[number].last = [entries[number].last, flow.last].compactMap(\.self).max()
    switch flow.isSeenByDestination {
    case true?: entries[number].counts.destination.addWithoutOverflow(flow.count)
    case false?: entries[number].counts.source.addWithoutOverflow(flow.count)
    case nil: entries[number].counts.unknown.addWithoutOverflow(flow.count)
    }
  }
}

extension Int {
  /// The sum, or the largest number: a log may claim any count. One that is not positive counts as one.
  func addingWithoutOverflow(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate mutating func addWithoutOverflow(_ other: Int) {
    self = addingWithoutOverflow(Swift.max(1, other))
  }
}

extension Diagnostic.Code {
  /// A record of a log that is in none of the known forms.
  package static let unknownRecord = Self(rawValue: "unknown-record")
}
