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
      return resolveNumber(String(decoding: bytes, as: UTF8.self))
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
      UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"),
      UInt8(ascii: "~"):
      if bytes.count > 5 { return .string }
      return words[String(decoding: bytes, as: UTF8.self)] ?? .string
    default: return .string
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

  private static func resolveNumber(_ text: String) -> PlainScalar {
    switch text.lowercased() {
    case ".nan", ".inf", "+.inf", "-.inf": return .float
    default: break
    }
    let plain = text.filter { $0 != "_" }
    if let integer = goInteger(plain) { return .integer(integer) }
    return isFloat(plain) ? .float : .string
  }

  /// Go's `strconv.ParseInt(text, 0, 64)`: the prefix chooses the base.
  private static func goInteger(_ text: String) -> Int64? {
    var digits = Substring(text)
    var sign = ""
    if let first = digits.first, first == "+" || first == "-" {
      if first == "-" { sign = "-" }
      digits = digits.dropFirst()
    }
    guard let first = digits.first, first.isASCII, first.isNumber else { return nil }
    let lowered = digits.lowercased()
    if lowered.hasPrefix("0x") { return Int64(sign + lowered.dropFirst(2), radix: 16) }
    if lowered.hasPrefix("0b") { return Int64(sign + lowered.dropFirst(2), radix: 2) }
    if lowered.hasPrefix("0o") { return Int64(sign + lowered.dropFirst(2), radix: 8) }
    if digits.count > 1, first == "0" { return Int64(sign + digits.dropFirst(), radix: 8) }
    return Int64(sign + digits, radix: 10)
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
