internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon check`
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "What is wrong, who is isolated, and which namespaces talk.",
    discussion: """
      EXAMPLES
        merlon check deploy/
        helm template shop ./chart | merlon check -
        merlon check -o json deploy/ | jq '.problems[] | select(.severity == "error")'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case yaml
  }

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let report = CheckReport(try await input.load())
    let output = Terminal.standardOutput
    switch self.output {
    case .text:
      output.write(report.text(display.style(for: 1), isVerbose: display.verbose, isQuiet: display.quiet))
    case .json: output.write(report.data.prettyJSON)
    case .yaml: output.write(report.data.yaml)
    }
    output.flush()
    if report.isIncomplete { throw ExitStatus.unreadableInput }
    if report.hasErrors { throw ExitStatus.findings }
  }
}
