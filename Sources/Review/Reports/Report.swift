package import Kubernetes

/// What a command found, for the formats that other programs read. Every reporter is made from this.
package struct Report: Sendable {
  /// How much a result matters.
  package enum Level: String, Sendable, Hashable, CaseIterable {
    /// What was looked at is as it should be.
    case pass
    case note
    case warning
    case error
  }

  /// A kind of result.
  package struct Rule: Sendable, Hashable {
    /// Stable: `MRL012`, `expectation`.
    package let id: String
    /// A short name for people: `selects-nothing`.
    package let name: String
    /// One sentence.
    package let summary: String
    /// What it means and how to mend it, in Markdown; the summary again where there is no more to say.
    package let help: String

    package init(id: String, name: String, summary: String, help: String? = nil) {
      self.id = id
      self.name = name
      self.summary = summary
      self.help = help ?? summary
    }
  }

  /// One thing that was found, or looked at and found good.
  package struct Result: Sendable {
    /// ``Rule/id``.
    package let rule: String
    package let level: Level
    /// What it belongs to, such as a suite of tests; empty where there is none.
    package let group: String
    /// What was looked at, such as a case.
    package let name: String
    /// One line.
    package let message: String
    /// More lines: reasons and fixes.
    package let details: [String]
    package let location: SourceLocation?
    package let related: [Diagnostic.Related]
    /// Why it does not count; nil when it does.
    package let suppression: String?

    package init(
      rule: String, level: Level, group: String = "", name: String, message: String, details: [String] = [],
      at location: SourceLocation?, related: [Diagnostic.Related] = [], suppression: String? = nil
    ) {
      self.rule = rule
      self.level = level
      self.group = group
      self.name = name
      self.message = message
      self.details = details
      self.location = location
      self.related = related
      self.suppression = suppression
    }
  }

  /// `merlon test`.
  package let command: String
  /// The version of the program.
  package let version: String
  /// In the order of their ids; those without a result among them.
  package let rules: [Rule]
  /// In the order of the report.
  package let results: [Result]

  package init(command: String, version: String, rules: [Rule], results: [Result]) {
    self.command = command
    self.version = version
    self.rules = rules
    self.results = results
  }

  /// Results that are no passes and not suppressed.
  package var findings: [Result] { results.filter { $0.level != .pass && $0.suppression == nil } }
}
