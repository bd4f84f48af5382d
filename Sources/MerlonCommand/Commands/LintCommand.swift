internal import ArgumentParser
internal import Glibc
internal import Kubernetes
internal import Review

/// `merlon lint`
struct LintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "What is probably not meant, computed from who can reach whom.",
    discussion: """
      Rules have stable codes. Findings that are meant are suppressed in merlon.yaml, or by an annotation on the object
      that they are about, with a reason and a day on which they come back:

        lint:
          suppress: [{rule: MRL014, where: shop/*, reason: moves to the mesh, until: 2027-01-31}]

        merlon.dev/lint-ignore: "MRL014 until=2027-01-31 moves to the mesh"

      EXAMPLES
        merlon lint deploy/
        merlon lint --explain MRL012
        merlon lint --only MRL007,MRL014 --fail-on warning deploy/
        merlon lint -o md deploy/ >> "$GITHUB_STEP_SUMMARY"
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case md
    case junit
    case sarif
    case github
  }

  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case error
    case warning
    case note

    var severity: Diagnostic.Severity {
      switch self {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    }
  }

  @Argument(help: InputOptions.pathsHelp, completion: .file())
  var paths: [String] = []

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Option(name: .long, help: "Explain a rule, by its code or name, and read nothing.")
  var explain: String?

  @Flag(
    name: .long,
    help: "List all rules, and read nothing; -o md prints what Documentation/Lint.md says of them.")
  var list = false

  @Option(name: .long, help: "Only these rules, by code or name, separated by commas. May be repeated.")
  var only: [String] = []

  @Option(name: .long, help: "All rules but these, written likewise.")
  var skip: [String] = []

  @Option(name: .long, help: "The least severity that makes the command end with 1.")
  var failOn: Threshold = .error

  @OptionGroup(title: "Input") var reading: ReadingOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if let explain { _ = try Self.rule(explain) }
    _ = try rules()
    if explain == nil, !list { try reading.requireInput(paths) }
  }

  func run() async throws {
    let standardOutput = Terminal.standardOutput
    defer { standardOutput.flush() }
    if let explain {
      standardOutput.write(try Self.rule(explain).text(display.style(for: 1)))
      return
    }
    if list {
      for rule in LintRule.all {
        standardOutput.line(output == .md ? rule.documentation : rule.listing)
      }
      return
    }
    let input = await reading.read(paths, withDeclarations: true).assumingDNS()
    let cluster = try reading.cluster(of: input)
    display.report(cluster)
    try cluster.requireSomething()
    let report = LintReport(
      input, cluster, rules: try rules(), today: CalendarDay(secondsSince1970: Int(time(nil))))
    switch output {
    case .text:
      standardOutput.write(
        TerminalText.safe(
          report.text(display.style(for: 1), isVerbose: display.verbose, isQuiet: display.quiet)))
    case .json: standardOutput.write(report.data.prettyJSON)
    case .md: standardOutput.write(report.markdown)
    case .junit: standardOutput.write(report.report(version: Merlon.version).junit)
    case .sarif: standardOutput.write(report.report(version: Merlon.version).sarif.prettyJSON)
    case .github: standardOutput.write(report.report(version: Merlon.version).workflowCommands)
    }
    standardOutput.flush()
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
    if report.has(atLeast: failOn.severity) { throw ExitStatus.findings }
  }

  /// Those that are wanted, by code.
  private func rules() throws -> [LintRule] {
    let wanted = try Self.codes(only)
    let unwanted = try Self.codes(skip)
    return LintRule.all.filter { (wanted.isEmpty || wanted.contains($0.code)) && !unwanted.contains($0.code) }
  }

  private static func codes(_ options: [String]) throws -> Set<String> {
    Set(try options.flatMap { $0.split(separator: ",") }.map { try rule(String($0)).code })
  }

  private static func rule(_ text: String) throws -> LintRule {
    if let rule = LintRule.named(text) { return rule }
    let nearest = Suggestion.nearest(to: text, among: LintRule.all.flatMap { [$0.code, $0.name] })
    throw ValidationError(
      "there is no rule `\(text)`" + (nearest.map { ": did you mean `\($0)`?" } ?? "; --list names them"))
  }
}
