/// A selector of Calico as a tree, straight from the text of SEMANTICS §3.4.
indirect enum ReferenceCalicoSelector: Equatable, Sendable {
  case all
  case has(String)
  case label(String, Test)
  case not(ReferenceCalicoSelector)
  /// Two or more.
  case allOf([ReferenceCalicoSelector])
  /// Two or more.
  case anyOf([ReferenceCalicoSelector])

  enum Test: Equatable, Sendable {
    case equals(String)
    case notEquals(String)
    case isIn([String])
    case isNotIn([String])
    case contains(String)
    case startsWith(String)
    case endsWith(String)
  }
}

// MARK: - Evaluation

extension ReferenceCalicoSelector {
  /// - Parameter all: what `all()` is.
  func matches(_ labels: [String: String], all: Bool = true) -> Bool {
    switch self {
    case .all: all
    case .has(let key): labels[key] != nil
    case .label(let key, let test): test.matches(labels[key])
    case .not(let operand): !operand.matches(labels, all: all)
    case .allOf(let operands): operands.allSatisfy { $0.matches(labels, all: all) }
    case .anyOf(let operands): operands.contains { $0.matches(labels, all: all) }
    }
  }
}

extension ReferenceCalicoSelector.Test {
  /// Of an absent label only `!=` and `not in` are true.
  fileprivate func matches(_ value: String?) -> Bool {
    switch self {
    case .equals(let other): return value == other
    case .notEquals(let other): return value != other
    case .isIn(let values): return value.map(values.contains) ?? false
    case .isNotIn(let values): return !(value.map(values.contains) ?? false)
    case .contains(let part):
      guard let value else { return false }
      let (whole, part) = (Array(value.utf8), Array(part.utf8))
      return whole.indices.contains { whole[$0...].starts(with: part) } || part.isEmpty
    case .startsWith(let part): return value.map { $0.utf8.starts(with: part.utf8) } ?? false
    case .endsWith(let part):
      return value.map { $0.utf8.reversed().starts(with: part.utf8.reversed()) } ?? false
    }
  }
}

// MARK: - Text

extension ReferenceCalicoSelector {
  /// The selector in the words of the grammar.
  ///
  /// - Parameter spelling: 0 for the plain one; others choose quotes, spaces, parentheses and short operators.
  func text(spelling: UInt64) -> String {
    var writer = Writer(spelling)
    return writer.text(self, within: .anyOf)
  }

  /// What binds more tightly comes later.
  private enum Strength: Int {
    case anyOf, allOf, operand
  }

  private var strength: Strength {
    switch self {
    case .anyOf: .anyOf
    case .allOf: .allOf
    case .all, .has, .label, .not: .operand
    }
  }

  private struct Writer {
    private let isPlain: Bool
    private var random: SplitMix64

    init(_ spelling: UInt64) {
      isPlain = spelling == 0
      random = SplitMix64(seed: spelling)
    }

    mutating func text(_ selector: ReferenceCalicoSelector, within strength: Strength) -> String {
      let needsParentheses = selector.strength.rawValue < strength.rawValue
      if needsParentheses || chance(8) {
        return "(" + space() + text(selector, within: .anyOf) + space() + ")"
      }
      switch selector {
      case .all: return chance(30) ? "all( )" : "all()"
      case .has(let key): return "has(" + space() + key + space() + ")"
      case .label(let key, let test): return key + text(test)
      case .not(let operand): return "!" + space() + text(operand, within: .operand)
      case .allOf(let operands): return joined(operands, "&&", within: .operand)
      case .anyOf(let operands): return joined(operands, "||", within: .allOf)
      }
    }

    /// Runs of one operator need no parentheses among themselves.
    private mutating func joined(
      _ operands: [ReferenceCalicoSelector], _ word: String, within strength: Strength
    ) -> String {
      var text = ""
      for (number, operand) in operands.enumerated() {
        if number > 0 { text += optionalSpace() + word + optionalSpace() }
        text += self.text(operand, within: strength)
      }
      return text
    }

    private mutating func text(_ test: Test) -> String {
      switch test {
      case .equals(let value): return optionalSpace() + "==" + optionalSpace() + quoted(value)
      case .notEquals(let value): return optionalSpace() + "!=" + optionalSpace() + quoted(value)
      case .isIn(let values): return " in" + optionalSpace() + set(values)
      case .isNotIn(let values):
        return (chance(30) ? " notin" : " not in") + optionalSpace() + set(values)
      case .contains(let value): return " contains" + optionalSpace() + quoted(value)
      case .startsWith(let value):
        return (chance(30) ? " startswith" : " starts with") + optionalSpace() + quoted(value)
      case .endsWith(let value):
        return (chance(30) ? " endswith" : " ends with") + optionalSpace() + quoted(value)
      }
    }

    private mutating func set(_ values: [String]) -> String {
      var text = "{" + space()
      for (number, value) in values.enumerated() {
        if number > 0 { text += "," + optionalSpace() }
        text += quoted(value) + space()
      }
      return text + (!values.isEmpty && chance(20) ? "," : "") + space() + "}"
    }

    private mutating func quoted(_ value: String) -> String {
      let quote = chance(30) ? "\"" : "'"
      return quote + value + quote
    }

    /// Where the plain spelling has none.
    private mutating func space() -> String { chance(15) ? " " : "" }

    /// Where the plain spelling has one.
    private mutating func optionalSpace() -> String {
      if isPlain { return " " }
      return random.pick([" ", " ", " ", "", "\t", "  "])
    }

    private mutating func chance(_ percent: Int) -> Bool { !isPlain && random.chance(percent) }
  }
}
