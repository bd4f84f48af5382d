import Testing

@testable import Dialects

/// Go's `regexp/syntax`: what is certainly wrong, and what must never be called wrong.
@Suite("Syntax of regular expressions")
struct RegularExpressionSyntaxTests {
  @Test(
    "what is wrong",
    arguments: [
      ("(a", "`(` without `)`"), ("a)", "`)` without `(`"), ("[a", "`[` without `]`"),
      ("[]", "`[` without `]`"),
      ("[a\\]", "`[` without `]`"), ("a\\", "a `\\` at the end"),
      ("*a", "nothing stands before `*` that it could repeat"),
      ("a|+", "nothing stands before `+` that it could repeat"),
      ("(?:*a)", "nothing stands before `*` that it could repeat"),
      ("/a/**", "a second `*` after a repetition"), ("a+*", "a second `*` after a repetition"),
      ("a*?+", "a second `+` after a repetition"),
      ("(?=a)", "`(?=` looks around, which Go's expressions cannot"),
      ("(?<!a)b", "`(?<!` looks around, which Go's expressions cannot"), ("\\y", "`\\y` is not known"),
      ("(a)\\1", "`\\1` refers back, which Go's expressions cannot"),
      ("\\8", "`\\8` refers back, which Go's expressions cannot"),
    ])
  func wrong(_ text: String, _ problem: String) {
    #expect(RegularExpressionSyntax.problem(of: text) == problem)
  }

  @Test(
    "what is not",
    arguments: [
      "", "/public/.*", "GET|POST", "a*?b+?c??", "(a|b)*", "(?i)get", "(?i:get)*", "(?P<name>a)",
      "(?<name>a)", "^/a$",
      "^*", "[]a]", "[^]a]", "[[:alpha:]-]", "[[:]", "[a\\]]", "[*+(]", "\\d+\\.\\w*", "\\Q(*\\E*", "\\Q(",
      "\\12", "\\/",
      "a{2}", "a{2,}", "{", "()", "(|a)", "\\pN", "ü*", "/a/[^/]+/b",
    ])
  func right(_ text: String) {
    #expect(RegularExpressionSyntax.problem(of: text) == nil)
  }
}
