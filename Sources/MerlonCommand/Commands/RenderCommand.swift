internal import ArgumentParser
internal import Dialects
internal import Kubernetes
internal import Merlon
internal import Review

/// `merlon render`
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write policies for an engine from an intent, and prove that they mean it.",
    discussion: """
      INTENT is a YAML file (kind: Intent) that says what traffic is meant to flow, or - for standard input. What the engine's
      dialect cannot say is an error, unless --accept names it. With --prove the manifests are read back and compared with the
      intent in every cluster; the certificate ends the output, as comments.

      EXAMPLES
        merlon render --engine kubernetes intent.yaml | kubectl apply -f -
        merlon render --engine cilium --prove intent.yaml > policies.yaml
        merlon render --engine clusterNetworkPolicy --accept outside-ingress intent.yaml
        merlon render --engine all --prove intent.yaml

      EXIT CODES
        0 ok; 1 the intent cannot be meant or said, or the manifests do not mean it; 2 wrong usage; 3 the intent could not
        be read
      """)

  enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case kubernetes
    case cilium
    case calico
    case clusterNetworkPolicy
    case all

    var dialects: [Dialect] {
      switch self {
      case .kubernetes: [.kubernetes]
      case .cilium: [.cilium]
      case .calico: [.calico]
      case .clusterNetworkPolicy: [.clusterNetworkPolicy]
      case .all: Dialect.allCases
      }
    }
  }

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case yaml
    case json
  }

  @Argument(help: "The intent, or - for standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var intent: String

  @Option(
    name: [.customShort("e", allowingJoined: true), .long],
    help: "What to write policies for; all tells of each whether it can say the intent.")
  var engine: EngineChoice

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .yaml

  @Option(name: .long, help: "The name of a loss to live with; may be given several times.")
  var accept: [String] = []

  @Flag(name: .long, help: "Prove that the manifests mean what the intent means.")
  var prove = false

  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    for name in accept where !Dialects.Loss.Name.all.contains(.init(rawValue: name)) {
      throw ValidationError(Dialects.Loss.Name.unknownText(name))
    }
  }

  func run() async throws {
    let intent = try await read()
    report(intent.check().filter { $0.severity < .error })
    var failed = false
    let output = Terminal.standardOutput
    for dialect in engine.dialects {
      do throws(Problems) {
        let rendering = try intent.render(dialect, accepting: Set(accept.map { Loss.Name($0) }))
        for loss in rendering.losses { Terminal.writeError("\(style.yellow("loss")): \(loss)\n") }
        let certificate = try certificate(of: rendering)
        failed = failed || prove && !(certificate?.holds ?? false)
        write(rendering, certificate, output)
      } catch {
        failed = true
        report(error.all)
        if engine == .all { output.write("\(dialect.rawValue): \(style(for: 1).red("cannot be said"))\n") }
      }
    }
    output.flush()
    if failed { throw ExitStatus.findings }
  }

  private var style: TextStyle { display.style(for: 2) }

  private func style(for descriptor: Int32) -> TextStyle { display.style(for: descriptor) }

  private func read() async throws -> Intent {
    do throws(Problems) {
      return try await Intent.read(path: intent)
    } catch {
      report(error.all)
      let isUnreadable = error.all.contains { $0.diagnostic.code.meansUnreadable }
      throw isUnreadable ? ExitStatus.unreadableInput : ExitStatus.findings
    }
  }

  private func report(_ problems: [Problem]) {
    let least: Problem.Severity = display.quiet ? .error : .note
    for problem in problems where problem.severity >= least {
      Terminal.writeError(problem.diagnostic.text(style) + "\n")
    }
  }

  private func certificate(of rendering: Rendering) throws(Problems) -> Certificate? {
    if !prove { return nil }
    do throws(ProofTooLarge) {
      return try rendering.prove()
    } catch {
      Terminal.writeError("merlon: not proved: \(error)\n")
      return nil
    }
  }

  private func write(_ rendering: Rendering, _ certificate: Certificate?, _ output: Output) {
    if engine == .all {
      let count = rendering.objects.count
      let summary = "\(rendering.dialect.rawValue): \(count) \(count == 1 ? "object" : "objects")\n"
      output.write(certificate.map { $0.proof.text(display.style(for: 1)) } ?? summary)
      return
    }
    switch self.output {
    case .yaml:
      output.write(rendering.yaml)
      let proof = certificate?.description.split(separator: "\n").map { YAMLText.comment(String($0)) + "\n" }
      output.write(proof?.joined() ?? "")
    case .json: output.write(rendering.json)
    }
  }
}
