package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Ends of rows that a rule speaks of.
struct RuleEnd: Sendable {
  private enum Kind: Sendable {
    case pattern(EndPattern)
    case block(AddressSet)
  }

  private let text: String
  private let kind: Kind

  /// Nil for what no row has: nodes, Services, labels, words.
  init?(_ text: String) {
    self.text = text
    if let block = ParsedCIDR(text) {
      guard block.legacyForms.isEmpty else { return nil }
      kind = .block(AddressSet(block.cidr))
      return
    }
    let isOther =
      text.contains { $0 == "[" || $0 == " " }
      || ["node/", "service/", "svc/"].contains(where: text.hasPrefix)
    guard !isOther, let pattern = EndPattern(text) else { return nil }
    kind = .pattern(pattern)
  }

  func means(_ end: DiffEnd) -> Bool {
    switch kind {
    case .pattern(let pattern): return end.isMeant(by: pattern)
    case .block(let block):
      if case .addresses(let addresses) = end { return !addresses.isDisjoint(with: block) }
      return false
    }
  }

  /// The workload that must be there for the rule to mean anything; nil for patterns and everything else.
  func missingWorkload(among ends: [DiffEnd]) -> String? {
    guard case .pattern(let pattern) = kind, case .workloads = pattern, !text.contains("*") else {
      return nil
    }
    return ends.contains { $0.isMeant(by: pattern) } ? nil : text
  }
}

extension DiffReport {
  /// Rules about workloads that are on neither side: they would forbid nothing.
  package func unknownEnds(_ rules: [ChangeRule]) -> [Diagnostic] {
    rules.flatMap { rule in
      [rule.source, rule.destination].compactMap { $0?.missingWorkload(among: workloads) }.map {
        Diagnostic(
          .unknownName, .error, "the rule \"\(rule.name)\" is about `\($0)`, which is on neither side",
          at: rule.location)
      }
    }
  }
}
