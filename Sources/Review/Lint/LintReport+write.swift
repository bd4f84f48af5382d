package import Kubernetes

extension LintReport {
  /// The report for people. Notes only when they are asked for.
  package func text(_ style: TextStyle, isVerbose: Bool = false, isQuiet: Bool = false) -> String {
    let shown = entries.filter { isVerbose || $0.diagnostic.severity > .note }
    var lines = (isVerbose ? problems : problems.filter { $0.severity > .note }).map { $0.text(style) }
    lines += shown.map { $0.labelled.text(style) }
    if isVerbose {
      lines += suppressed.map { item in
        let place = item.entry.diagnostic.location.map { "\($0): " } ?? ""
        return
          "\(place)\(style.dim("suppressed")): \(item.entry.diagnostic.message) [\(item.entry.label)]\n    because: \(item.suppression.reason)"
      }
    }
    if !isQuiet || !shown.isEmpty { lines.append(conclusion(style, isVerbose: isVerbose)) }
    return lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")
  }

  private func conclusion(_ style: TextStyle, isVerbose: Bool) -> String {
    func count(_ severity: Diagnostic.Severity) -> Int {
      entries.count { $0.diagnostic.severity == severity }
    }
    func words(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let (errors, warnings, notes) = (count(.error), count(.warning), count(.note))
    var text = "\(words(errors, "error")), \(words(warnings, "warning")), \(words(notes, "note"))"
    if notes > 0, !isVerbose { text += " (--verbose shows notes)" }
    if !suppressed.isEmpty { text += ", \(suppressed.count) suppressed" }
    text += "."
    return errors > 0 ? style.red(text) : warnings > 0 ? style.yellow(text) : style.green(text)
  }

  /// The report as data.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Lint"), ("profile", .string(profile)),
      ("complete", .bool(!isIncomplete)), ("findings", .list(entries.map(\.data))),
      (
        "suppressed",
        .list(
          suppressed.map { item in
            .members(
              ("finding", item.entry.data), ("reason", .string(item.suppression.reason)),
              ("until", item.suppression.until.map { .string($0.description) }),
              ("suppression", item.suppression.location.data))
          })
      ), ("problems", .list(problems.map(\.data))))
  }

  /// A table for comments on changes.
  package var markdown: String {
    var lines = ["| severity | rule | where | finding |", "| --- | --- | --- | --- |"]
    for entry in entries {
      let place = entry.diagnostic.location.map { "`\($0)`" } ?? ""
      let fix = entry.diagnostic.fix.map { " Fix: \(Self.cell($0))" } ?? ""
      lines.append(
        "| \(entry.diagnostic.severity.rawValue) | \(entry.label) | \(place) | \(Self.cell(entry.diagnostic.message)).\(fix) |"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

extension LintReport.Entry {
  /// `MRL001 selects-nothing`
  var label: String { "\(rule.code) \(rule.name)" }

  /// The diagnostic with the rule's name beside its code, for people.
  fileprivate var labelled: Diagnostic {
    var labelled = diagnostic
    labelled.code = Diagnostic.Code(rawValue: label)
    return labelled
  }

  fileprivate var data: DataValue {
    guard case .object(let members) = diagnostic.data else { return diagnostic.data }
    return .object([DataValue.Member("rule", .string(rule.name))] + members)
  }
}

extension LintRule {
  /// What `merlon lint --explain` prints.
  package func text(_ style: TextStyle) -> String {
    let example = explanation.example.split(separator: "\n", omittingEmptySubsequences: false).map {
      "    \($0)"
    }
    return
      ([
        style.bold("\(code) \(name)") + " (\(severity.rawValue))", summary.capitalisedSentence, "",
        style.bold("Reported: ") + explanation.trigger, style.bold("Why: ") + explanation.reason,
        style.bold("Not reported: ") + explanation.exclusion, style.bold("Example:"),
      ] + example + [style.bold("To mend it: ") + explanation.remedy, ""]).joined(separator: "\n")
  }

  /// The line of `merlon lint --list`.
  package var listing: String {
    let name = name + String(repeating: " ", count: max(0, 22 - name.utf8.count))
    let severity = severity.rawValue + String(repeating: " ", count: max(0, 7 - severity.rawValue.utf8.count))
    return "\(code)  \(name)  \(severity)  \(summary)"
  }

  /// A section of Documentation/Lint.md.
  package var documentation: String {
    """
    ### \(code) \(name)

    \(summary.capitalisedSentence) Severity: \(severity.rawValue).

    - **Reported:** \(explanation.trigger)
    - **Why:** \(explanation.reason)
    - **Not reported:** \(explanation.exclusion)
    - **To mend it:** \(explanation.remedy)

    ```yaml
    \(explanation.example)
    ```

    """
  }
}

extension String {
  /// With a capital and a full stop.
  fileprivate var capitalisedSentence: String { prefix(1).uppercased() + dropFirst() + "." }
}
