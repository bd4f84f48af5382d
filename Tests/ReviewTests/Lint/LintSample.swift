import Kubernetes
import PolicyModel

@testable import Review

/// An input that triggers one rule, and one just beside it that does not.
struct LintSample: Sendable, CustomStringConvertible {
  let rule: String
  /// Objects of both inputs.
  let world: [String]
  let triggers: [String]
  let doesNot: [String]
  /// What is found, `severity message`.
  let finding: String
  var profile = EngineProfile.kubernetes
  /// The text of `merlon.yaml`.
  var settings = ""

  var description: String { "\(rule): \(finding)" }
}

/// What lint says about some objects.
struct LintOutcome {
  let report: LintReport

  init(
    _ documents: [String], profile: EngineProfile = .kubernetes, settings: String = "", only: [String] = [],
    today: String = "2026-12-01"
  ) {
    let input = DeclaredInput(documents, profile: profile, settings: settings)
    let rules = LintRule.all.filter { only.isEmpty || only.contains($0.code) }
    report = LintReport(
      input.input, input.cluster, rules: rules,
      today: CalendarDay(today) ?? CalendarDay(secondsSince1970: 0))
  }

  /// `severity message`
  var findings: [String] {
    report.entries.map { "\($0.diagnostic.severity.rawValue) \($0.diagnostic.message)" }
  }
}
