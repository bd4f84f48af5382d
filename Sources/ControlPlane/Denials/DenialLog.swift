internal import Synchronization

/// The last denials that gateways reported, in memory and bounded in number.
final class DenialLog: Sendable {
  /// A denial with its place in the order in which reports came.
  struct Entry: Sendable {
    let number: Int
    let denial: ReportedDenial
  }

  /// What is told of the log.
  struct Page: Sendable {
    let entries: [Entry]
    /// How many came after the number that was asked for and are not kept any more.
    let missed: Int
  }

  private struct Content {
    /// In their order; the oldest ones are taken away in bulk.
    var entries: [Entry] = []
    var count = 0
    /// By gateway and kind.
    var totals: [String: [ReportedDenial.Kind: Int]] = [:]
  }

  static let capacity = 10_000
  /// Gateways that are told apart in metrics; what others report is counted together.
  static let mostGateways = 100

  private let content = Mutex(Content())

  /// O(denials), amortised.
  func append(_ denials: [ReportedDenial]) {
    content.withLock { content in
      for denial in denials {
        content.count += 1
        content.entries.append(Entry(number: content.count, denial: denial))
        let isKnown = content.totals[denial.gateway] != nil || content.totals.count < Self.mostGateways
        content.totals[isKnown ? denial.gateway : "others", default: [:]][denial.kind, default: 0] += 1
      }
      if content.entries.count > 2 * Self.capacity {
        content.entries.removeFirst(content.entries.count - Self.capacity)
      }
    }
  }

  /// Those after the one with a number, the oldest first.
  func after(_ number: Int, limit: Int) -> Page {
    content.withLock { content in
      let kept = content.entries.suffix(Self.capacity)
      let first = kept.first?.number ?? content.count + 1
      let newer = kept.dropFirst(max(0, number + 1 - first))
      return Page(entries: Array(newer.prefix(limit)), missed: max(0, first - number - 1))
    }
  }

  /// How many each gateway has reported, by name and kind.
  var totals: [(gateway: String, kind: ReportedDenial.Kind, count: Int)] {
    content.withLock(\.totals).sorted { $0.key < $1.key }.flatMap { gateway, kinds in
      kinds.sorted { $0.key.rawValue < $1.key.rawValue }.map { (gateway, $0.key, $0.value) }
    }
  }
}
