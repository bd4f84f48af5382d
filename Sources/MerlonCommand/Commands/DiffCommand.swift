internal import ArgumentParser
internal import Glibc
internal import Kubernetes
internal import Review

/// `merlon diff`
struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Which connections a change opens and closes, and why.",
    usage: """
      merlon diff [options] OLD NEW
      merlon diff [options] REVISION..REVISION [-- PATH…]
      merlon diff [options] REVISION -- PATH…
      """,
    discussion: """
      OLD and NEW are files, folders, or - for standard input. With a range of git revisions, or with paths after --,
      the sides are read from git; a single revision is compared with the working tree.

      EXAMPLES
        merlon diff deployed/ deploy/
        merlon diff main..HEAD -- deploy/
        merlon diff HEAD -- deploy/
        helm template shop ./chart | merlon diff deployed.yaml -
        merlon diff main..HEAD -o md --fail-on internet -- deploy/
        merlon diff --context prod deploy/

      EXIT CODES
        0 ok, also when something changed; 1 a change that --fail-on names, or an error in the manifests; 2 wrong usage;
        3 input that could not be read
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case md
    case json
    case csv
    case svg
    case github
  }

  @Argument(help: "What was: a file or folder, or git revisions as in main..HEAD.", completion: .file())
  var old: String

  @Argument(help: "What is: a file or folder, or a git revision.", completion: .file())
  var new: String?

  @Argument(parsing: .postTerminator, help: "What to read of the git revisions.", completion: .file())
  var paths: [String] = []

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Option(
    name: .long,
    help: """
      Exit with 1 when connections are added, removed, changed in any way, or opened to or from the internet, or when a \
      rule of a file forbids a change. May be repeated.
      """)
  var failOn: [FailureCondition] = []

  @OptionGroup(title: "Reading") var reading: ReadingOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if sides.count == 2, !paths.isEmpty, sides.contains(where: { $0.contains("..") }) {
      throw ValidationError("name one range of revisions, or two revisions")
    }
    if reading.live.isWanted,
      sides.count == 2 || !paths.isEmpty || sides.contains(where: { $0.contains("..") })
    {
      throw ValidationError("the live cluster is what was: name one file or folder, which is what is")
    }
    if sides == ["-", "-"] { throw ValidationError("standard input can only be one side") }
    if reading.profile == .all { throw ValidationError("only explain answers with --profile all") }
  }

  private var sides: [String] { [old] + (new.map { [$0] } ?? []) }

  func run() async throws {
    let rules = try changeRules()
    let (before, after) = try await inputs()
    let pair = ClusterPair(
      before, after, profile: reading.profile?.enforcer.map(reading.engineProfile),
      enforcesStaged: reading.staged)
    for cluster in [pair.before, pair.after] { display.reportErrors(cluster) }
    // To compare with what could not be read would call everything new, or gone.
    for cluster in [pair.before, pair.after] { try cluster.requireSomething() }
    let report = DiffReport(pair)
    let unknown = report.unknownEnds(rules)
    for problem in unknown { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
    if !unknown.isEmpty { throw ExitStatus.usage }
    let broken = report.broken(rules)
    write(report, broken)
    if pair.before.isIncomplete || pair.after.isIncomplete { throw ExitStatus.unreadableInput }
    let isForbidden = failOn.contains { $0.isMet(by: report) } || !broken.isEmpty
    if isForbidden || pair.after.hasErrors { throw ExitStatus.findings }
  }

  private func write(_ report: DiffReport, _ broken: [DiffReport.BrokenRule]) {
    let standardOutput = Terminal.standardOutput
    switch output {
    case .text:
      standardOutput.write(TerminalText.safe(report.text(display.style(for: 1), isQuiet: display.quiet)))
    case .md: standardOutput.write(report.markdown(broken: broken))
    case .json: standardOutput.write(report.data(broken: broken).prettyJSON)
    case .csv: standardOutput.write(report.csv)
    case .svg: standardOutput.write(report.diagram.svg())
    case .github: standardOutput.write(report.workflowCommands(broken: broken))
    }
    standardOutput.flush()
    for rule in broken { Terminal.writeError("merlon: \(rule.text)\n") }
  }

  /// The rules of the files that `--fail-on` names.
  private func changeRules() throws -> [ChangeRule] {
    var rules: [ChangeRule] = []
    for case .file(let path) in failOn {
      let file = ChangeRules(SettingsText(path: path))
      for problem in file.problems { Terminal.writeError(problem.text(display.style(for: 2)) + "\n") }
      if file.problems.contains(where: \.code.meansUnreadable) { throw ExitStatus.unreadableInput }
      if !file.problems.isEmpty { throw ExitStatus.usage }
      rules += file.rules
    }
    return rules
  }

  // MARK: - Sides

  private func inputs() async throws -> (before: ClusterInput, after: ClusterInput) {
    if reading.live.isWanted { return (await reading.read([]), await reading.read(sides)) }
    do throws(GitProblem) {
      if sides.count == 1, let range = try await GitRevision.range(sides[0]) {
        return try await revisions(range.before, range.after)
      }
      if sides.count == 1 {
        guard !paths.isEmpty else {
          throw GitProblem(
            message: "`\(sides[0])` is one side only: name another, or git revisions with paths after --")
        }
        let before = try await texts(GitRevision(name: sides[0]))
        // What the revision has and the working tree has not is gone.
        let present = paths.filter { access($0, F_OK) == 0 || before.isEmpty }
        let after = present.isEmpty ? await read([]) : await reading.read(present)
        return (await read(before), after)
      }
      if !paths.isEmpty {
        return try await revisions(GitRevision(name: sides[0]), GitRevision(name: sides[1]))
      }
    } catch {
      Terminal.writeError("merlon: \(error.message)\n")
      throw ExitStatus.unreadableInput
    }
    let before = await reading.read([sides[0]])
    return (before, await reading.read([sides[1]]))
  }

  private func revisions(
    _ before: GitRevision, _ after: GitRevision
  ) async throws(GitProblem) -> (before: ClusterInput, after: ClusterInput) {
    let (old, new) = (try await texts(before), try await texts(after))
    if old.isEmpty, new.isEmpty {
      throw GitProblem(
        message:
          "neither \(before.name) nor \(after.name) has manifests in \(gitPaths.joined(separator: " "))")
    }
    return (await read(old), await read(new))
  }

  private var gitPaths: [String] { paths.isEmpty ? ["."] : paths }

  private func texts(_ revision: GitRevision) async throws(GitProblem) -> [ManifestText] {
    try await revision.texts(gitPaths, excludes: reading.readerOptions.excludes)
  }

  private func read(_ texts: [ManifestText]) async -> ClusterInput {
    ClusterInput(
      await ManifestReader(options: reading.readerOptions).read(texts),
      defaultNamespace: reading.defaultNamespace, settings: reading.cluster.settings())
  }
}

/// Values of `--fail-on`.
enum FailureCondition: ExpressibleByArgument {
  case added
  case removed
  case any
  case internet
  /// A file of rules.
  case file(String)

  init?(argument: String) {
    switch argument {
    case "added": self = .added
    case "removed": self = .removed
    case "any": self = .any
    case "internet": self = .internet
    case "": return nil
    default: self = .file(argument)
    }
  }

  func isMet(by report: DiffReport) -> Bool {
    switch self {
    case .added: report.rows.contains { $0.traffic.opens }
    case .removed: report.rows.contains { $0.traffic.closes }
    case .any: !report.isEmpty
    case .internet: report.rows.contains { $0.touchesInternet && $0.traffic.opens }
    case .file: false
    }
  }
}
