internal import Kubernetes

extension CheckReport {
  /// The widest matrix that fits a terminal.
  private static let matrixLimit = 12

  /// The report for people.
  ///
  /// - Parameters:
  ///   - isVerbose: lists notes, kinds that were passed over and every open workload.
  ///   - isQuiet: only problems.
  package func text(_ style: TextStyle, isVerbose: Bool = false, isQuiet: Bool = false) -> String {
    var lines: [String] = []
    let isQuiet = isQuiet || summary.files == 0
    if !isQuiet { lines += inputLines(style, isVerbose: isVerbose) + [""] }
    let shown = problems.filter { isVerbose || $0.severity > .note }
    if !shown.isEmpty {
      if !isQuiet { lines.append(style.bold("Problems")) }
      lines += shown.map { $0.text(style) }
      if !isQuiet { lines.append("") }
    }
    if !isQuiet {
      lines += coverageLines(style, isVerbose: isVerbose) + [""]
      if !coverage.isEmpty { lines += matrixLines(style) + [""] }
    }
    lines.append(conclusion(style))
    return lines.joined(separator: "\n") + "\n"
  }

  private func inputLines(_ style: TextStyle, isVerbose: Bool) -> [String] {
    func count(_ number: Int, _ one: String, _ many: String? = nil) -> String? {
      number == 0 ? nil : "\(number) \(number == 1 ? one : many ?? one + "s")"
    }
    let read =
      [
        count(summary.workloads, "workload"), count(summary.pods, "pod"),
        count(summary.namespaces, "namespace"),
      ].compactMap { $0 }
      + summary.policyKinds.compactMap {
        count($0.count, name($0.kind, $0.kind.kind), name($0.kind, Self.plural($0.kind)))
      }
      + [count(summary.services, "Service"), count(summary.nodes, "node")].compactMap { $0 }
    var lines = [
      "Read \(read.isEmpty ? "nothing" : read.joined(separator: ", ")) from \(count(summary.files, "file") ?? "no file").",
      profileLine,
    ]
    if let line = facts.summary { lines.append("Besides the manifests: \(line).") }
    if summary.rejectedPolicies > 0 {
      let many = summary.rejectedPolicies > 1
      lines.append(
        style.red(
          "\(summary.rejectedPolicies) \(many ? "policies are" : "policy is") invalid, and nothing enforces \(many ? "them" : "it"): all answers are without \(many ? "them" : "it")."
        ))
    }
    if isIncomplete {
      lines.append(style.red("A part of the input could not be read: all answers are incomplete."))
    }
    if summary.withoutNamespace > 0 {
      let isOne = summary.withoutNamespace == 1
      lines.append(
        isOne
          ? "1 object names no namespace and was put into the default one."
          : "\(summary.withoutNamespace) objects name no namespace and were put into the default one.")
    }
    if summary.finishedPods > 0 {
      lines.append(
        summary.finishedPods == 1
          ? "1 finished pod does not count." : "\(summary.finishedPods) finished pods do not count.")
    }
    let others = summary.passedOver.reduce(0) { $0 + $1.count }
    if isVerbose {
      lines += summary.passedOver.map { "  passed over: \($0.count) \($0.kind)" }
      if summary.documentsWithoutKind > 0 {
        lines.append("  passed over: \(summary.documentsWithoutKind) documents without a kind")
      }
    } else if others + summary.documentsWithoutKind > 0 {
      lines.append(
        "\(count(others + summary.documentsWithoutKind, "other object") ?? "") passed over (--verbose lists them)."
      )
    }
    return lines
  }

  private var profileLine: String { Self.profileLine(profile, reason: profileReason) }

  /// Whose answers these are, and why.
  static func profileLine(_ profile: String, reason: String?) -> String {
    let reason = reason.map { " (assumed: \($0))" } ?? ""
    return profile == "kubernetes"
      ? "Profile kubernetes\(reason): the specification; what it leaves open is called undefined."
      : "Profile \(profile)\(reason)."
  }

  /// With the group, where another kind of the input has the same name.
  private func name(_ kind: GroupKind, _ text: String) -> String {
    summary.policyKinds.count { $0.kind.kind == kind.kind } > 1 ? "\(text) of \(kind.group)" : text
  }

  /// `NetworkPolicies`
  private static func plural(_ kind: GroupKind) -> String {
    kind.kind.hasSuffix("y") ? "\(kind.kind.dropLast())ies" : "\(kind.kind)s"
  }

  private func coverageLines(_ style: TextStyle, isVerbose: Bool) -> [String] {
    var table = TextTable(
      ["NAMESPACE", "WORKLOADS", "INGRESS ISOLATED", "EGRESS ISOLATED", "OPEN"], rightAligned: [1, 2, 3, 4])
    for row in coverage {
      table.add([
        row.namespace, "\(row.workloads)", "\(row.ingressIsolated)", "\(row.egressIsolated)",
        "\(row.open.count)",
      ])
    }
    let workloads = coverage.reduce(0) { $0 + $1.workloads }
    if coverage.count > 1 {
      table.add([
        "total", "\(workloads)", "\(coverage.reduce(0) { $0 + $1.ingressIsolated })",
        "\(coverage.reduce(0) { $0 + $1.egressIsolated })", "\(coverage.reduce(0) { $0 + $1.open.count })",
      ])
    }
    var lines = [style.bold("Isolation"), style.dim(table.lines[0])] + table.lines.dropFirst()
    let open = coverage.flatMap(\.open)
    if !open.isEmpty {
      let shown = isVerbose ? open : Array(open.prefix(8))
      let more = open.count - shown.count
      lines.append(
        "  open both ways: \(shown.joined(separator: ", "))"
          + (more > 0 ? " and \(more) more (--verbose lists them)" : ""))
    }
    return workloads == 0 ? [style.bold("Isolation"), "  no workloads"] : lines
  }

  private func matrixLines(_ style: TextStyle) -> [String] {
    let title = style.bold("Who can talk to whom") + " (pairs of workloads that may, of all pairs; rows send)"
    if matrix.namespaces.count > Self.matrixLimit {
      return [
        title,
        "  \(matrix.namespaces.count) namespaces are too many for a table: merlon connectivity --group-by namespace",
      ]
    }
    var table = TextTable(
      ["FROM \\ TO"] + matrix.namespaces + ["outside"], rightAligned: Set(1...(matrix.namespaces.count + 1)))
    for (from, name) in matrix.namespaces.enumerated() {
      let cells = matrix.namespaces.indices.map { cell(matrix.connected[from][$0], matrix.total[from][$0]) }
      table.add([name] + cells + [cell(matrix.toOutside[from], matrix.workloads[from])])
    }
    table.add(
      ["outside"] + matrix.namespaces.indices.map { cell(matrix.fromOutside[$0], matrix.workloads[$0]) })
    return [title, style.dim(table.lines[0])] + table.lines.dropFirst()
  }

  private func cell(_ connected: Int, _ total: Int) -> String {
    if total == 0 { return "" }
    return connected == 0 ? "-" : connected == total ? "all" : "\(connected)/\(total)"
  }

  private func conclusion(_ style: TextStyle) -> String {
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count { $0.severity == .warning }
    if errors + warnings == 0 { return style.green("No problems found.") }
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let text = "\(count(errors, "error")), \(count(warnings, "warning"))."
    return errors > 0 ? style.red(text) : style.yellow(text)
  }
}
