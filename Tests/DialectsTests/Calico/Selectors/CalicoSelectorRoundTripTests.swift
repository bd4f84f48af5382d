import Kubernetes
import Testing

@testable import Dialects

@Suite("A Calico selector's description is a selector")
struct CalicoSelectorRoundTripTests {
  @Test("and parses to the same expression", arguments: 0..<10)
  func roundTrip(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let expression = randomExpression(depth: 4, &random)
      let text = expression.description
      let parsed = try selector(text)
      #expect(parsed.expression == expression, "\(text)")
      #expect(parsed.description == text)
    }
  }

  @Test(
    "random words are a selector or an error, and a selector's description says the same", arguments: 0..<10)
  func randomWords(_ seed: UInt64) throws {
    let words = [
      "a", "b-c.d/e", "==", "!=", "=", "!", "&&", "||", "(", ")", "{", "}", ",", "'x'", "\"y\"", "'", "in",
      "not",
      "notin", "contains", "starts with", "endswith", "has(", "has(a)", "all()", "global()", " ", "\t", "\n",
      "é",
    ]
    var random = SplitMix64(seed: seed &+ 1000)
    var accepted = 0
    for _ in 0..<1000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...7, using: &random) {
        text += words[Int.random(in: 0..<words.count, using: &random)] + " "
      }
      guard let first = try? selector(text) else { continue }
      accepted += 1
      let second = try selector(first.description)
      #expect(second.expression == first.expression, "\(text)")
      for labels in [[:], ["a": "x"], ["a": "y", "b-c.d/e": "x"]] {
        #expect(first.matches(labels) == second.matches(labels), "\(text)")
      }
    }
    #expect(accepted > 10)
  }

  private func randomExpression(depth: Int, _ random: inout SplitMix64) -> CalicoSelector.Expression {
    func parts(_ random: inout SplitMix64) -> [CalicoSelector.Expression] {
      (0..<Int.random(in: 2...3, using: &random)).map { _ in randomExpression(depth: depth - 1, &random) }
    }
    switch depth == 0 ? 3 : Int.random(in: 0...4, using: &random) {
    case 0: return .anyOf(parts(&random))
    case 1: return .allOf(parts(&random))
    case 2: return .not(randomExpression(depth: depth - 1, &random))
    default: return .term(randomTerm(&random))
    }
  }

  private func randomTerm(_ random: inout SplitMix64) -> CalicoSelector.Term {
    let labels = ["a", "in", "has", "not", "projectcalico.org/name", "-", "Z_9", "contains"]
    let strings = ["", "x", "it's", "say \"x\"", "&& ||", "}", "ä", "a\nb", ")"]
    func string(_ random: inout SplitMix64) -> String {
      strings[Int.random(in: 0..<strings.count, using: &random)]
    }
    func set(_ random: inout SplitMix64) -> [String] {
      Set((0..<Int.random(in: 0...3, using: &random)).map { _ in string(&random) }).sorted()
    }
    let test: CalicoSelector.LabelTest =
      switch Int.random(in: 0..<8, using: &random) {
      case 0: .exists
      case 1: .equals(string(&random))
      case 2: .notEquals(string(&random))
      case 3: .isIn(set(&random))
      case 4: .isNotIn(set(&random))
      case 5: .contains(string(&random))
      case 6: .startsWith(string(&random))
      default: .endsWith(string(&random))
      }
    let label = labels[Int.random(in: 0..<labels.count, using: &random)]
    let kind: CalicoSelector.Term.Kind =
      switch Int.random(in: 0..<10, using: &random) {
      case 0: .all
      case 1: .global
      default: .label(label, test)
      }
    return .init(kind: kind, location: SourceLocation(file: SourceFile(path: "r"), line: 1, column: 1))
  }
}
