package import Kubernetes

/// One thing that `merlon lint` looks for.
package struct LintRule: Sendable {
  /// `MRL001`. Never given to another rule.
  package let code: String
  /// `selects-nothing`
  package let name: String
  /// The usual severity; a finding that rests on less is a note.
  package let severity: Diagnostic.Severity
  /// One line without a full stop.
  package let summary: String
  package let explanation: Explanation
  let findings: @Sendable (LintContext) -> [LintFinding]

  /// What a reader of a finding wants to know. Each is prose in sentences, but for the example.
  package struct Explanation: Sendable {
    /// What is reported.
    package let trigger: String
    /// Why it matters.
    package let reason: String
    /// What looks like it and is not reported.
    package let exclusion: String
    /// YAML that triggers it.
    package let example: String
    /// What to do.
    package let remedy: String
  }

  init(
    _ code: String, _ name: String, _ severity: Diagnostic.Severity, _ summary: String,
    _ explanation: Explanation, findings: @escaping @Sendable (LintContext) -> [LintFinding]
  ) {
    self.code = code
    self.name = name
    self.severity = severity
    self.summary = summary
    self.explanation = explanation
    self.findings = findings
  }
}

/// Something that a rule found.
package struct LintFinding: Sendable {
  /// Its code is that of the rule.
  package var diagnostic: Diagnostic
  /// What it is about, for suppressions; nil when it is about no single object.
  package let object: ObjectName?

  init(_ diagnostic: Diagnostic, about object: ObjectName?) {
    self.diagnostic = diagnostic
    self.object = object
  }

  init(
    _ severity: Diagnostic.Severity, _ message: String, at location: SourceLocation?,
    related: [Diagnostic.Related] = [], fix: String? = nil, about object: ObjectName?
  ) {
    self.init(
      Diagnostic(Diagnostic.Code(rawValue: ""), severity, message, at: location, related: related, fix: fix),
      about: object)
  }
}
