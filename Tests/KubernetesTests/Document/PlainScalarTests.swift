import Testing

@testable import Kubernetes

/// The rules of go-yaml v2's `resolve.go`, which kubectl and the API server read YAML with.
@Suite("Plain scalars")
struct PlainScalarTests {
  @Test("nothing, ~ and null are null", arguments: ["", "~", "null", "Null", "NULL"])
  func nulls(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .null)
  }

  @Test(
    "YAML 1.1 has eleven spellings of true",
    arguments: ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
  func trueSpellings(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .bool(true))
  }

  @Test(
    "and eleven of false",
    arguments: ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
  func falseSpellings(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .bool(false))
  }

  @Test(
    "other letter cases and longer words are text",
    arguments: ["yES", "nULL", "oN", "tRUE", "yess", "nope", "onn", "offf", "trues", "None", "nil", "t", "f"])
  func nearlyWords(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .string)
  }

  @Test(
    "integers, with Go's prefixes",
    arguments: [
      ("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("-7", -7), ("010", 8), ("-010", -8), ("0o10", 8),
      ("0O10", 8),
      ("0x1F", 31), ("0X1f", 31), ("-0x1F", -31), ("0b101", 5), ("-0b101", -5), ("1_000", 1000), ("00", 0),
      ("9223372036854775807", 9_223_372_036_854_775_807),
    ] as [(String, Int64)])
  func integers(_ text: String, _ value: Int64) {
    #expect(PlainScalar.resolve(text.utf8) == .integer(value))
  }

  @Test(
    "floats, and digits that are no octal number",
    arguments: [
      "1.5", "-1.5", "+1.5", "1.", ".5", "-.5", "1e3", "1E3", "1e+3", "1.5e-3", "08", "09", ".inf", ".Inf",
      ".INF", "+.inf", "-.Inf", ".nan", ".NaN", ".NAN", "18446744073709551616",
    ])
  func floats(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .float)
  }

  @Test(
    "text that only looks like a number",
    arguments: [
      "0-5", "0x-5", "0b-1", "0o+7", "+-5", "--5", "0x", "0b", "0b2", "0xg", "1:30", "2001-01-01", "1.2.3",
      "1e",
      "1e999", ".", "-", "+", "..", ".5_5", ".iNf", "-.iNF", "+.nan", "1a", "1_a", "10.0.0.0/8", "１",
      "1\u{301}",
    ])
  func nearlyNumbers(_ text: String) {
    #expect(PlainScalar.resolve(text.utf8) == .string)
  }
}
