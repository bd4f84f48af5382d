import Kubernetes
import Testing

@testable import Dialects

/// SEMANTICS.md §3.4: what selectors mean.
@Suite("Calico selectors")
struct CalicoSelectorTests {
  @Test(
    "the empty selector is all(), and so is one of spaces", arguments: ["", " ", "\t ", "all()", " all( ) "])
  func empty(_ text: String) throws {
    let selector = try selector(text)
    #expect(selector.description == "all()")
    #expect(selector.matches([:]) && selector.matches(["a": "b"]))
  }

  @Test(
    "a label's value",
    arguments: [
      ("a == 'b'", [true, false, false]), ("a != 'b'", [false, true, true]),
      ("a in {'b', 'x'}", [true, false, false]), ("a not in {'b', 'x'}", [false, true, true]),
      ("has(a)", [true, true, false]), ("!has(a)", [false, false, true]),
      ("a contains 'b'", [true, true, false]), ("a contains ''", [true, true, false]),
      ("a contains 'cb'", [false, true, false]),
      ("a starts with 'b'", [true, false, false]), ("a starts with 'cb'", [false, true, false]),
      ("a ends with 'b'", [true, false, false]), ("a ends with 'bd'", [false, true, false]),
      ("a starts with ''", [true, true, false]), ("a ends with 'xxcbd'", [false, false, false]),
      ("a in {}", [false, false, false]), ("a not in {}", [true, true, true]),
      ("a == ''", [false, false, false]), ("all()", [true, true, true]), ("global()", [true, true, true]),
    ])
  func tests(_ text: String, _ expected: [Bool]) throws {
    let selector = try selector(text)
    #expect([["a": "b"], ["a": "cbd"], ["other": "b"]].map { selector.matches($0) } == expected)
  }

  @Test(
    "words may be written in several ways",
    arguments: [
      ("a=='b'", "a == 'b'"), ("a==\"b\"", "a == 'b'"), ("a == \"it's\"", "a == \"it's\""),
      ("a == '\"'", "a == '\"'"), ("a!='b'", "a != 'b'"), ("a in{'b'}", "a in {'b'}"),
      ("a in { 'c' , 'b', }", "a in {'b', 'c'}"), ("a in {'b','b'}", "a in {'b'}"),
      ("a notin {'b'}", "a not in {'b'}"), ("a not\t in {'b'}", "a not in {'b'}"),
      ("a startswith 'b'", "a starts with 'b'"), ("a endswith'b'", "a ends with 'b'"),
      ("has( a\t)", "has(a)"), ("all(\t)", "all()"), ("global( )", "global()"), ("! ! !has(a)", "!has(a)"),
      ("((a == 'b'))", "a == 'b'"), ("(has(a)) && (has(b))", "has(a) && has(b)"),
      ("(has(a) && has(b)) || has(c)", "has(a) && has(b) || has(c)"),
      ("has(a) && (has(b) || has(c))", "has(a) && (has(b) || has(c))"),
      ("!(has(a)||has(b))", "!(has(a) || has(b))"), ("!(!has(a))", "!(!has(a))"), ("!!has(a)", "has(a)"),
      ("(has(a) && has(b)) && has(c)", "(has(a) && has(b)) && has(c)"),
      ("a == 'x\ny'", "a == 'x\ny'"), ("a == '&& ) {'", "a == '&& ) {'"),
    ])
  func canonical(_ text: String, _ canonical: String) throws {
    #expect(try selector(text).description == canonical)
  }

  @Test(
    "words of the language are labels where a label is expected",
    arguments: ["in in {'x'}", "not not in {'x'}", "has == 'x'", "all != 'x'", "contains contains 'x'"])
  func wordsAsLabels(_ text: String) throws {
    #expect(try selector(text).description == text)
  }

  @Test(
    "labels may have up to 512 letters, digits, `_`, `.`, `/` and `-`",
    arguments: [
      "projectcalico.org/orchestrator", "pcns.team", "-", "0", "a//b", String(repeating: "x", count: 512),
    ])
  func labels(_ label: String) throws {
    #expect(try selector("\(label) == 'k8s'").matches([label: "k8s"]))
    #expect(try selector("has(\(label))").matches([label: ""]))
  }

  @Test("&& binds tighter than ||")
  func precedence() throws {
    let grouped = try selector("has(a) || (has(b) && has(c))")
    let selector = try selector("has(a) || has(b) && has(c)")
    #expect(selector.matches(["a": ""]))
    #expect(!selector.matches(["b": ""]) && selector.matches(["b": "", "c": ""]))
    #expect(selector.expression == grouped.expression)
  }

  @Test("! negates what follows it, comparisons included")
  func negation() throws {
    let negated = try selector("!a == 'b'")
    #expect(!negated.matches(["a": "b"]) && negated.matches(["a": "c"]) && negated.matches([:]))
    let first = try selector("!has(a) && has(b)")
    #expect(first.matches(["b": ""]) && !first.matches([:]))
  }

  @Test("every term knows its place, in characters")
  func places() throws {
    let selector = try selector("a == 'ä' && (!has(b) || all())")
    guard case .allOf(let parts) = selector.expression, parts.count == 2, case .term(let first) = parts[0],
      case .anyOf(let alternatives) = parts[1], case .not(.term(let second)) = alternatives[0],
      case .term(let third) = alternatives[1]
    else {
      Issue.record("\(selector)")
      return
    }
    #expect([first, second, third].map { $0.location.column } == [11, 25, 35])
  }
}
