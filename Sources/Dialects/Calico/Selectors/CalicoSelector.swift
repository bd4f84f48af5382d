package import Kubernetes

/// A condition on labels in Calico's language, `app == 'web' && !has(canary)` (SEMANTICS.md §3.4).
///
/// Not a ``LabelSelector``: it has alternatives, negation and parts of values.
package struct CalicoSelector: Sendable {
  package indirect enum Expression: Sendable, Hashable {
    /// `a || b`: two or more.
    case anyOf([Expression])
    /// `a && b`: two or more.
    case allOf([Expression])
    case not(Expression)
    case term(Term)
  }

  /// A condition without parts, with its place. Terms are equal wherever they stand.
  package struct Term: Sendable {
    package enum Kind: Sendable, Hashable {
      /// `all()`: true.
      case all
      /// `global()`: as a rule's whole namespace selector "has no namespace", elsewhere true.
      case global
      case label(String, LabelTest)
    }

    package let kind: Kind
    package let location: SourceLocation
  }

  /// What a label's value must be. Values compare byte by byte.
  package enum LabelTest: Sendable, Hashable {
    case exists
    case equals(String)
    /// An absent label meets it.
    case notEquals(String)
    /// Any of the values, which are sorted and distinct.
    case isIn([String])
    /// None of the values, which are sorted and distinct. An absent label meets it.
    case isNotIn([String])
    case contains(String)
    case startsWith(String)
    case endsWith(String)
  }

  package let expression: Expression
  package let location: SourceLocation

  package init(_ expression: Expression, location: SourceLocation) {
    self.expression = expression
    self.location = location
  }

  /// `all()`, which the empty selector is too.
  package static func everything(at location: SourceLocation) -> CalicoSelector {
    CalicoSelector(.term(Term(kind: .all, location: location)), location: location)
  }

  /// Whether labels meet the condition.
  ///
  /// - Parameter value: the value of a label; nil when it is absent.
  package func matches(_ value: (_ label: String) -> String?) -> Bool {
    expression.holds { term in
      switch term.kind {
      case .all, .global: true
      case .label(let label, let test): test.matches(value(label))
      }
    }
  }
}

extension CalicoSelector.Expression {
  /// Whether the expression is true when some of its terms are.
  func holds(_ isTrue: (CalicoSelector.Term) -> Bool) -> Bool {
    switch self {
    case .anyOf(let parts): parts.contains { $0.holds(isTrue) }
    case .allOf(let parts): parts.allSatisfy { $0.holds(isTrue) }
    case .not(let part): !part.holds(isTrue)
    case .term(let term): isTrue(term)
    }
  }

  /// A label that everything has for which the expression is true, with the distinct values it may have; nil when
  /// none is found.
  var neededLabel: (key: String, values: [String])? {
    switch self {
    case .allOf(let parts): parts.lazy.compactMap(\.neededLabel).first
    case .term(let term):
      switch term.kind {
      case .label(let key, .equals(let value)): (key, [value])
      case .label(let key, .isIn(let values)): (key, values)
      case .label, .all, .global: nil
      }
    case .anyOf, .not: nil
    }
  }
}

extension CalicoSelector.LabelTest {
  /// Whether a label's value (nil: absent) meets the condition.
  package func matches(_ value: String?) -> Bool {
    switch self {
    case .exists: return value != nil
    case .equals(let wanted): return value == wanted
    case .notEquals(let unwanted): return value != unwanted
    case .isIn(let values): return value.map(values.contains) ?? false
    case .isNotIn(let values): return !(value.map(values.contains) ?? false)
    case .contains(let part): return value?.hasPart(part) ?? false
    case .startsWith(let part): return value?.utf8.starts(with: part.utf8) ?? false
    case .endsWith(let part): return value?.utf8.reversed().starts(with: part.utf8.reversed()) ?? false
    }
  }
}

extension CalicoSelector.Term: Hashable {
  package static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
  package func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

extension CalicoSelector: CustomStringConvertible {
  /// The canonical text, which parses to the same expression: single quotes where they can be, values sorted, and
  /// no parentheses that change nothing.
  package var description: String { expression.description }
}

extension CalicoSelector.Expression: CustomStringConvertible {
  package var description: String {
    switch self {
    case .anyOf(let parts):
      parts.map { if case .anyOf = $0 { "(\($0))" } else { "\($0)" } }.joined(separator: " || ")
    case .allOf(let parts):
      parts.map(\.asOperand).joined(separator: " && ")
    case .not(let part):
      if case .term = part { "!\(part)" } else { "!(\(part))" }
    case .term(let term): term.description
    }
  }

  /// The text as a part of a conjunction.
  private var asOperand: String {
    switch self {
    case .anyOf, .allOf: "(\(self))"
    case .not, .term: description
    }
  }
}

extension CalicoSelector.Term: CustomStringConvertible {
  package var description: String {
    switch kind {
    case .all: "all()"
    case .global: "global()"
    case .label(let label, let test):
      switch test {
      case .exists: "has(\(label))"
      case .equals(let value): "\(label) == \(Self.quoted(value))"
      case .notEquals(let value): "\(label) != \(Self.quoted(value))"
      case .isIn(let values): "\(label) in \(Self.set(values))"
      case .isNotIn(let values): "\(label) not in \(Self.set(values))"
      case .contains(let part): "\(label) contains \(Self.quoted(part))"
      case .startsWith(let part): "\(label) starts with \(Self.quoted(part))"
      case .endsWith(let part): "\(label) ends with \(Self.quoted(part))"
      }
    }
  }

  /// Strings have no escapes, so none has both kinds of quotes.
  private static func quoted(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "'")) ? "\"\(text)\"" : "'\(text)'"
  }

  private static func set(_ values: [String]) -> String {
    "{\(values.map(quoted).joined(separator: ", "))}"
  }
}
