internal import ArgumentParser
internal import Glibc
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
        merlon gateway follow --metrics-listen 127.0.0.1:9465
      """)

  @Option(
    name: .long, help: "What the gateway is called where denials are reported; without it the machine's name."
  )
  var name: String?

  @Option(name: .long, help: "Serve Prometheus metrics at HOST:PORT, path /metrics.")
  var metricsListen: String?

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Socket") var socket: GatewaySocket
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if let problem = NameRules.subdomainProblem(gatewayName) {
      throw ValidationError("the gateway's name `\(gatewayName)` \(problem); say another with --name")
    }
    if let metricsListen, MetricsServer(metricsListen, path: socket.path) == nil {
      throw ValidationError("--metrics-listen `\(metricsListen)` is not HOST:PORT")
    }
  }

  func run() async throws {
    let path = socket.path
    let name = gatewayName
    let metrics = metricsListen.flatMap { MetricsServer($0, path: path) }
    try await withThrowingTaskGroup { group in
      if let metrics {
        group.addTask {
          do {
            try await metrics.run()
          } catch {
            Terminal.writeError("merlon: metrics cannot be served: \(error)\n")
            throw ExitStatus.unreadableInput
          }
        }
      }
      group.addTask {
        try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
          try await GatewayFollower(client: client, path: path, gateway: name, timing: .system) { line in
            Terminal.writeError("merlon: \(line)\n")
          }.run()
        }
      }
      // The first that ends, ends the command.
      try await group.next()
      group.cancelAll()
    }
  }

  private var gatewayName: String { (name ?? Self.machine).lowercased() }

  private static var machine: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "gateway" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
