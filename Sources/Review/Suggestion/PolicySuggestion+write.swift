package import Kubernetes
internal import PolicyEngine

extension PolicySuggestion {
  /// Manifests for `kubectl apply`; what was seen, what the policies do not do and the proof are comments.
  package var yaml: String {
    var text = Self.body(parts)
    if parts.isEmpty { text += YAMLText.comment("No policy is missing.") + "\n" }
    for finding in findings { text += YAMLText.comment(Self.line(finding)) + "\n" }
    for flow in denied.prefix(Self.mostDenied) {
      text += YAMLText.comment("denied, and not allowed: \(Self.line(flow))") + "\n"
    }
    return text + YAMLText.comment(conclusion) + "\n"
  }

  /// What is read back for the proof: nothing after it changes the place of a line.
  static func body(_ parts: [Part]) -> String {
    var text = ""
    for part in parts {
      let count = part.policies.count
      text +=
        YAMLText.comment(
          "Namespace \(part.namespace): \(count) \(count == 1 ? "policy" : "policies") from \(part.words).")
        + "\n"
      for policy in part.policies { text += "---\n" + policy }
    }
    return text
  }

  /// What was seen, what the policies do not do, and the proof; without the policies.
  package func text(_ style: TextStyle) -> String {
    var lines: [String] = []
    if !connections.isEmpty {
      var table = TextTable(["FROM", "TO", "PORT", "EGRESS", "INGRESS", "SEEN"])
      for connection in connections { table.add(connection.cells) }
      lines +=
        [style.bold("Seen and let through"), style.dim(table.lines[0])] + table.lines.dropFirst() + [""]
    }
    if !denied.isEmpty {
      lines += [style.bold("Seen and denied; nothing is suggested")]
      lines += denied.map { "  \(Self.line($0))" } + [""]
    }
    lines += findings.map { $0.text(style) }
    return (lines + [conclusion]).joined(separator: "\n") + "\n"
  }

  /// For comments on changes.
  package var markdown: String {
    var lines = ["| from | to | port | egress | ingress | seen |", "| --- | --- | --- | --- | --- | --- |"]
    lines += connections.map { "| \($0.cells.map(Self.cell).joined(separator: " | ")) |" } + [""]
    for part in parts {
      lines += ["### Namespace \(part.namespace)", ""]
      lines += ["```yaml", String(part.policies.joined(separator: "---\n").dropLast()), "```", ""]
    }
    lines += findings.map { "- \(Self.cell(Self.line($0)))" }
    lines += denied.map { "- denied, and not allowed: \(Self.cell(Self.line($0)))" }
    return (lines + ["", Self.cell(conclusion)]).joined(separator: "\n") + "\n"
  }

  /// The same as data.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Suggestion"), ("profile", .string(profile)),
      (
        "namespaces",
        .list(
          parts.map {
            .members(
              ("namespace", .string($0.namespace)), ("policies", .list($0.policies.map { .string($0) })))
          })
      ), ("connections", .list(connections.map(\.data))),
      (
        "denied",
        .list(
          denied.map {
            .members(
              ("flow", .string($0.flow)), ("count", .integer($0.count)), ("location", $0.location.data))
          })
      ), ("unseen", .list(unseen.map { .string($0) })),
      (
        "passedOver",
        .list(skipped.map { .members(("reason", .string($0.reason)), ("records", .integer($0.count))) })
      ), ("proof", proof.data(isProven: isProven)), ("findings", .list(findings.map(\.data))))
  }

  private static let mostDenied = 20

  /// `Proof: 12 connections were seen, and all are allowed.`
  private var conclusion: String {
    let count = proof.flows
    let seen = "\(count) distinct \(count == 1 ? "connection was" : "connections were") seen"
    var text = "Proof: \(seen), and "
    if count == 0 {
      text = "Proof: no connection was seen that was let through and whose ends are known"
    } else if proof.cut.isEmpty {
      text += count == 1 ? "it is allowed" : "all are allowed"
    } else {
      text += "\(proof.cut.count) \(proof.cut.count == 1 ? "is" : "are") not allowed"
    }
    let cut = findings.count { $0.code == .seenAndCut } - proof.cut.count
    if cut > 0 { text += "; \(cut) more \(cut == 1 ? "error says" : "errors say") what was seen and is cut" }
    if proof.open.isEmpty {
      text += "; nothing else is open to or from what is closed"
      if proof.lookups > 0 { text += ", but DNS" }
    } else {
      let reasons = proof.open.count
      text +=
        "; more is open than was seen, for \(reasons) \(reasons == 1 ? "reason" : "reasons") named above"
    }
    return text + "."
  }

  private static func line(_ finding: Diagnostic) -> String {
    let place = finding.location.map { " (\($0.fileAndLine))" } ?? ""
    let fix = finding.fix.map { "; \($0)" } ?? ""
    return "\(finding.severity.rawValue): \(finding.message)\(place)\(fix) [\(finding.code.rawValue)]"
  }

  private static func line(_ denied: Observations.Denied) -> String {
    let times = denied.count == 1 ? "once" : "\(denied.count) times"
    return "\(denied.flow) seen \(times) (\(denied.location.fileAndLine))"
  }

  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("\n", with: " ")
  }
}

extension PolicySuggestion.Part {
  /// `3 connections, seen from 2026-08-20T10:15:02Z to 2026-08-20T10:17:40Z`
  fileprivate var words: String {
    let what = "\(connections) \(connections == 1 ? "connection" : "connections")"
    guard let first = sighting?.first, let last = sighting?.last else { return what }
    return first == last ? "\(what), seen at \(first)" : "\(what), seen from \(first) to \(last)"
  }
}

extension PolicySuggestion.Connection {
  fileprivate var cells: [String] {
    [source, destination, port, egress.rawValue, ingress.rawValue, sighting.words]
  }

  fileprivate var data: DataValue {
    .members(
      ("from", .string(source)), ("to", .string(destination)), ("port", .string(port)),
      ("count", .integer(sighting.count)), ("seenOnce", .bool(sighting.count == 1)),
      ("first", sighting.first.map { .string("\($0)") }), ("last", sighting.last.map { .string("\($0)") }),
      ("egress", .string(egress.rawValue)), ("ingress", .string(ingress.rawValue)))
  }
}

extension SuggestionProof {
  fileprivate func data(isProven: Bool) -> DataValue {
    .members(
      ("isProven", .bool(isProven)), ("flows", .integer(flows)),
      (
        "cut",
        .list(
          cut.map {
            .members(
              ("flow", .string($0.flow)), ("count", .integer($0.count)),
              ("verdict", .string($0.verdict.rawValue)), ("reason", .string($0.reason)),
              ("location", $0.location.data))
          })
      ),
      (
        "open",
        .list(
          open.map { opening in
            .members(
              ("reasons", .list(opening.reasons.map { .string($0) })),
              ("undefined", .bool(opening.isUndefined)), ("count", .integer(opening.count)),
              (
                "examples",
                .list(
                  opening.examples.map {
                    .members(
                      ("from", .string($0.source)), ("to", .string($0.destination)),
                      ("ports", .string($0.ports)))
                  })
              ))
          })
      ), ("lookups", .integer(lookups)))
  }
}
