package import Kubernetes
package import PolicyEngine

/// What became of a case.
package struct TestResult: Sendable {
  /// A flow that is not as expected.
  package struct Failure: Sendable {
    /// `shop/web -> shop/db tcp/5432`.
    package let flow: String
    /// `allowed` or `denied`; words where something else was expected.
    package let expected: String
    package let outcome: Outcome
    /// What decided, with file and line.
    package let reason: String
    /// The smallest change that would do, when there is one.
    package let fix: String?
  }

  package let suite: String
  package let name: String
  package let location: SourceLocation
  /// The first of them, see ``failureCount``.
  package let failures: [Failure]
  package let failureCount: Int
  /// Why the case could not be decided, such as a name that is not in the input.
  package let problems: [Diagnostic]

  package var isPassed: Bool { failureCount == 0 && problems.isEmpty }
}
