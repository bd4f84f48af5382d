/// What an unquoted scalar means to the Kubernetes tools.
///
/// They read YAML with a fork of go-yaml v2 (sigs.k8s.io/yaml/goyaml.v2, `resolve.go`), which follows
/// YAML 1.1: `y`, `no` and `on` are booleans, `010` is eight. JSON's bare words are a subset.
package enum PlainScalar: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case float
  case string

  /// Resolves the bytes of a plain scalar.
  static func resolve(_ bytes: some Collection<UInt8>) -> PlainScalar {
    guard let first = bytes.first else { return .null }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if let integer = decimal(bytes) { return .integer(integer) }
      if !bytes.allSatisfy(isOfNumbers) { return .string }
      return resolveNumber(String(decoding: bytes, as: UTF8.self))
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
      UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
      UInt8(ascii: "~"):
      if bytes.count > 5 { return .string }
      return words[String(decoding: bytes, as: UTF8.self)] ?? .string
    default: return .string
    }
  }

  /// Whether the bytes are one of the words for null, or none.
  static func isNull(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch bytes.count {
    case 0: true
    case 1: bytes[0] == UInt8(ascii: "~")
    case 4: resolve(bytes) == .null
    default: false
    }
  }

  private static let words: [String: PlainScalar] = {
    var words: [String: PlainScalar] = [:]
    for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
      words[word] = .bool(true)
    }
    for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
      words[word] = .bool(false)
    }
    for word in ["~", "null", "Null", "NULL"] { words[word] = .null }
    return words
  }()

  /// The number of one to eighteen digits without a leading zero, the form of nearly all.
  private static func decimal(_ bytes: some Collection<UInt8>) -> Int64? {
    guard bytes.count <= 18, bytes.count == 1 || bytes.first != UInt8(ascii: "0") else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Whether a number of any form may have it: an address or a date has others.
  private static func isOfNumbers(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func resolveNumber(_ text: String) -> PlainScalar {
    if specialFloats.contains(text) { return .float }
    // Underscores may stand between digits, but not in what starts with a dot.
    let plain = text.first == "." ? text : text.filter { $0 != "_" }
    if let integer = goInteger(plain) { return .integer(integer) }
    // `1e999` has the form of a float but no value, so it stays text.
    return isFloat(plain) && Double(plain)?.isFinite == true ? .float : .string
  }

  private static let specialFloats: Set<String> = [
    ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF",
  ]

  /// Go's `strconv.ParseInt(text, 0, 64)`: the prefix chooses the base.
  private static func goInteger(_ text: String) -> Int64? {
    var digits = Substring(text)
    var sign = ""
    if let first = digits.first, first == "+" || first == "-" {
      if first == "-" { sign = "-" }
      digits = digits.dropFirst()
    }
    guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
    var radix = 10
    switch digits.prefix(2).lowercased() {
    case "0x": radix = 16
    case "0b": radix = 2
    case "0o": radix = 8
    default: if digits.count > 1, first == "0" { radix = 8 }
    }
    let prefixLength = radix == 10 ? 0 : digits.dropFirst().first?.isLetter == true ? 2 : 1
    digits = digits.dropFirst(prefixLength)
    // The sign stands before the prefix; `Int64` would take another one after it.
    guard digits.first?.isHexDigit == true else { return nil }
    return Int64(sign + digits, radix: radix)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isFloat(_ text: String) -> Bool {
    var rest = Substring(text)
    func takeDigits() -> Int {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    if let sign = rest.first, sign == "+" || sign == "-" { rest = rest.dropFirst() }
    let whole = takeDigits()
    if rest.first == "." {
      rest = rest.dropFirst()
      if takeDigits() == 0, whole == 0 { return false }
    } else if whole == 0 {
      return false
    }
    if let exponent = rest.first, exponent == "e" || exponent == "E" {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == "+" || sign == "-" { rest = rest.dropFirst() }
      if takeDigits() == 0 { return false }
    }
    return rest.isEmpty
  }
}
