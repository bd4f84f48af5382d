internal import ArgumentParser
internal import Kubernetes
internal import Review

extension VerdictFormat: ExpressibleByArgument {}

/// `merlon verdict`
struct VerdictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdict",
    abstract: "Answers for many flows at once.",
    discussion: """
      A flow is a line SOURCE -> DESTINATION PROTOCOL/PORT; blank lines and # comments are passed over.

        shop/web -> shop/db tcp/5432
        shop/web -> 203.0.113.5 tcp/443
        198.51.100.7 -> shop/web tcp/80
        node/n1 -> shop/web tcp/80
        shop/web -> self tcp/80
        shop/web -> shop/db icmp/8
        shop/web -> service/shop/db tcp/5432

      A line that names something unknown is an error; the others are answered all the same, and the exit code is 1.

      EXAMPLES
        merlon verdict --flows flows.txt deploy/
        echo 'shop/web -> shop/db tcp/5432' | merlon verdict --flows - -o json deploy/
      """)

  @Option(name: .long, help: "A file of flow lines, or - for standard input.", completion: .file())
  var flows: String

  @Option(
    name: [.customShort("o", allowingJoined: true), .long], help: "How to print; json is one object a line.")
  var output: VerdictFormat = .text

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if flows == "-", input.paths.contains("-") {
      throw ValidationError("standard input can be the flows or the manifests, not both")
    }
  }

  func run() async throws {
    let (text, problem) = ManifestReader.readText(path: flows)
    if let problem {
      Terminal.writeError(problem.text(display.style(for: 2)) + "\n")
      throw ExitStatus.unreadableInput
    }
    let cluster = try await input.load()
    display.report(cluster)
    try cluster.requireSomething()
    let standardOutput = Terminal.standardOutput
    var run = VerdictRun(cluster, format: output)
    let totals = run.run(text, to: standardOutput)
    if totals.errors > 0, !display.quiet {
      Terminal.writeError(
        "merlon: \(totals.errors) \(totals.errors == 1 ? "line" : "lines") could not be answered\n")
    }
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
    if totals.errors > 0 { throw ExitStatus.findings }
  }
}
