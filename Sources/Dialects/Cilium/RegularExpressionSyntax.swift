/// The syntax of Go's regular expressions (RE2), as far as mistakes in HTTP rules need it.
///
/// Not a parser: what it finds is wrong certainly, what it does not find may be wrong still.
enum RegularExpressionSyntax {
  /// What is certainly wrong with an expression, or nil. O(text).
  static func problem(of text: String) -> String? {
    var scanner = Scanner(bytes: Array(text.utf8))
    return scanner.problem()
  }

  private struct Scanner {
    let bytes: [UInt8]
    var next = 0
    var openGroups = 0
    /// Whether something stands before the next byte that `*` could repeat.
    var canRepeat = false
    /// Whether a repetition has just ended.
    var hasRepeated = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var byte: UInt8? { next < bytes.count ? bytes[next] : nil }

    private func has(_ text: StaticString) -> Bool {
      text.withUTF8Buffer { bytes[next...].starts(with: $0) }
    }

    mutating func problem() -> String? {
      while let byte {
        let problem: String?
        switch byte {
        case UInt8(ascii: "\\"): problem = escape()
        case UInt8(ascii: "["): problem = bracketExpression()
        case UInt8(ascii: "("): problem = group()
        case UInt8(ascii: ")"):
          openGroups -= 1
          problem = openGroups < 0 ? "`)` without `(`" : nil
          passed()
        case UInt8(ascii: "|"):
          next += 1
          (canRepeat, hasRepeated) = (false, false)
          problem = nil
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): problem = repetition()
        default:
          passed()
          problem = nil
        }
        if let problem { return problem }
      }
      return openGroups > 0 ? "`(` without `)`" : nil
    }

    /// Passes bytes that stand for something.
    private mutating func passed(_ count: Int = 1) {
      next += count
      (canRepeat, hasRepeated) = (true, false)
    }

    private mutating func repetition() -> String? {
      guard let byte else { return nil }
      let sign = String(UnicodeScalar(byte))
      if hasRepeated { return "a second `\(sign)` after a repetition" }
      if !canRepeat { return "nothing stands before `\(sign)` that it could repeat" }
      next += 1
      if self.byte == UInt8(ascii: "?") { next += 1 }
      hasRepeated = true
      return nil
    }

    private mutating func group() -> String? {
      for lookaround in ["(?=", "(?!", "(?<=", "(?<!"] as [StaticString] where has(lookaround) {
        return "`\(lookaround)` looks around, which Go's expressions cannot"
      }
      openGroups += 1
      next += 1
      (canRepeat, hasRepeated) = (false, false)
      guard byte == UInt8(ascii: "?") else { return nil }
      // Flags or a name: `(?i)`, `(?i:…`, `(?P<name>…`.
      while let byte, byte != UInt8(ascii: ")") {
        next += 1
        if byte == UInt8(ascii: ":") || byte == UInt8(ascii: ">") { break }
      }
      return nil
    }

    private mutating func escape() -> String? {
      guard next + 1 < bytes.count else { return "a `\\` at the end" }
      if has("\\Q") {
        next += 2
        while byte != nil, !has("\\E") { next += 1 }
        if byte != nil { next += 2 }
        (canRepeat, hasRepeated) = (true, false)
        return nil
      }
      let escaped = bytes[next + 1]
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(escaped | 0x20)
      if isLetter, !"AbBzdDsSwWpPafnrtvx".utf8.contains(escaped) {
        return "`\\\(UnicodeScalar(escaped))` is not known"
      }
      if isBackreference(escaped) {
        return "`\\\(UnicodeScalar(escaped))` refers back, which Go's expressions cannot"
      }
      passed(2)
      return nil
    }

    /// Whether an escaped digit is no octal number: `\12` is one, `\1` is not.
    private func isBackreference(_ digit: UInt8) -> Bool {
      func isOctal(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) }
      if digit == UInt8(ascii: "8") || digit == UInt8(ascii: "9") { return true }
      guard isOctal(digit), digit != UInt8(ascii: "0") else { return false }
      return next + 2 >= bytes.count || !isOctal(bytes[next + 2])
    }

    /// The number of bytes of `[:alpha:]` at this place; 1 when there is no such class.
    private var classLength: Int {
      guard has("[:") else { return 1 }
      var end = next + 2
      while end + 1 < bytes.count {
        if bytes[end] == UInt8(ascii: ":"), bytes[end + 1] == UInt8(ascii: "]") { return end + 2 - next }
        end += 1
      }
      return 1
    }

    private mutating func bracketExpression() -> String? {
      next += 1
      if byte == UInt8(ascii: "^") { next += 1 }
      var isFirst = true
      while let byte {
        if byte == UInt8(ascii: "]"), !isFirst {
          passed()
          return nil
        }
        isFirst = false
        next += byte == UInt8(ascii: "\\") ? 2 : classLength
      }
      return "`[` without `]`"
    }
  }
}
