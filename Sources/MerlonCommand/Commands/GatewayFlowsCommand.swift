internal import ArgumentParser
internal import Kubernetes
internal import Review

/// `merlon gateway flows`
struct GatewayFlowsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flows",
    abstract: "The connections that the gateway's kernel tracks.",
    discussion: """
      With the groups of whoever opened each. A connection that was cut stays listed until the kernel forgets it. Names of
      pods come from the control plane, where --server or MERLON_SERVER names one.

      EXAMPLES
        merlon gateway flows
        merlon gateway flows -o json
      """)

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @OptionGroup(title: "Socket") var socket: GatewaySocket
  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  /// The kernel's states of a TCP connection (linux/netfilter/nf_conntrack_tcp.h).
  private static let states = [
    "", "syn-sent", "syn-received", "established", "fin-wait", "close-wait", "last-ack", "time-wait",
    "closed",
  ]

  func run() async throws {
    let answer = try socket.ask(.members(("kind", "flows")))
    let flows = answer["flows"]?.elements ?? []
    let standardOutput = Terminal.standardOutput
    if !standardOutput.write(answer, as: output) {
      let names = await controlPlane.learn(
        Set(flows.flatMap { [$0.text(of: "source"), $0.text(of: "destination")] }), AddressNames(), display)
      standardOutput.write(
        ResourceTable(
          flows,
          [
            ResourceColumn("SOURCE") { names.text($0.text(of: "source")) },
            ResourceColumn("DESTINATION") { names.text($0.text(of: "destination")) },
            ResourceColumn("PORT") { $0.protocolAndPort },
            ResourceColumn("STATE") { flow in
              let number = flow.number(of: "tcpState")
              return Self.states.indices.contains(number) ? Self.states[number] : "\(number)"
            },
            ResourceColumn("GROUPS") { $0.joined("groups") },
            ResourceColumn("BYTES", isWide: true, field: "bytes"),
          ]
        ).text(isWide: output == .wide))
    }
    standardOutput.flush()
  }
}
