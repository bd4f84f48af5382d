package import Kubernetes
internal import PolicyEngine

extension ReplayReport {
  /// For people: disagreements with what decides, then what a change breaks, then counts.
  ///
  /// - Parameter isVerbose: rows that are as observed, too.
  package func text(_ style: TextStyle, isVerbose: Bool = false, isQuiet: Bool = false) -> String {
    var text = ""
    if !isQuiet {
      for agreement in Agreement.allCases where agreement != .agrees || isVerbose {
        text += section(agreement.heading, rows.filter { $0.agreement == agreement }, style)
      }
      text += section("The change breaks what was seen", broken, style)
      for reason in unmapped {
        text +=
          style.yellow("\(reason.flows) not judged: \(reason.reason) (\(reason.location.fileAndLine))") + "\n"
      }
      for reason in skipped where isVerbose {
        text += style.dim("\(reason.count) passed over: \(reason.reason)") + "\n"
      }
    }
    return text + summary + "\n"
  }

  private func section(_ title: String, _ rows: [Row], _ style: TextStyle) -> String {
    if rows.isEmpty { return "" }
    var text = style.bold(title) + "\n"
    for row in rows {
      text +=
        "  \(row.flow)  \(style.dim("seen \(row.count) \(row.count == 1 ? "time" : "times"), first \(row.location.fileAndLine)"))\n"
      text += "      \(row.verdict): \(row.reason)\n"
      if let after = row.after, row.isBroken {
        text += "      after the change \(after.verdict): \(after.reason)\n"
      }
    }
    return text + "\n"
  }

  private var summary: String {
    let agreeing = rows.count { $0.agreement == .agrees }
    let undecided = rows.count { $0.agreement == .undecided }
    var parts = [
      "\(rows.count) distinct flows", "\(agreeing) as observed", "\(disagreements) otherwise",
      "\(undecided) open",
    ]
    let lost = unmapped.reduce(0) { $0 + $1.flows }
    if lost > 0 { parts.append("\(lost) not judged") }
    if rows.contains(where: { $0.after != nil }) { parts.append("\(broken.count) broken by the change") }
    return parts.joined(separator: ", ")
  }

  /// The document of `-o json`.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "Replay"), ("disagreements", .integer(disagreements)),
      ("broken", .integer(broken.count)), ("rows", .list(rows.map(\.data))),
      (
        "unmapped",
        .list(
          unmapped.map {
            .members(
              ("reason", .string($0.reason)), ("flows", .integer($0.flows)),
              ("first", .string($0.location.fileAndLine)))
          })
      ),
      (
        "passedOver",
        .list(skipped.map { .members(("reason", .string($0.reason)), ("records", .integer($0.count))) })
      ))
  }

  /// One line per distinct flow, RFC 4180.
  package var csv: String {
    var text = "flow,observed,count,verdict,agreement,reason,after\n"
    for row in rows {
      let cells = [
        row.flow, row.observed.rawValue, "\(row.count)", row.verdict.rawValue, row.agreement.word, row.reason,
        row.after?.verdict.rawValue ?? "",
      ]
      text += cells.map(CSVRowWriter.cell).joined(separator: ",") + "\n"
    }
    return text
  }
}

extension ReplayReport.Agreement {
  fileprivate var heading: String {
    switch self {
    case .deniedThoughAllowed: "Denied, although policies allow it"
    case .allowedThoughDenied: "Allowed, although policies deny it"
    case .undecided: "Left open by policies"
    case .agrees: "As observed"
    }
  }

  fileprivate var word: String {
    switch self {
    case .deniedThoughAllowed: "denied-though-allowed"
    case .allowedThoughDenied: "allowed-though-denied"
    case .undecided: "undecided"
    case .agrees: "agrees"
    }
  }
}

extension ReplayReport.Row {
  fileprivate var data: DataValue {
    .members(
      ("flow", .string(flow)), ("observed", .string(observed.rawValue)), ("count", .integer(count)),
      ("first", .string(location.fileAndLine)), ("verdict", .string(verdict.rawValue)),
      ("agreement", .string(agreement.word)), ("reason", .string(reason)),
      (
        "after",
        after.map { .members(("verdict", .string($0.verdict.rawValue)), ("reason", .string($0.reason))) }
      ), ("broken", after == nil ? nil : .bool(isBroken)))
  }
}
