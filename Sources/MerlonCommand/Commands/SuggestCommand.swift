internal import ArgumentParser
internal import Kubernetes
internal import PolicyEngine
internal import Review

/// `merlon suggest`
struct SuggestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "The least policies that allow what was seen.",
    discussion: """
      FLOWS is a log as `replay` reads it, or - for standard input. Every workload that it speaks of is closed, in both
      directions, but for the connections that were let through and for DNS. What existing policies allow already is not
      written again. The policies are read back and held against the log: the proof ends the output.

      The log should cover all that the workloads do: what it does not show is cut. -n keeps to a namespace that it covers.

      EXAMPLES
        hubble observe -o jsonpb --last 10000 | merlon suggest - deploy/ > suggested.yaml
        merlon suggest -n shop flows.jsonl deploy/
        merlon suggest -o text flows.jsonl deploy/

      EXIT CODES
        0 the policies allow all that was seen; 1 they do not, or the input has errors; 2 wrong usage; 3 a log or manifests
        that could not be read
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case yaml
    case text
    case json
    case md
  }

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: "How to print: text and md are for people, and text is without the policies.")
  var output: Format = .yaml

  @Option(
    name: [.customShort("n", allowingJoined: true), .long],
    help: "Policies for this namespace only; without it for all but those of the system.")
  var namespace: String?

  @Flag(name: .long, help: "Close workloads of which the log says nothing, too.")
  var isolateUnseen = false

  @Flag(name: .long, help: "Leave a direction of a workload as it is in which nothing was seen.")
  var onlySeenDirections = false

  @Flag(
    name: .long,
    help:
      "Open ports to everything outside where the log does not say which addresses it was, as Calico's `pub`."
  )
  var openToWorld = false

  @OptionGroup var input: LogOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let log = try input.read(display)
    let whole = await input.manifests.reading.read(input.manifests.paths, withDeclarations: true)
      .assumingDNS()
    let cluster = try input.manifests.reading.cluster(of: whole)
    display.report(cluster)
    try cluster.requireSomething()
    try cluster.requireNamespace(namespace)
    let suggestion = PolicySuggestion(log, whole, cluster, options)
    let standardOutput = Terminal.standardOutput
    switch output {
    case .yaml: standardOutput.write(suggestion.yaml)
    case .text: standardOutput.write(TerminalText.safe(suggestion.text(display.style(for: 1))))
    case .json: standardOutput.write(suggestion.data.prettyJSON)
    case .md: standardOutput.write(suggestion.markdown)
    }
    standardOutput.flush()
    let cut = suggestion.findings.count { $0.severity == .error }
    // Comments get lost on the way to `kubectl apply`.
    if cut > 0, output == .yaml {
      Terminal.writeError(
        "merlon: these policies do not allow all that was seen: \(cut) \(cut == 1 ? "problem" : "problems") in the comments\n"
      )
    }
    if !log.problems.isEmpty || cluster.isIncomplete { throw ExitStatus.unreadableInput }
    if cut > 0 || cluster.hasErrors { throw ExitStatus.findings }
  }

  private var options: PolicySuggestion.Options {
    var options = PolicySuggestion.Options()
    options.namespace = namespace
    options.closesUnseen = isolateUnseen
    options.onlySeenDirections = onlySeenDirections
    options.opensToWorld = openToWorld
    options.enforcesStaged = input.manifests.reading.staged
    return options
  }
}
