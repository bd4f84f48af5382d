/// Statements in the order in which the kernel takes them.
package struct Rule: Sendable, Hashable {
  package let statements: [Statement]
  /// Comes back when the rules are listed.
  package let note: SafeText?

  package init(_ statements: [Statement], note: SafeText? = nil) {
    self.statements = statements
    self.note = note
  }

  /// Conditions, then what is done, then the verdict.
  package init(
    _ matches: [Match] = [], _ actions: [Statement] = [], _ verdict: Verdict? = nil, note: SafeText? = nil
  ) {
    statements = matches.map(Statement.match) + actions + (verdict.map { [.verdict($0)] } ?? [])
    self.note = note
  }
}

extension Rule {
  /// The chains that the rule can go to without a named map.
  package var targets: [ChainName] {
    statements.flatMap { statement -> [ChainName] in
      switch statement {
      case .verdict(let verdict): verdict.target.map { [$0] } ?? []
      case .verdicts(_, let elements): elements.compactMap(\.verdict.target)
      default: []
      }
    }
  }

  /// The named maps that the rule asks.
  package var maps: [MapName] {
    statements.compactMap {
      switch $0 {
      case .verdictMap(_, let name), .markPacketBy(_, let name): name
      default: nil
      }
    }
  }

  /// The named sets that the rule asks or fills.
  package var sets: [SetName] {
    statements.compactMap {
      switch $0 {
      case .match(.lookup(_, _, let name)), .update(let name, _, _):
        name
      default: nil
      }
    }
  }

  /// The named counters of the rule.
  package var counters: [CounterName] {
    statements.compactMap { if case .countIn(let name) = $0 { name } else { nil } }
  }
}
