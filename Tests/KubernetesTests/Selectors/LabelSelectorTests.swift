import Testing

@testable import Kubernetes

/// SEMANTICS.md §1.3, the first paragraph.
@Suite("Label selectors")
struct LabelSelectorTests {
  private func selector(_ text: String) throws -> LabelSelector {
    var problems: [Diagnostic] = []
    let root = try #require(try parseYAML(text).first).root
    let selector = LabelSelector(root, field: "s", &problems)
    #expect(problems.isEmpty)
    return try #require(selector)
  }

  @Test("empty matches everything")
  func empty() throws {
    #expect(try selector("{}").matches(.none) && selector("{}").matches(Labels(["a": "b"])))
  }

  @Test(
    "each operator, with the key present, with another value, and absent",
    arguments: [
      ("{matchLabels: {a: x}}", true, false, false),
      ("{matchExpressions: [{key: a, operator: In, values: [x, z]}]}", true, false, false),
      ("{matchExpressions: [{key: a, operator: NotIn, values: [x, z]}]}", false, true, true),
      ("{matchExpressions: [{key: a, operator: Exists}]}", true, true, false),
      ("{matchExpressions: [{key: a, operator: DoesNotExist}]}", false, false, true),
    ])
  func operators(_ text: String, _ present: Bool, _ other: Bool, _ absent: Bool) throws {
    let selector = try selector(text)
    #expect(selector.matches(Labels(["a": "x", "b": "c"])) == present)
    #expect(selector.matches(Labels(["a": "y"])) == other)
    #expect(selector.matches(Labels(["b": "x"])) == absent)
  }

  @Test("an absent label is not an empty one")
  func emptyValue() throws {
    let selector = try selector("{matchLabels: {a: \"\"}}")
    #expect(selector.matches(Labels(["a": ""])) && !selector.matches(.none))
  }

  @Test("all requirements together")
  func and() throws {
    let selector = try selector("{matchLabels: {a: x}, matchExpressions: [{key: b, operator: DoesNotExist}]}")
    #expect(selector.matches(Labels(["a": "x"])))
    #expect(!selector.matches(Labels(["a": "x", "b": "y"])) && !selector.matches(.none))
  }

  @Test("values compare byte by byte")
  func bytes() throws {
    #expect(try !selector("{matchLabels: {a: X}}").matches(Labels(["a": "x"])))
  }

  @Test("requirements are written as kubectl does, and know their place")
  func descriptions() throws {
    let selector = try selector(
      """
      matchLabels: {a: x}
      matchExpressions:
        - {key: b, operator: In, values: [p]}
        - {key: b, operator: In, values: [p, q]}
        - {key: b, operator: NotIn, values: [p]}
        - {key: b, operator: NotIn, values: [p, q]}
        - {key: b, operator: Exists}
        - {key: b, operator: DoesNotExist}
      """)
    #expect(
      selector.requirements.map(\.value.description) == [
        "a=x", "b=p", "b in (p,q)", "b!=p", "b notin (p,q)", "b", "!b",
      ])
    #expect(selector.requirements.map(\.location.line) == [1, 3, 4, 5, 6, 7, 8])
  }
}
