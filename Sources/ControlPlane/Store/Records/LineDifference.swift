/// What the audit trail says of two texts: the lines that went and came, in order.
struct LineDifference {
  /// More changed lines than these are only counted: comparing takes their square.
  static let comparedLines = 2_000
  static let shownLines = 200
  static let shownCharacters = 200

  let removed: Int
  let inserted: Int
  /// `- old` and `+ new`, not endless.
  let lines: [String]

  init(from old: String, to new: String) {
    let (old, new) = Self.withoutSharedEnds(Self.lines(old), Self.lines(new))
    guard old.count + new.count <= Self.comparedLines else {
      removed = old.count
      inserted = new.count
      lines = ["the changed part is too large to compare"]
      return
    }
    let difference = new.difference(from: old)
    let gone = Set(difference.removals.map(Self.offset))
    let come = Set(difference.insertions.map(Self.offset))
    removed = gone.count
    inserted = come.count
    var lines: [String] = []
    var left = 0
    var right = 0
    while left < old.count || right < new.count {
      if gone.contains(left) {
        lines.append("- " + Self.shortened(old[left]))
        left += 1
      } else if come.contains(right) {
        lines.append("+ " + Self.shortened(new[right]))
        right += 1
      } else {
        left += 1
        right += 1
      }
    }
    let hidden = lines.count - Self.shownLines
    self.lines = hidden > 0 ? lines.prefix(Self.shownLines) + ["and \(hidden) more lines"] : lines
  }

  private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
    switch change {
    case .remove(let offset, _, _), .insert(let offset, _, _): offset
    }
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func withoutSharedEnds(
    _ old: [Substring], _ new: [Substring]
  ) -> (old: [Substring], new: [Substring]) {
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old[start...].reversed(), new[start...].reversed()).prefix { $0 == $1 }.count
    return (Array(old[start..<(old.count - end)]), Array(new[start..<(new.count - end)]))
  }

  private static func shortened(_ line: Substring) -> String {
    line.count > shownCharacters ? line.prefix(shownCharacters) + "…" : String(line)
  }
}
