package import Kubernetes
internal import PolicyEngine

/// The results of a run, in every form.
package struct TestReport {
  private let results: [TestResult]

  package init(_ results: [TestResult]) { self.results = results }

  package var failed: Int { results.count { !$0.isPassed } }
  package var passed: Int { results.count - failed }

  /// For people: failures with what decided and what to change; then a summary.
  ///
  /// - Parameter isVerbose: passed cases, too.
  package func text(_ style: TextStyle, isVerbose: Bool = false, isQuiet: Bool = false) -> String {
    var text = ""
    for result in results where !isQuiet && (isVerbose || !result.isPassed) {
      let mark = result.isPassed ? style.green("ok   ") : style.red("FAIL ")
      text += "\(mark) \(result.name)  \(style.dim(result.location.fileAndLine))\n"
      for line in result.details { text += "       \(line)\n" }
    }
    let outcome = "\(passed) passed, \(failed) failed"
    return text + (failed > 0 ? style.red(outcome) : style.green(outcome)) + "\n"
  }

  /// The document of `-o json`.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "TestResults"), ("passed", .integer(passed)),
      ("failed", .integer(failed)), ("cases", .list(results.map(\.data))))
  }

  /// For the formats that other programs read.
  package func report(version: String) -> Report {
    Report(
      command: "merlon test", version: version,
      rules: [
        .init(
          id: "expectation", name: "expectation",
          summary: "A connection that is expected to be allowed or denied is not.")
      ],
      results: results.map { result in
        Report.Result(
          rule: "expectation", level: result.isPassed ? .pass : .error, group: result.suite,
          name: result.name,
          message: result.message, details: result.details, at: result.location)
      })
  }
}

extension TestResult {
  fileprivate var message: String {
    if isPassed { return "\(name): as expected" }
    if let problem = problems.first { return "\(name): \(problem.message)" }
    let first = failures.first.map { "\($0.flow) is \($0.outcome), expected \($0.expected)" } ?? ""
    return "\(name): \(first)" + (failureCount > 1 ? " (and \(failureCount - 1) more)" : "")
  }

  fileprivate var details: [String] {
    let unreadable = problems.map { $0.message + ($0.fix.map { "; \($0)" } ?? "") }
    let wrong = failures.flatMap { failure in
      ["\(failure.flow) is \(failure.outcome), expected \(failure.expected)", "    \(failure.reason)"]
        + [failure.fix.map { "    \($0)" }].compactMap { $0 }
    }
    let more = failureCount - failures.count
    return unreadable + wrong + (more > 0 ? ["and \(more) more"] : [])
  }

  fileprivate var data: DataValue {
    .members(
      ("suite", .string(suite)), ("name", .string(name)), ("at", .string(location.description)),
      ("passed", .bool(isPassed)),
      ("problems", problems.isEmpty ? nil : .list(problems.map { .string($0.message) })),
      ("failureCount", failureCount == 0 ? nil : .integer(failureCount)),
      (
        "failures",
        failures.isEmpty
          ? nil
          : .list(
            failures.map {
              .members(
                ("flow", .string($0.flow)), ("expected", .string($0.expected)),
                ("actual", .string($0.outcome.rawValue)), ("reason", .string($0.reason)),
                ("fix", $0.fix.map(DataValue.string)))
            })
      ))
  }
}
