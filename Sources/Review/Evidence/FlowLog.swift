package import Kubernetes

/// What a log of flows says, each distinct connection once.
package struct FlowLog: Sendable {
  /// A connection with everything that was seen of it.
  package struct Entry: Sendable {
    package let source: ObservedFlow.End
    package let destination: ObservedFlow.End
    package let traffic: String
    package let verdict: ObservedFlow.Verdict
    /// How often; of two reporters that saw the same, the larger number.
    package var count: Int { max(counts.source, counts.destination) + counts.unknown }
    /// Whether the destination saw it, or the log does not say who did. What only the source saw may have been denied on the
    /// other side.
    package var hasReachedDestination: Bool { counts.destination + counts.unknown > 0 }
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
          location: flow.location))
    }
    switch flow.isSeenByDestination {
    case true?: entries[number].counts.destination += flow.count
    case false?: entries[number].counts.source += flow.count
    case nil: entries[number].counts.unknown += flow.count
    }
  }
}

extension Diagnostic.Code {
  /// A record of a log that is in none of the known forms.
  package static let unknownRecord = Self(rawValue: "unknown-record")
}
