internal import Kubernetes

extension LintSuppression {
  /// Reads the `lint` mapping of the settings. Every problem is reported, and what has one is left out.
  static func all(in lint: Node, _ problems: inout [Diagnostic]) -> [LintSuppression] {
    guard lint.isMapping("lint", &problems) else { return [] }
    let fields = StrictFields(lint, type: "lint", known: ["suppress"], &problems)
    return (fields["suppress"]?.list("lint.suppress", &problems) ?? []).compactMap {
      LintSuppression($0, &problems)
    }
  }

  private init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let type = "lint.suppress[]"
    guard node.isMapping(type, &problems) else { return nil }
    let before = problems.count
    let fields = StrictFields(node, type: type, known: ["rule", "where", "reason", "until"], &problems)
    func text(_ name: String) -> String? {
      guard let written = fields[name] else {
        problems.append(
          Diagnostic(.missingField, .error, "`\(type)` without `\(name)`", at: node.location))
        return nil
      }
      guard let text = written.string("\(type).\(name)", &problems) else { return nil }
      if text.isEmpty { problems.reportInvalid(written, "`\(type).\(name)` is empty") }
      return text
    }
    let code = text("rule")
    let pattern = text("where")
    let reason = text("reason")
    let rule = code.flatMap { LintRule.named($0) }
    if let code, rule == nil, let written = fields["rule"] {
      problems.reportInvalid(
        written, "there is no rule `\(code)`",
        fix: Suggestion.nearest(to: code, among: LintRule.all.flatMap { [$0.code, $0.name] }).map {
          "did you mean `\($0)`?"
        } ?? "merlon lint --list names them")
    }
    var until: CalendarDay?
    if let written = fields["until"] {
      until = CalendarDay(written.text)
      if until == nil {
        problems.reportInvalid(written, "\(written.excerpt) is no day such as 2027-01-31")
      }
    }
    guard problems.count == before, let rule, let pattern, let reason else { return nil }
    self.init(rule: rule.code, .pattern(pattern), reason: reason, until: until, at: node.location)
  }
}
