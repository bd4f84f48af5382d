import Testing

@testable import Kubernetes

@Suite("Name rules")
struct NameRulesTests {
  private static let longest = String(repeating: "a", count: 63)

  @Test(
    "label keys",
    arguments: ["a", "A", "0", "a.b_c-D", "x.y/a", "0.1/2", "a-b.c/D", longest, "\(longest).x/\(longest)"])
  func keys(_ key: String) {
    #expect(NameRules.labelKeyProblem(key) == nil)
  }

  @Test(
    "what is no label key",
    arguments: [
      "", "/", "a/", "/a", "a/b/c", "a//b", "-a", "a-", ".a", "_a", "a b", "é", "X/a", "x_y/a", ".x/a",
      "x./a", "x..y/a", "-x/a",
      "x-/a", "x.-y/a", "x-.y/a", longest + "a", "\(String(repeating: "a", count: 254))/a",
    ])
  func wrongKeys(_ key: String) {
    #expect(NameRules.labelKeyProblem(key) != nil)
  }

  @Test("label values", arguments: ["", "a", "A.b_c-D", "0", "1.2.3", longest])
  func values(_ value: String) {
    #expect(NameRules.labelValueProblem(value) == nil)
  }

  @Test(
    "what is no label value",
    arguments: ["-", "_", ".", "a.", "-a", "a/b", "a b", "a\n", "é", "ａ", "a:b", longest + "a"])
  func wrongValues(_ value: String) {
    #expect(NameRules.labelValueProblem(value) != nil)
  }
}
