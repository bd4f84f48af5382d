import Testing

@testable import Dialects

/// SEMANTICS.md §3.4: what is no selector, and what was expected where.
@Suite("What is no Calico selector")
struct CalicoSelectorErrorTests {
  private func error(_ text: String) -> CalicoSelectorError? {
    do {
      _ = try selector(text)
      return nil
    } catch {
      return error
    }
  }

  private static let label = "a label, `has(…)`, `all()`, `global()`, `!` or `(`"
  private static let test =
    "`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with` after the label"

  @Test(
    "the message says what was expected in which column",
    arguments: [
      ("a = 'b'", 3, "\(test) `a`"), ("a == b", 6, "a string in quotes"), ("a ==", 5, "a string in quotes"),
      ("a", 2, "\(test) `a`"), ("has (a)", 5, "\(test) `has`"), ("ALL()", 4, "\(test) `ALL`"),
      ("a b", 3, "\(test) `a`"), ("a 'b'", 3, "\(test) `a`"), ("a not 'b'", 3, "\(test) `a`"),
      ("a starts 'b'", 3, "\(test) `a`"), ("a !== 'b'", 5, "a string in quotes"),
      ("a has(b)", 3, "\(test) `a`"), ("not has(a)", 5, "\(test) `not`"),
      ("a == 'b", 6, "a string that ends: it has no closing quote"),
      ("a == 'b\"", 6, "a string that ends: it has no closing quote"),
      ("a == 'b''c'", 9, "`&&`, `||` or the end"), ("a == 'b' c", 10, "`&&`, `||` or the end"),
      ("has(a) has(b)", 8, "`&&`, `||` or the end"), ("has(a) & has(b)", 8, "`&&`, `||` or the end"),
      ("has(a) | has(b)", 8, "`&&`, `||` or the end"), ("has(a), has(b)", 7, "`&&`, `||` or the end"),
      ("has(a))", 7, "`&&`, `||` or the end"), ("(has(a) x)", 9, "`&&`, `||` or `)`"),
      ("has(a) &&", 10, label), ("has(a) || ", 11, label), ("&& has(a)", 1, label), ("()", 2, label),
      ("!", 2, label), ("!= 'b'", 1, label), ("'b' == a", 1, label), ("é == 'b'", 1, label),
      ("bogus(", 6, "\(test) `bogus`"), ("(has(a)", 8, "`)` for the `(` in column 1"),
      ("has(é) || ((all())", 5, "a label"), ("'é", 1, label),
      ("a == 'é' || ((all())", 21, "`)` for the `(` in column 13"),
      ("has()", 5, "a label"), ("has(a", 6, "`)`"), ("has(a b)", 7, "`)`"), ("has('a')", 5, "a label"),
      ("all(a)", 5, "`)`"), ("all", 4, "\(test) `all`"), ("global(", 8, "`)`"),
      ("a in 'b'", 6, "`{` and strings in quotes"), ("a in ('b')", 6, "`{` and strings in quotes"),
      ("a in {b}", 7, "a string in quotes, or `}`"), ("a in {,}", 7, "a string in quotes, or `}`"),
      ("a in {'b' 'c'}", 11, "`,` or `}`"), ("a in {'b'", 10, "`,` or `}`"),
      ("a in {", 7, "a string in quotes, or `}`"),
      ("a in {'b',,}", 11, "a string in quotes, or `}`"), ("a inside {'b'}", 5, "`{` and strings in quotes"),
      ("a == 'b'\n", 9, "`&&`, `||` or the end, not a line break"),
      ("a == 'b' &&\n has(c)", 12, "\(label), not a line break"),
      ("a\r\n== 'b'", 2, "\(test) `a`, not a line break"), ("a == 'b'\u{a0}", 9, "`&&`, `||` or the end"),
      (String(repeating: "x", count: 513) + " == 'b'", 1, "a label of at most 512 characters"),
    ])
  func expectations(_ text: String, _ column: Int, _ expectation: String) {
    let error = error(text)
    #expect(error?.column == column && error?.expectation == expectation, "\(error as Any)")
  }

  @Test(
    "what was probably meant is said",
    arguments: [
      ("a = 'b'", "write =="), ("a == b", "quote it: 'b'"), ("has(a) & has(b)", "write &&"),
      ("has(a), has(b)", "write &&"), ("has(a) | has(b)", "write ||"), ("has (a)", "write has(label)"),
      ("ALL()", "write all()"), ("has(a))", "remove it: no `(` is open"),
      ("a == 'b'\n", "write it on one line, or fold the lines with >-"),
    ])
  func fixes(_ text: String, _ fix: String) {
    #expect(error(text)?.fix == fix)
  }

  @Test("nothing exhausts the stack: 100,000 `!` are counted, 100,000 `(` are too many")
  func depth() throws {
    let many = 100_000
    #expect(try selector(String(repeating: "!", count: many) + "has(a)").description == "has(a)")
    #expect(try selector(String(repeating: "! ", count: many + 1) + "has(a)").description == "!has(a)")
    let opened = error(String(repeating: "(", count: many))
    #expect(opened?.column == 101 && opened?.expectation == "at most 100 levels of parentheses")
    #expect(error(String(repeating: "!(", count: many))?.column == 202)
    let nested = String(repeating: "!(", count: 100) + "has(a)" + String(repeating: ")", count: 100)
    #expect(try selector(nested).matches(["a": ""]))
  }

  @Test("long selectors are read in one pass")
  func length() throws {
    let terms = (0..<50_000).map { "l\($0) == 'v'" }
    let selector = try selector(terms.joined(separator: " || "))
    #expect(selector.matches(["l49999": "v"]) && !selector.matches(["l50000": "v"]))
  }
}
