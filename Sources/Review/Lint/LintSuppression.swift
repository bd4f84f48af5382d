package import Kubernetes

/// Somebody's word that findings of a rule are meant, or will be mended.
package struct LintSuppression: Sendable {
  /// What the findings must be about.
  package enum Scope: Sendable, Hashable {
    /// `shop/web`, `shop/*`, `*`, or the name of an object that lives in no namespace.
    case pattern(String)
    /// The object that carries the annotation.
    case object(ObjectName)
  }

  /// The rule's code.
  package let rule: String
  package let scope: Scope
  package let reason: String
  /// The last day on which it counts; nil for ever.
  package let until: CalendarDay?
  package let location: SourceLocation

  package init(
    rule: String, _ scope: Scope, reason: String, until: CalendarDay?, at location: SourceLocation
  ) {
    self.rule = rule
    self.scope = scope
    self.reason = reason
    self.until = until
    self.location = location
  }

  package func isExpired(on today: CalendarDay) -> Bool { until.map { $0 < today } ?? false }

  /// Whether it is about a finding.
  func covers(_ finding: LintFinding) -> Bool {
    guard finding.diagnostic.code.rawValue == rule else { return false }
    switch scope {
    case .object(let object): return finding.object.map { Self.isSame($0, object) } ?? false
    case .pattern("*"): return true
    case .pattern(let pattern):
      guard let object = finding.object else { return false }
      return Self.matches(pattern, object)
    }
  }

  /// The namespace of an object that lives in none does not count.
  private static func isSame(_ found: ObjectName, _ annotated: ObjectName) -> Bool {
    found.kind == annotated.kind && found.name == annotated.name
      && (found.namespace.isEmpty || found.kind == "Namespace" || found.namespace == annotated.namespace)
  }

  private static func matches(_ pattern: String, _ object: ObjectName) -> Bool {
    guard let slash = pattern.firstIndex(of: "/") else { return object.name == pattern }
    let namespace = object.kind == "Namespace" ? object.name : object.namespace
    guard pattern[..<slash] == namespace else { return false }
    let name = pattern[pattern.index(after: slash)...]
    return name == "*" || name == object.name
  }
}

extension LintSuppression {
  /// What annotations say: `MRL012 until=2027-01-31 reason`, one rule each; several are separated by `;`.
  static func all(in annotations: [LintAnnotation], _ problems: inout [Diagnostic]) -> [LintSuppression] {
    annotations.flatMap { annotation in
      annotation.text.split(separator: ";").compactMap { LintSuppression($0, annotation, &problems) }
    }
  }

  private init?(_ text: Substring, _ annotation: LintAnnotation, _ problems: inout [Diagnostic]) {
    var words = text.split { $0.isWhitespace }.map(String.init)
    func report(_ message: String) {
      problems.append(
        Diagnostic(
          .invalidValue, .warning,
          "the annotation `\(LintAnnotation.key)` of \(annotation.object) \(message)",
          at: annotation.location, fix: "write MRL012 until=2027-01-31 and a reason"))
    }
    guard let code = words.first, let rule = LintRule.named(code) else {
      report("names no rule")
      return nil
    }
    words.removeFirst()
    var until: CalendarDay?
    if let written = words.first, written.hasPrefix("until=") {
      guard let day = CalendarDay(String(written.dropFirst(6))) else {
        report("names no day with `\(written)`")
        return nil
      }
      until = day
      words.removeFirst()
    }
    if words.isEmpty {
      report("gives no reason")
      return nil
    }
    self.init(
      rule: rule.code, .object(annotation.object), reason: words.joined(separator: " "), until: until,
      at: annotation.location)
  }
}
