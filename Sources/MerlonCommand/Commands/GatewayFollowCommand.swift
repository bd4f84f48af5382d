internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon gateway follow`
struct GatewayFollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Tell the gateway what a control plane says, as it changes.",
    discussion: """
      Needs no rights, but to be named as a writer where `merlon gateway enforce` was started. Follows the control plane's
      policy and the members of its groups, and vouches for members as long as their clusters are heard of. What is lost
      is asked for again, and the rules stay meanwhile.

      EXAMPLES
        merlon gateway follow --server https://merlon.example:8443 --token-file token
      """)

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Socket") var socket: GatewaySocket
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let path = socket.path
    try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await GatewayFollower(client: client, path: path, timing: .system) { line in
        Terminal.writeError("merlon: \(line)\n")
      }.run()
    }
  }
}
