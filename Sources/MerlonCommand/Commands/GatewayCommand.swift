internal import ArgumentParser
internal import Gateway
internal import Kubernetes
internal import Nftables
internal import Review
internal import SourceGroups

/// `merlon gateway`
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Print a policy of source groups as rules of nftables.",
    discussion: """
      The rules are those of a gateway that forwards what the policy allows, and knows nothing of clusters yet: of addresses
      that are written in the policy it knows everything, and selectors have no members. nft -f takes them.

      EXAMPLES
        merlon gateway --print policy.yaml
        merlon gateway --print --zone datacenter=eth1,eth2 policy.yaml | nft -c -f -
      """)

  @Argument(help: "A SourceGroupPolicy in YAML or JSON, or - for standard input.", completion: .file())
  var file: String

  @Flag(name: .long, help: "Print the rules; this is all that the command does.")
  var print = false

  @Option(name: .long, help: ArgumentHelp("Devices of a zone; may be repeated.", valueName: "zone=device,…"))
  var zone: [String] = []

  @Flag(name: .long, help: "Let senders of what is denied hear nothing, instead of a reset or an ICMP error.")
  var drop = false

  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if !print { throw ValidationError("--print is missing: rules are printed, and not put into force") }
    _ = try zones()
  }

  func run() async throws {
    let text = try display.text(of: file)
    let reading = SourceGroupPolicy.read(text)
    display.report(reading.diagnostics)
    guard let policy = reading.policy else { throw ExitStatus.findings }
    let settings = GatewaySettings(refusal: drop ? .drop : .reject, zones: try zones())
    for zone in settings.zonesWithoutDevices(in: policy) {
      Terminal.writeError(
        "merlon: the zone \(zone) has no devices, so nothing comes in there: --zone \(zone)=DEVICE\n")
    }
    let gateway = Gateway(policy, [:], leases: [:], settings)
    let output = Terminal.standardOutput
    for line in gateway.names.legend { output.write("# \(line)\n") }
    output.write(gateway.program.text)
    output.flush()
  }

  private func zones() throws -> [String: [InterfaceName]] {
    var zones: [String: [InterfaceName]] = [:]
    for text in zone {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--zone `\(text)` is not ZONE=DEVICE,…") }
      zones[String(parts[0]), default: []] += try parts[1].split(separator: ",").map { name in
        guard let device = InterfaceName(String(name)) else {
          throw ValidationError("--zone `\(text)`: `\(name)` is no name of a network device")
        }
        return device
      }
    }
    return zones
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
