/// An address as written, with what only older API servers accept noted instead of refused.
struct ParsedAddress {
  let address: IPAddress
  let hasLeadingZeros: Bool
  let isMapped: Bool

  init?(_ text: some StringProtocol) {
    let inPlace = text.utf8.withContiguousStorageIfAvailable { Self(UnsafeRawBufferPointer($0)) }
    guard let parsed = inPlace ?? Array(text.utf8).withUnsafeBytes(Self.init) else { return nil }
    self = parsed
  }

  /// Allocates nothing: flow files name tens of thousands of addresses.
  init?(_ text: UnsafeRawBufferPointer) {
    guard text.count <= 45 else { return nil }
    if text.contains(UInt8(ascii: ":")) {
      guard let (bits, zeros) = Self.parseIPv6(text) else { return nil }
      hasLeadingZeros = zeros
      isMapped = bits >> 32 == 0xFFFF
      address = isMapped ? IPAddress(.ipv4, bits: bits & 0xFFFF_FFFF) : IPAddress(.ipv6, bits: bits)
    } else {
      guard let (bits, zeros) = Self.parseIPv4(text, from: 0) else { return nil }
      address = IPAddress(.ipv4, bits: bits)
      hasLeadingZeros = zeros
      isMapped = false
    }
  }

  /// Whether the text it was read from is how the address is written: dotted decimal, or RFC 5952.
  func isCanonical(_ text: some StringProtocol) -> Bool {
    text.utf8.contains(UInt8(ascii: ":")) ? address.description == text : !hasLeadingZeros
  }

  /// Leading zeros are decimal, as Go read them before 1.17 and Kubernetes still reads stored objects.
  private static func parseIPv4(
    _ text: UnsafeRawBufferPointer, from start: Int
  ) -> (bits: UInt128, hasLeadingZeros: Bool)? {
    var bits: UInt32 = 0
    var parts = 1
    var (value, digits): (UInt32, Int) = (0, 0)
    var hasLeadingZeros = false
    for byte in text[start...] {
      if byte == UInt8(ascii: ".") {
        guard digits > 0, parts < 4 else { return nil }
        bits = bits << 8 | value
        parts += 1
        (value, digits) = (0, 0)
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10, digits < 16 else { return nil }
      if digits == 1, value == 0 { hasLeadingZeros = true }
      value = value * 10 + UInt32(digit)
      digits += 1
      guard value <= 255 else { return nil }
    }
    guard digits > 0, parts == 4 else { return nil }
    return (UInt128(bits << 8 | value), hasLeadingZeros)
  }

  private static func parseIPv6(_ text: UnsafeRawBufferPointer) -> (bits: UInt128, hasLeadingZeros: Bool)? {
    let colon = UInt8(ascii: ":")
    var bits: UInt128 = 0
    var groups = 0
    /// How many groups stand before `::`.
    var groupsBeforeGap: Int?
    var place = 0
    if text.count >= 2, text[0] == colon, text[1] == colon {
      groupsBeforeGap = 0
      place = 2
    }
    var hasLeadingZeros = false
    while place < text.count {
      let start = place
      var group: UInt128 = 0
      while place < text.count, let digit = hexadecimalDigit(text[place]) {
        group = group << 4 | digit
        place += 1
      }
      if place < text.count, text[place] == UInt8(ascii: ".") {
        guard groups <= 6, let tail = parseIPv4(text, from: start) else { return nil }
        bits = bits << 32 | tail.bits
        groups += 2
        hasLeadingZeros = tail.hasLeadingZeros
        break
      }
      guard (1...4).contains(place - start), groups < 8 else { return nil }
      bits = bits << 16 | group
      groups += 1
      if place == text.count { break }
      guard text[place] == colon, place + 1 < text.count else { return nil }
      place += 1
      if text[place] == colon {
        guard groupsBeforeGap == nil else { return nil }
        groupsBeforeGap = groups
        place += 1
      }
    }
    guard let groupsBeforeGap else { return groups == 8 ? (bits, hasLeadingZeros) : nil }
    guard groups <= 7 else { return nil }
    let tailBits = 16 * (groups - groupsBeforeGap)
    let (head, tail) = (bits >> tailBits, bits & ((1 << tailBits) - 1))
    return (head << (128 - 16 * groupsBeforeGap) | tail, hasLeadingZeros)
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt128? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt128(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt128(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt128(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
