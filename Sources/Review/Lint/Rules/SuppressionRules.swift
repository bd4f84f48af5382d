internal import Kubernetes

extension LintRule {
  /// Made by the report, which knows what was suppressed.
  static let expiredSuppression = LintRule(
    "MRL030", "expired-suppression", .warning,
    "a suppression has expired, and what it was about is still there",
    Explanation(
      trigger: "The day of `until` is over, and the finding that was suppressed is made again.",
      reason: "Somebody said that it would be mended by then.",
      exclusion: "A suppression that has expired and matches nothing any more is MRL031.",
      example: """
        lint: {suppress: [{rule: MRL014, where: shop/cart, reason: moves to mesh, until: 2020-01-31}]}
        """,
      remedy: "Mend it, or give it another day.")
  ) { _ in [] }

  /// Likewise.
  static let unusedSuppression = LintRule(
    "MRL031", "unused-suppression", .note, "a suppression matches no finding",
    Explanation(
      trigger: "No finding of its rule is about what the suppression names.",
      reason: "It would hide the next one.",
      exclusion: "Suppressions of rules that were left out of the run.",
      example: """
        lint: {suppress: [{rule: MRL014, where: shop/gone, reason: gone since May}]}
        """,
      remedy: "Remove it.")
  ) { _ in [] }
}
