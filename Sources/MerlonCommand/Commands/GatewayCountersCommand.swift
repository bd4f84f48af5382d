internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon gateway counters`
struct GatewayCountersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "counters",
    abstract: "How many packets each group and each rule has seen.",
    discussion: """
      A packet is counted in each group that is asked about it, and in the rule that decides.

      EXAMPLES
        merlon gateway counters
        merlon gateway counters -o json
      """)

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @OptionGroup(title: "Socket") var socket: GatewaySocket

  func run() async throws {
    let answer = try socket.ask(.members(("kind", "counters")))
    let standardOutput = Terminal.standardOutput
    if !standardOutput.write(answer, as: output) {
      standardOutput.write(
        ResourceTable(
          answer["counters"]?.elements ?? [],
          [
            ResourceColumn("GROUP", field: "group"), ResourceColumn("RULE", field: "rule"),
            ResourceColumn("PACKETS", field: "packets"), ResourceColumn("BYTES", field: "bytes"),
          ]
        ).text(isWide: output == .wide))
    }
    standardOutput.flush()
  }
}
