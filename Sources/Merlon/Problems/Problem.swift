package import Kubernetes

/// One thing that is wrong with an ``Intent``, or worth knowing about it.
public struct Problem: Sendable, Equatable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: String, Sendable, Hashable, Comparable {
    /// Worth knowing; nothing depends on it.
    case note
    /// What is written means what it says, but probably not what its author meant.
    case warning
    /// It cannot be meant, or cannot be written.
    case error

    /// By how much they matter.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  package let diagnostic: Diagnostic

  init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }

  /// A stable name for the kind of problem: `empty-peers`.
  public var code: String { diagnostic.code.rawValue }

  /// How much it matters.
  public var severity: Severity {
    switch diagnostic.severity {
    case .note: .note
    case .warning: .warning
    case .error: .error
    }
  }

  /// What is wrong and what was expected; one line without a full stop.
  public var message: String { diagnostic.message }

  /// `Shop/Policies.swift:12`, or `intent.yaml:12:5`; nil for a problem of the intent as a whole.
  public var location: String? { diagnostic.location.map(\.description) }

  /// What the author should do, when there is one clear thing.
  public var fix: String? { diagnostic.fix }

  /// `Shop/Policies.swift:12: error: a policy needs … (fix: …)`.
  public var description: String {
    "\(location.map { "\($0): " } ?? "")\(severity.rawValue): \(message)" + (fix.map { "; \($0)" } ?? "")
  }
}

/// Everything that kept an ``Intent`` from being used, at once.
public struct Problems: Error, Sendable, CustomStringConvertible {
  /// In the order of their places; never empty, and one is an error at least.
  public let all: [Problem]

  init(_ diagnostics: [Diagnostic]) { all = diagnostics.sortedByLocation().map(Problem.init) }

  /// One line for each.
  public var description: String { all.map(\.description).joined(separator: "\n") }
}

/// A place in Swift source or in YAML: where a value was made.
struct CallSite: Sendable, Hashable {
  let location: SourceLocation

  init(_ file: String, _ line: UInt) {
    location = SourceLocation(file: SourceFile(path: file), line: UInt32(clamping: line), column: 0)
  }

  init(_ location: SourceLocation) { self.location = location }

  /// What an author writes there, who works in one of the two languages.
  func words(swift: String, yaml: String) -> String { location.file.path.hasSuffix(".swift") ? swift : yaml }
}
