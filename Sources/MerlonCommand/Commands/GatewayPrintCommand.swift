internal import ArgumentParser
internal import Gateway
internal import Kubernetes
internal import Nftables
internal import Review
internal import SourceGroups

/// `merlon gateway --print`
struct GatewayPrintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Print a policy of source groups as rules of nftables.",
    discussion: """
      The rules are those of a gateway that forwards what the policy allows, and knows nothing of clusters yet: of addresses
      that are written in the policy it knows everything, and selectors have no members. nft -f takes them.

      EXAMPLES
        merlon gateway --print policy.yaml
        merlon gateway --print --zone datacenter=eth1,eth2 policy.yaml | nft -c -f -
      """,
    shouldDisplay: false)

  @Argument(help: "A SourceGroupPolicy in YAML or JSON, or - for standard input.", completion: .file())
  var file: String

  @Flag(name: .long, help: "Print the rules, which is what this command does.")
  var print = false

  @OptionGroup(title: "Enforcement") var zones: ZoneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if !print {
      throw ValidationError("say what is to be done: --print, or one of the subcommands that --help lists")
    }
  }

  func run() async throws {
    let text = try display.text(of: file)
    let reading = SourceGroupPolicy.read(text)
    display.report(reading.diagnostics)
    guard let policy = reading.policy else { throw ExitStatus.findings }
    let settings = try zones.settings()
    settings.reportZones(of: policy)
    let gateway = Gateway(policy, [:], leases: [:], settings)
    let output = Terminal.standardOutput
    for line in gateway.names.legend { output.write("# \(line)\n") }
    output.write(gateway.program.text)
    output.flush()
  }
}

extension ProgramNames {
  /// What identifiers in chains, counters and log entries stand for, in the order of the words.
  fileprivate var legend: [String] {
    let groups = groups.map { (String($0.key, radix: 16), "group \($0.value)") }
    let rules = rules.map { identifier, rule in
      (String(identifier, radix: 16), (rule.group.map { "group \($0), " } ?? "") + rule.name)
    }
    return (groups + rules).sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { "\($0.0): \($0.1)" }
  }
}
