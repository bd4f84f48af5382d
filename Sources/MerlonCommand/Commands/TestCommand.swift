internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon test`
struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Whether connections are as they are expected to be.",
    discussion: """
      Expectations are documents of kind ConnectivityTest (apiVersion merlon.dev/v1) among the manifests, or test files of
      NetAssert v2 that are named themselves.

        apiVersion: merlon.dev/v1
        kind: ConnectivityTest
        metadata: {name: shop}
        allow:
          - shop/web -> shop/db tcp/5432
        deny:
          - internet -> shop/*
          - any pod outside shop -> shop/db
        only:
          - {to: shop/db, from: [shop/web]}

      EXAMPLES
        merlon test deploy/
        merlon test -o junit deploy/ > results.xml
        merlon test netassert.yaml deploy/
        merlon test --watch deploy/

      EXIT CODES
        0 all as expected; 1 something is not; 2 wrong usage; 3 expectations or manifests that could not be read, or none
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case tap
    case junit
    case json
    case sarif
    case github
  }

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Flag(name: .long, help: "Run again whenever a file changes, until interrupted. Text only.")
  var watch = false

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if input.reading.live.isWanted {
      throw ValidationError(
        "test reads files: save the cluster with `merlon snapshot`, and name its folder too")
    }
    if watch, output != .text { throw ValidationError("--watch prints text only") }
    if watch, input.paths.contains("-") { throw ValidationError("--watch cannot read standard input again") }
    if input.reading.profile == .all { throw ValidationError("only explain answers with --profile all") }
  }

  func run() async throws {
    if !watch {
      let status = try await runOnce()
      if status != .ok { throw status }
      return
    }
    var watcher = ChangeWatcher(input.paths)
    while true {
      _ = try await runOnce()
      try await watcher.waitForChange()
      let standardOutput = Terminal.standardOutput
      standardOutput.line()
      standardOutput.flush()
    }
  }

  private func runOnce() async throws -> ExitStatus {
    let reading = input.reading
    let found = await TestInput.load(
      paths: input.paths, options: reading.readerOptions, settings: reading.cluster.settings())
    let cluster = try reading.cluster(of: found.input)
    display.reportErrors(cluster)
    for problem in found.problems { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
    if found.suites.isEmpty {
      Terminal.writeError("merlon: there is no ConnectivityTest in \(input.paths.joined(separator: ", "))\n")
      return .unreadableInput
    }
    var run = TestRun(cluster)
    let report = TestReport(run.run(found.suites))
    write(report)
    if cluster.isIncomplete || !found.problems.isEmpty { return .unreadableInput }
    return report.failed > 0 || cluster.hasErrors ? .findings : .ok
  }

  private func write(_ report: TestReport) {
    let standardOutput = Terminal.standardOutput
    let shared = report.report(version: Merlon.version)
    switch output {
    case .text:
      standardOutput.write(
        TerminalText.safe(
          report.text(display.style(for: 1), isVerbose: display.verbose, isQuiet: display.quiet)))
    case .tap: standardOutput.write(TerminalText.safe(shared.tap))
    case .junit: standardOutput.write(shared.junit)
    case .json: standardOutput.write(report.data.prettyJSON)
    case .sarif: standardOutput.write(shared.sarif.prettyJSON)
    case .github: standardOutput.write(shared.workflowCommands)
    }
    standardOutput.flush()
  }
}
