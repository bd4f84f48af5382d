internal import ArgumentParser
internal import ControlPlane
internal import Kubernetes
internal import KubernetesAPI
internal import Logging
internal import Review

/// `merlon serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Follow clusters, and tell who is behind which address.",
    discussion: """
      Keeps the sets of a policy's source groups true while clusters change, and answers over HTTP: who is in a set and
      since when, whose an address is, whether a connection may be opened and why. All endpoints but the probes want a
      token: merlon token create makes one. Without TLS it listens on loopback alone.

      SIGHUP reads the policy and the TLS files anew; SIGTERM and SIGINT let requests end.

      EXAMPLES
        merlon serve --context kind-kind --policy policy.yaml
        merlon serve --config /etc/merlon/serve.yaml
        merlon serve --config /etc/merlon/serve.yaml --print-config

      EXIT CODES
        0 it was asked to stop; 2 wrong usage or settings; 3 it could not start, or not go on
      """)

  @Option(name: .long, help: "Where to listen, as HOST:PORT or [IPV6]:PORT.")
  var listen: String?

  @Option(name: .long, help: "The server's TLS certificate, PEM.", completion: .file())
  var tlsCertificateFile: String?

  @Option(name: .long, help: "The key of the TLS certificate, PEM.", completion: .file())
  var tlsKeyFile: String?

  @Option(name: .long, help: "A policy to put at the start.", completion: .file())
  var policy: String?

  @Option(
    name: .long,
    help: "Follow the cluster of this context of the kubeconfig, as [NAME=]CONTEXT. May be repeated.")
  var context: [String] = []

  @Option(
    name: .long, help: "The kubeconfig; without it that of KUBECONFIG, or ~/.kube/config.",
    completion: .file())
  var kubeconfig: String?

  @Option(name: .long, help: "Follow the cluster that the server itself runs in, under this name.")
  var inCluster: String?

  @Option(name: .long, help: "What is logged: debug, info, notice, warning or error.")
  var logLevel: String?

  @Option(name: .long, help: "How: text or json.")
  var logFormat: String?

  @Flag(name: .long, help: "Print the settings that count, with secrets masked, and end.")
  var printConfig = false

  @OptionGroup(title: "Settings") var settings: ServeOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let configuration = try settings.configuration(try flags(), display)
    if printConfig {
      let output = Terminal.standardOutput
      output.write(configuration.data.yaml)
      output.flush()
      return
    }
    let lines = LogLines(configuration.logFormat, level: configuration.logLevel)
    let process = ControlPlaneProcess(
      configuration, environment: EnvironmentVariables.process,
      logger: Logger(label: "merlon") { _ in lines })
    do throws(ServeError) {
      try await process.run()
    } catch {
      throw error.reported(display, .unreadableInput)
    }
  }

  private func flags() throws -> [String: [String]] {
    var flags: [String: [String]] = [:]
    if let listen {
      guard let colon = listen.lastIndex(of: ":"), colon > listen.startIndex else {
        throw ValidationError("--listen `\(listen)` is no HOST:PORT")
      }
      var host = String(listen[..<colon])
      if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
      flags["listen.host"] = [host]
      flags["listen.port"] = [String(listen[listen.index(after: colon)...])]
    }
    let texts = [
      ("tls.certificateFile", tlsCertificateFile), ("tls.keyFile", tlsKeyFile), ("policyFile", policy),
      ("kubernetes.kubeconfig", kubeconfig), ("kubernetes.inCluster", inCluster), ("log.level", logLevel),
      ("log.format", logFormat),
    ]
    for (name, text) in texts { flags[name] = text.map { [$0] } }
    if !context.isEmpty { flags["kubernetes.contexts"] = context }
    return flags
  }
}
