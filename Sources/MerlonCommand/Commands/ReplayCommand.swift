internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon replay`
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "What policies say of connections that were seen.",
    discussion: """
      FLOWS is a log of Hubble (hubble observe -o jsonpb, or its exporter's files), of Calico (Whisker or Goldmane) or of
      GKE's network policy logging, or - for standard input.

      EXAMPLES
        hubble observe -o jsonpb --last 10000 | merlon replay - deploy/
        merlon replay flows.jsonl deploy/ --against proposed/

      EXIT CODES
        0 what was seen is what policies say; 1 it is not, or a change breaks what was seen; 2 wrong usage; 3 a log or
        manifests that could not be read
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case csv
  }

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Option(
    name: .long,
    help: "Manifests as they would be after a change: which observed flows would it break? May be repeated.",
    completion: .file())
  var against: [String] = []

  @OptionGroup var input: LogOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let log = try input.read(display)
    let cluster = try await input.manifests.load()
    display.reportErrors(cluster)
    try cluster.requireSomething()
    var after: Cluster?
    if !against.isEmpty {
      let changed = try await input.manifests.reading.load(against)
      display.reportErrors(changed)
      try changed.requireSomething()
      after = changed
    }
    let report = ReplayReport(log, cluster, after: after)
    let standardOutput = Terminal.standardOutput
    switch output {
    case .text:
      standardOutput.write(
        TerminalText.safe(
          report.text(display.style(for: 1), isVerbose: display.verbose, isQuiet: display.quiet)))
    case .json: standardOutput.write(report.data.prettyJSON)
    case .csv: standardOutput.write(report.csv)
    }
    standardOutput.flush()
    if !log.problems.isEmpty || cluster.isIncomplete || after?.isIncomplete == true {
      throw ExitStatus.unreadableInput
    }
    let hasFindings = against.isEmpty ? report.disagreements > 0 : !report.broken.isEmpty
    if hasFindings || cluster.hasErrors || after?.hasErrors == true { throw ExitStatus.findings }
  }
}
