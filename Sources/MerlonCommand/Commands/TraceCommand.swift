internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon trace`
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Whether a connection may be opened through the gateway now, and by which rule.",
    discussion: """
      The control plane answers from the policy that counts and the members of the moment. A pod may have several addresses;
      those of the destination's family are asked about.

      EXAMPLES
        merlon trace 10.0.0.7 192.0.2.1 tcp/443
        merlon trace prod/shop/web api.bank.example tcp/443
        merlon trace 10.0.0.7 10.9.9.9 icmp/8 --zone datacenter -o json

      EXIT CODES
        0 allowed; 1 denied, or it depends on what a trace cannot know; 2 wrong usage; 3 the control plane cannot be reached
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case yaml
  }

  @Argument(help: "Who sends: an address, or integration/namespace/pod.")
  var from: String

  @Argument(help: "Where to: an address or a domain name.")
  var to: String

  @Argument(help: "Protocol and port, such as tcp/443, or icmp/8.")
  var port: String

  @Option(name: .long, help: "Where packets of the sender come in.")
  var zone: String?

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let query = [("from", from), ("to", to), ("port", port)] + (zone.map { [("zone", $0)] } ?? [])
    let answer = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await client.data(.controlPlane("trace", query: query.map { (name: $0, value: $1) }))
    }
    let traces = answer["traces"]?.elements ?? []
    let standardOutput = Terminal.standardOutput
    switch output {
    case .text:
      standardOutput.write(TerminalText.safe(traces.map { $0.text(of: "text") }.joined(separator: "\n")))
    case .json: standardOutput.write(DataValue(answer).prettyJSON)
    case .yaml: standardOutput.write(DataValue(answer).yaml)
    }
    standardOutput.flush()
    let isAllowed = !traces.isEmpty && traces.allSatisfy { $0.text(of: "outcome") == "allowed" }
    if !isAllowed { throw ExitStatus.findings }
  }
}
