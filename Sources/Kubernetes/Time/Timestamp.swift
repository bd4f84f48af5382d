internal import Glibc

/// A moment, to the second.
package struct Timestamp: Sendable, Hashable, Comparable {
  /// Since 1970, in UTC.
  package let seconds: Int

  private static let secondsUntilYear10000 = 253_402_300_800

  private init(unchecked seconds: Int) {
    self.seconds = seconds
  }

  /// - Parameter seconds: nil where they are before 1970 or after 9999.
  package init?(secondsSince1970 seconds: Int) {
    guard (0..<Self.secondsUntilYear10000).contains(seconds) else { return nil }
    self.init(unchecked: seconds)
  }

  /// Reads `2026-08-20T10:15:02.5+02:00` (RFC 3339); nil for anything else.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let day = CalendarDay(String(decoding: bytes[..<10], as: UTF8.self)),
      let hour = Self.number(bytes[11..<13], below: 24), let minute = Self.number(bytes[14..<16], below: 60),
      let second = Self.number(bytes[17..<19], below: 61)
    else { return nil }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      if digits.isEmpty { return nil }
      rest = rest[digits.endIndex...]
    }
    guard let offset = Self.offset(rest) else { return nil }
    self.init(secondsSince1970: day.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second - offset)
  }

  /// `Z` or `+02:00`, in seconds.
  private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
    guard let first = text.first else { return nil }
    if first | 0x20 == UInt8(ascii: "z") { return text.count == 1 ? 0 : nil }
    let start = text.startIndex
    guard text.count == 6, first == UInt8(ascii: "+") || first == UInt8(ascii: "-"),
      text[start + 3] == UInt8(ascii: ":"), let hours = number(text[(start + 1)..<(start + 3)], below: 24),
      let minutes = number(text[(start + 4)...], below: 60)
    else { return nil }
    return (first == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  private static func number(_ digits: ArraySlice<UInt8>, below limit: Int) -> Int? {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return number < limit ? number : nil
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}

extension Timestamp: CustomStringConvertible {
  /// `2026-08-20T10:15:02Z`.
  package var description: String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let rest = seconds % 86_400
    return
      "\(CalendarDay(secondsSince1970: seconds))T\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
  }
}

extension Timestamp {
  /// The time of the day of this machine.
  package static var now: Timestamp { Timestamp(secondsSince1970: time(nil)) ?? .earliest }

  /// The first moment of 1970.
  package static let earliest = Timestamp(unchecked: 0)

  /// The moment some seconds later; the last one there is, where that is later.
  package func advanced(bySeconds count: Int) -> Timestamp {
    Timestamp(unchecked: min(max(0, seconds + count), Self.secondsUntilYear10000 - 1))
  }
}
