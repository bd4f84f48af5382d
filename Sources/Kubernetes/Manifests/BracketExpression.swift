/// A `[…]` of a shell pattern, as git's wildmatch reads it: members, ranges, `\` escapes, `[:class:]`, and
/// `!` or `^` for "none of these". A `]` that comes first is a member.
struct BracketExpression {
  private var members: Set<UInt8> = []
  private var isNegated = false
  /// The index after the closing bracket.
  private(set) var end: Int

  /// Nil when the expression does not end, or names no known class: such a pattern matches nothing.
  init?(_ pattern: ArraySlice<UInt8>) {
    end = pattern.startIndex + 1
    if end < pattern.endIndex, pattern[end] == UInt8(ascii: "!") || pattern[end] == UInt8(ascii: "^") {
      isNegated = true
      end += 1
    }
    let first = end
    var previous: UInt8?
    while end < pattern.endIndex {
      let rest = pattern[end...]
      if rest.first == UInt8(ascii: "]"), end > first {
        end += 1
        return
      }
      if rest.starts(with: "[:".utf8) {
        guard let close = rest.firstIndex(of: UInt8(ascii: "]")), pattern[close - 1] == UInt8(ascii: ":"),
          let names = Self.classes[String(decoding: pattern[(end + 2)..<(close - 1)], as: UTF8.self)]
        else { return nil }
        for byte in UInt8.min...UInt8(127) where names.contains(where: { $0.contains(byte) }) {
          members.insert(byte)
        }
        end = close + 1
        previous = nil
      } else if rest.first == UInt8(ascii: "-"), let low = previous, end + 1 < pattern.endIndex,
        pattern[end + 1] != UInt8(ascii: "]")
      {
        end += 1
        guard let high = Self.takeMember(pattern, &end) else { return nil }
        if low <= high { members.formUnion(low...high) }
        previous = nil
      } else {
        guard let member = Self.takeMember(pattern, &end) else { return nil }
        members.insert(member)
        previous = member
      }
    }
    return nil
  }

  func matches(_ byte: UInt8) -> Bool { members.contains(byte) != isNegated }

  private static func takeMember(_ pattern: ArraySlice<UInt8>, _ index: inout Int) -> UInt8? {
    if pattern[index] == UInt8(ascii: "\\") { index += 1 }
    guard index < pattern.endIndex else { return nil }
    index += 1
    return pattern[index - 1]
  }

  private static let digits: ClosedRange<UInt8> = 48...57
  private static let upper: ClosedRange<UInt8> = 65...90
  private static let lower: ClosedRange<UInt8> = 97...122

  /// The classes of POSIX in ASCII, which is what git knows.
  private static let classes: [String: [ClosedRange<UInt8>]] = [
    "digit": [digits], "upper": [upper], "lower": [lower], "alpha": [upper, lower],
    "alnum": [digits, upper, lower],
    "xdigit": [digits, 65...70, 97...102], "blank": [9...9, 32...32], "space": [9...13, 32...32],
    "punct": [33...47, 58...64, 91...96, 123...126], "graph": [33...126], "print": [32...126],
    "cntrl": [0...31, 127...127],
  ]
}
