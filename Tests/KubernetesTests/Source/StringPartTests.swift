import Testing

@testable import Kubernetes

@Suite("Parts of texts")
struct StringPartTests {
  @Test(
    "a part stands anywhere, byte by byte",
    arguments: [
      ("", "", true), ("a", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "c", true),
      ("abc", "abcd", false), ("aab", "ab", true), ("ababac", "abac", true), ("a-b", "--", false),
      ("\u{E9}", "e", false), ("e\u{301}", "\u{E9}", false),
    ])
  func part(_ text: String, _ part: String, _ isPart: Bool) {
    #expect(text.hasPart(part) == isPart)
  }
}
