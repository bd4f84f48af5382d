internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon gateway denied`
struct GatewayDeniedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "denied",
    abstract: "What the gateway has denied lately, and by which rule.",
    discussion: """
      Also what rules in audit mode would decide. The kernel tells of some packets a second for each rule, and the gateway
      keeps the last 4,096. Names of pods come from the control plane, where --server or MERLON_SERVER names one.

      EXAMPLES
        merlon gateway denied
        merlon gateway denied -w -o json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: "How to print: a line each, or JSON in a line each.")
  var output: Format = .text

  @Flag(name: [.short, .long], help: "Go on with what is denied from now on.")
  var watch = false

  @OptionGroup(title: "Socket") var socket: GatewaySocket
  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  private static let pause = Duration.milliseconds(500)

  func run() async throws {
    var last = 0
    while true {
      let answer = try socket.ask(.members(("kind", "denied"), ("after", .integer(last))))
      let denials = answer["denials"]?.elements ?? []
      if last > 0 || watch { reportGap(answer) }
      // Asked anew each time: another pod may have an address by now.
      let names = await controlPlane.learn(
        Set(denials.flatMap { [$0.text(of: "source"), $0.text(of: "destination")] }), AddressNames(), display)
      let standardOutput = Terminal.standardOutput
      for denial in denials {
        standardOutput.line(
          output == .json ? denial.data(names).json : TerminalText.safe(denial.line(names)))
      }
      standardOutput.flush()
      last = denials.last?.number(of: "number") ?? last
      if !watch, denials.isEmpty { return }
      if denials.isEmpty { try await Task.sleep(for: Self.pause) }
    }
  }

  private func reportGap(_ answer: Node) {
    let missed = answer.number(of: "missed")
    if missed > 0 { Terminal.writeError("merlon: \(missed) denials are not kept any more\n") }
  }
}

extension Node {
  /// `2026-11-27T02:10:00Z deny shop/web (10.0.0.7) -> 192.0.2.1 tcp/443 by web, rule all`
  fileprivate func line(_ names: AddressNames) -> String {
    let group = text(of: "group")
    let time = Timestamp(secondsSince1970: number(of: "microseconds") / 1_000_000)
    return "\(time.map { "\($0)" } ?? "") \(text(of: "kind")) \(names.text(text(of: "source"))) -> "
      + "\(names.text(text(of: "destination"))) \(protocolAndPort) by \(group.isEmpty ? "" : "\(group), ")\(text(of: "rule"))"
  }

  fileprivate func data(_ names: AddressNames) -> DataValue {
    .members(
      members.map { ($0.key.text, DataValue($0.value)) } + [
        ("sourceName", names.name(text(of: "source"))),
        ("destinationName", names.name(text(of: "destination"))),
      ])
  }
}
