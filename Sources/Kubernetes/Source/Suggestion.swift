/// Finds what somebody probably meant to type.
package enum Suggestion {
  /// The candidate nearest to `word` when it is near enough to be a typing error, else nil.
  ///
  /// Near enough: an edit distance of at most 2, or a third of the word's length for long words;
  /// a difference in letter case alone always counts. The first candidate wins a tie.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = Swift.max(1, Swift.min(3, word.utf8.count / 3))
    let lowered = word.lowercased()
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate != word {
      if candidate.lowercased() == lowered { return candidate }
      // A difference in length is a lower bound, and saves the O(n·m) for words of any length.
      if abs(candidate.utf8.count - word.utf8.count) > limit { continue }
      let distance = editDistance(word, candidate)
      if distance <= limit, distance < best?.distance ?? Int.max {
        best = (candidate, distance)
      }
    }
    return best?.candidate
  }

  /// The number of single-character insertions, removals, replacements and swaps of neighbours
  /// between two words (optimal string alignment). O(n·m).
  package static func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    if a.isEmpty || b.isEmpty { return Swift.max(a.count, b.count) }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var row = [Int](repeating: i, count: b.count + 1)
      for j in 1...b.count {
        let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        row[j] = Swift.min(previous[j] + 1, row[j - 1] + 1, substitution)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          row[j] = Swift.min(row[j], beforePrevious[j - 2] + 1)
        }
      }
      beforePrevious = previous
      previous = row
    }
    return previous[b.count]
  }
}
