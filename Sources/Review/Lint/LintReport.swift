package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What all rules find in an input.
package struct LintReport: Sendable {
  /// A finding with its rule.
  package struct Entry: Sendable {
    package let rule: LintRule
    package let diagnostic: Diagnostic
  }

  /// A finding that somebody suppressed, and why.
  package struct Suppressed: Sendable {
    package let entry: Entry
    package let suppression: LintSuppression
  }

  package let profile: String
  /// In the order of the places, then of the codes.
  package let entries: [Entry]
  package let suppressed: [Suppressed]
  /// What is wrong with suppressions, and what objects say about connections that could not be read.
  package let problems: [Diagnostic]
  /// A part of the input could not be read, so that findings may be missing.
  package let isIncomplete: Bool

  /// - Parameters:
  ///   - input: read with what its objects declare, see ``ManifestReader/Options/readsDeclarations``.
  ///   - cluster: the same in the eyes of one engine.
  ///   - rules: those that are asked.
  ///   - today: decides which suppressions have expired.
  package init(
    _ input: ClusterInput, _ cluster: Cluster, rules: [LintRule] = LintRule.all, today: CalendarDay
  ) {
    profile = cluster.profile.name
    isIncomplete = cluster.isIncomplete
    let context = LintContext(input, cluster)
    var problems = input.manifests.declarations.notes
    let suppressions =
      input.suppressions
      + LintSuppression.all(in: input.manifests.declarations.lintAnnotations, &problems)
    self.problems = problems.sortedByLocation()
    let codes = Set(rules.map(\.code))
    var isUsed = [Bool](repeating: false, count: suppressions.count)
    var kept: [Entry] = []
    var suppressed: [Suppressed] = []
    func entry(_ rule: LintRule, _ finding: LintFinding) -> Entry {
      var diagnostic = finding.diagnostic
      diagnostic.code = Diagnostic.Code(rawValue: rule.code)
      // What is missing in the input may be what a selector is about.
      if cluster.isIncomplete, rule.restsOnWholeInput { diagnostic.severity = .note }
      return Entry(rule: rule, diagnostic: diagnostic)
    }
    for rule in rules {
      for var finding in rule.findings(context) {
        finding.diagnostic.code = Diagnostic.Code(rawValue: rule.code)
        let matching = suppressions.indices.filter { suppressions[$0].covers(finding) }
        for index in matching { isUsed[index] = true }
        if let valid = matching.first(where: { !suppressions[$0].isExpired(on: today) }) {
          suppressed.append(Suppressed(entry: entry(rule, finding), suppression: suppressions[valid]))
        } else {
          kept.append(entry(rule, finding))
        }
      }
    }
    for (index, suppression) in suppressions.enumerated() where codes.contains(suppression.rule) {
      if isUsed[index], suppression.isExpired(on: today), codes.contains(LintRule.expiredSuppression.code) {
        kept.append(entry(.expiredSuppression, .expired(suppression)))
      } else if !isUsed[index], codes.contains(LintRule.unusedSuppression.code) {
        kept.append(entry(.unusedSuppression, .unused(suppression)))
      }
    }
    entries = Self.sorted(kept) { $0 }
    self.suppressed = Self.sorted(suppressed, \.entry)
  }

  /// Whether something is at least this bad.
  package func has(atLeast severity: Diagnostic.Severity) -> Bool {
    entries.contains { $0.diagnostic.severity >= severity }
  }

  /// By place, code and message; each once, as an engine may ask one policy in two tiers.
  private static func sorted<Element>(_ list: [Element], _ entry: (Element) -> Entry) -> [Element] {
    let sorted = list.sorted { left, right in
      let (a, b) = (entry(left), entry(right))
      switch (a.diagnostic.location, b.diagnostic.location) {
      case (nil, .some): return true
      case (.some, nil): return false
      case (let left?, let right?) where left != right: return left < right
      default: return (a.rule.code, a.diagnostic.message) < (b.rule.code, b.diagnostic.message)
      }
    }
    var kept: [Element] = []
    for element in sorted where kept.last.map({ entry($0).diagnostic }) != entry(element).diagnostic {
      kept.append(element)
    }
    return kept
  }
}

extension LintRule {
  /// Whether an object that is missing in the input could be what a finding misses.
  fileprivate var restsOnWholeInput: Bool {
    ["MRL001", "MRL002", "MRL003", "MRL016", "MRL027"].contains(code)
  }
}

extension LintFinding {
  fileprivate static func expired(_ suppression: LintSuppression) -> LintFinding {
    LintFinding(
      .warning,
      "the suppression of \(suppression.rule) has expired on \(suppression.until.map(String.init) ?? ""), and what it was about is still there: \(suppression.reason)",
      at: suppression.location, about: nil)
  }

  fileprivate static func unused(_ suppression: LintSuppression) -> LintFinding {
    LintFinding(
      .note, "the suppression of \(suppression.rule) matches no finding", at: suppression.location,
      fix: "remove it", about: nil)
  }
}
