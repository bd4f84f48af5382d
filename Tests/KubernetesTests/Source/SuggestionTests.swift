import Testing

@testable import Kubernetes

@Suite("Suggestions")
struct SuggestionTests {
  private let fields = ["matchLabels", "matchExpressions", "podSelector", "from", "to", "ports"]

  @Test(
    "the nearest candidate, when it is near",
    arguments: [
      ("matchLabel", "matchLabels"), ("matchlabels", "matchLabels"), ("MATCHLABELS", "matchLabels"),
      ("matchLables", "matchLabels"), ("matchExpression", "matchExpressions"), ("podSelctor", "podSelector"),
      ("fromm", "from"), ("form", "from"), ("port", "ports"),
    ])
  func near(_ word: String, _ meant: String) {
    #expect(Suggestion.nearest(to: word, among: fields) == meant)
  }

  @Test(
    "nothing, when nothing is near",
    arguments: ["", "x", "selector", "peers", "three", "from-somewhere", "é"])
  func far(_ word: String) {
    #expect(Suggestion.nearest(to: word, among: fields) == nil)
  }

  @Test("a word of a megabyte costs nothing")
  func longWord() {
    #expect(Suggestion.nearest(to: String(repeating: "matchLabels", count: 100_000), among: fields) == nil)
  }

  @Test(
    "insertions, removals, replacements and swaps of neighbours count one",
    arguments: [
      ("", "", 0), ("", "ab", 2), ("ab", "ab", 0), ("ab", "ba", 1), ("ab", "axb", 1), ("abc", "ac", 1),
      ("abc", "axc", 1), ("kitten", "sitting", 3),
    ])
  func distance(_ left: String, _ right: String, _ count: Int) {
    #expect(Suggestion.editDistance(left, right) == count && Suggestion.editDistance(right, left) == count)
  }
}
