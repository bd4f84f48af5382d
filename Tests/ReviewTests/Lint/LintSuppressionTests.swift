import Kubernetes
import Testing

@testable import Review

@Suite("Suppressions")
struct LintSuppressionTests {
  private static let empty = "podSelector: {}, ingress: [{from: []}]"
  private static let world = [namespace("shop"), deployment("shop/web", "app: web")]

  private func outcome(_ settings: String, _ policies: [String] = [policy("shop/a", empty)]) -> LintOutcome {
    LintOutcome(Self.world + policies, settings: settings, only: ["MRL005", "MRL030", "MRL031"])
  }

  @Test(
    "the settings name a rule and where",
    arguments: [
      ("shop/a", true), ("shop/*", true), ("\"*\"", true), ("shop/b", false), ("data/*", false), ("a", true),
    ])
  func scope(pattern: String, isSuppressed: Bool) {
    let outcome = outcome("lint: {suppress: [{rule: empty-peer-list, where: \(pattern), reason: meant}]}")
    #expect(outcome.report.suppressed.count == (isSuppressed ? 1 : 0))
    #expect(outcome.report.entries.map(\.rule.code) == (isSuppressed ? [] : ["MRL031", "MRL005"]))
  }

  @Test(
    "it counts up to its last day",
    arguments: [("2026-11-30", false), ("2026-12-01", true), ("2027-01-31", true)])
  func days(until: String, counts: Bool) {
    let outcome = outcome("lint: {suppress: [{rule: MRL005, where: shop/a, reason: meant, until: \(until)}]}")
    #expect(outcome.report.suppressed.isEmpty != counts)
    #expect(outcome.report.entries.map(\.rule.code) == (counts ? [] : ["MRL030", "MRL005"]))
  }

  @Test(
    "what is wrong with it is an error, and it does not count",
    arguments: [
      "rule: MRL999, where: shop/a, reason: meant", "rule: MRL005, where: shop/a",
      "rule: MRL005, reason: meant", "rule: MRL005, where: shop/a, reason: meant, until: 2027-02-30",
      "rule: MRL005, where: shop/a, reason: meant, for: ever",
    ])
  func problems(entry: String) {
    let settings = Settings(
      SettingsText(ManifestText(path: "merlon.yaml", "lint: {suppress: [{\(entry)}]}")))
    #expect(settings.suppressions.isEmpty)
    #expect(settings.problems.count == 1)
    #expect(settings.problems.allSatisfy { $0.severity == .error && $0.location != nil })
  }

  @Test(
    "annotations are about their object",
    arguments: [
      ("MRL005 meant for all", true), ("MRL005 until=2027-01-31 until the mesh is there", true),
      ("MRL006 other; MRL005 meant", true), ("MRL006 other", false), ("MRL005", false),
      ("MRL005 until=soon meant", false),
    ])
  func annotations(text: String, isSuppressed: Bool) {
    let annotated = policy("shop/a", Self.empty).replacing(
      "labels: {}", with: "annotations: {merlon.dev/lint-ignore: \"\(text)\"}")
    let report = outcome("", [annotated, policy("shop/b", Self.empty)]).report
    #expect(report.suppressed.count == (isSuppressed ? 1 : 0))
    #expect(report.entries.count { $0.rule.code == "MRL005" } == (isSuppressed ? 1 : 2))
    #expect(report.problems.isEmpty == (text != "MRL005" && !text.contains("soon")))
  }

  @Test(
    "days of the calendar",
    arguments: [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_796_083_200, "2026-12-01")])
  func calendar(seconds: Int, text: String) {
    #expect(CalendarDay(secondsSince1970: seconds).description == text)
    #expect(CalendarDay(text) == CalendarDay(secondsSince1970: seconds))
    #expect(CalendarDay("2027-02-29") == nil && CalendarDay("27-2-1") == nil)
  }
}
