/// One problem found in the input, as data: what, where, how bad and how to mend it.
package struct Diagnostic: Sendable, Equatable {
  /// How much a problem matters to the answer.
  package enum Severity: String, Sendable, Comparable, CaseIterable {
    /// Worth knowing; the answer does not depend on it.
    case note
    /// The answer holds, but probably not what the author meant.
    case warning
    /// The cluster would reject this, or it certainly does not do what it says.
    case error

    package static func < (left: Severity, right: Severity) -> Bool {
      left.rank < right.rank
    }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// A stable name for the kind of problem, for filters and tests.
  package struct Code: RawRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }
  }

  /// Another place that explains the problem.
  package struct Related: Sendable, Equatable {
    /// What stands there, `the other one`.
    package let message: String
    package let location: SourceLocation

    package init(message: String, location: SourceLocation) {
      self.message = message
      self.location = location
    }
  }

  /// Stable, for filters and tests; messages may be reworded.
  package var code: Code
  /// An error makes commands end with another code than 0.
  package var severity: Severity
  /// What, where and what was expected, in the words of the manifest; one line without a full stop.
  package var message: String
  /// Nil when the problem is with a file or the input as a whole.
  package var location: SourceLocation?
  /// Other places that one must see to understand it, such as the first of two definitions.
  package var related: [Related]
  /// What the author should do, when there is one clear thing.
  package var fix: String?

  package init(
    _ code: Code, _ severity: Severity, _ message: String, at location: SourceLocation?,
    related: [Related] = [], fix: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.location = location
    self.related = related
    self.fix = fix
  }
}

extension Diagnostic.Code {
  /// The input could not be opened, is not UTF-8, or is too large.
  package static let unreadable = Self(rawValue: "unreadable")
  /// The text is neither YAML nor JSON.
  package static let syntax = Self(rawValue: "syntax")
  /// The text is a template or an overlay that another tool has to render first.
  package static let renderFirst = Self(rawValue: "render-first")
  /// A mapping names one key twice.
  package static let duplicateKey = Self(rawValue: "duplicate-key")
  /// A field that the API does not know; a server would drop it.
  package static let unknownField = Self(rawValue: "unknown-field")
  /// A field that must be there is not.
  package static let missingField = Self(rawValue: "missing-field")
  /// A value of the wrong type.
  package static let wrongType = Self(rawValue: "wrong-type")
  /// A value of the right type that the API server rejects.
  package static let invalidValue = Self(rawValue: "invalid-value")
  /// A form that only older API servers accept.
  package static let legacyForm = Self(rawValue: "legacy-form")
  /// Two objects of one identity.
  package static let duplicateObject = Self(rawValue: "duplicate-object")

  /// Whether the problem kept a part of the input from being read at all.
  package var meansUnreadable: Bool {
    self == .unreadable || self == .syntax
  }
}

extension Sequence<Diagnostic> {
  /// The same problems in the order of their places, problems without a place first.
  package func sortedByLocation() -> [Diagnostic] {
    enumerated().sorted { left, right in
      switch (left.element.location, right.element.location) {
      case (let a?, let b?): a == b ? left.offset < right.offset : a < b
      case (nil, .some): true
      case (.some, nil): false
      case (nil, nil): left.offset < right.offset
      }
    }.map(\.element)
  }
}
