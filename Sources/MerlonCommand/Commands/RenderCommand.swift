internal import ArgumentParser
internal import Kubernetes
internal import Merlon
internal import Review

/// `merlon render`
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Write policies for an engine from an intent or a chart's values, and prove that they mean it.",
    discussion: """
      INPUT is a YAML file (kind: Intent) that says what traffic is meant to flow, or values of a Helm chart with the tree
      `networkPolicy`, of which later files override earlier ones; or - for standard input. What the engine's dialect cannot
      say is an error, unless --accept names it. With --prove the manifests are read back and compared with the intent in
      every cluster; the certificate ends the output, as comments.

      EXAMPLES
        merlon render --engine kubernetes intent.yaml | kubectl apply -f -
        merlon render --engine cilium --prove intent.yaml > policies.yaml
        merlon render --engine clusterNetworkPolicy --accept outside-ingress intent.yaml
        merlon render --engine all --prove intent.yaml
        merlon render chart/values.yaml mine.yaml --workload web -n shop --release web
        merlon render --chart ./chart -n shop intent.yaml --accept outside-ingress

      EXIT CODES
        0 ok; 1 the input cannot be meant or said, or the manifests do not mean it; 2 wrong usage, or files of the chart that
        are not overwritten without --force; 3 what could not be read or written
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

  @Argument(
    help: "The intent, or the values of a chart; - for standard input.",
    completion: .file(extensions: ["yaml", "yml"]))
  var inputs: [String]

  @Option(
    name: [.customShort("e", allowingJoined: true), .long],
    help: """
      What to write policies for; all tells of each whether it can say the intent. Values choose their own when it is left \
      out, and a chart has all.
      """)
  var engine: EngineChoice?

  @Option(
    name: .long,
    help: """
      Write files for a Helm chart into this folder instead, with the policies of each engine: a template, its values and \
      their schema.
      """, completion: .directory)
  var chart: String?

  @Flag(name: .long, help: "Overwrite files of the chart.")
  var force = false

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .yaml

  @Option(name: .long, help: "The name of a loss to live with; may be given several times.")
  var accept: [String] = []

  @Flag(name: .long, help: "Prove that the manifests mean what the intent means.")
  var prove = false

  @OptionGroup(title: "Values") var workload: WorkloadOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    for name in accept {
      if let problem = Loss.Name(name).problem { throw ValidationError(problem) }
    }
    if inputs.isEmpty { throw ValidationError("what is to be rendered is not said") }
    if force, chart == nil { throw ValidationError("--force is for --chart") }
    if chart != nil, output == .json { throw ValidationError("a chart's files are not written as JSON") }
  }

  func run() async throws {
    let source = try await read()
    let dialects = try self.dialects(of: source)
    reportOnce(dialects.flatMap { source.check($0) }.filter { $0.severity < .error })
    if case .values(let values) = source, !values.isEnabled, chart == nil {
      Terminal.writeError("merlon: networkPolicy.enabled is false: nothing is rendered\n")
      return
    }
    let output = Terminal.standardOutput
    let isWhole = render(source, dialects, output)
    if isWhole, let chart { try write(source, dialects, into: OutputFolder(path: chart), output) }
    output.flush()
    if !isWhole { throw ExitStatus.findings }
  }

  /// Whether only summaries are printed, and not the manifests.
  private var isSummary: Bool { engine == .all || chart != nil }

  private func dialects(of source: PolicySource) throws -> [Dialect] {
    if case .intent = source {
      try workload.validate(forIntent: true, chart: chart != nil)
      if engine == nil, chart == nil {
        throw ValidationError("which engine the policies are for is not said: --engine")
      }
    }
    if let engine { return engine.dialects }
    if case .values(let values) = source, chart == nil { return [values.dialect] }
    return Dialect.allCases
  }

  /// - Returns: whether everything could be said and, if that was asked, is proved.
  private func render(_ source: PolicySource, _ dialects: [Dialect], _ output: Output) -> Bool {
    var isWhole = true
    for dialect in dialects {
      do throws(Problems) {
        let rendering = try source.render(dialect, accepting: accepted)
        for loss in rendering.losses { Terminal.writeError("\(style.yellow("loss")): \(loss)\n") }
        for rule in rendering.passthrough {
          Terminal.writeError("\(style.yellow("passthrough")): \(rule.location): \(rule)\n")
        }
        let certificate = certificate(of: rendering)
        isWhole = isWhole && (!prove || certificate?.holds ?? false)
        write(rendering, certificate, output)
      } catch {
        isWhole = false
        report(error.all)
        if isSummary { output.write("\(dialect.rawValue): \(display.style(for: 1).red("cannot be said"))\n") }
      }
    }
    return isWhole
  }

  private var accepted: Set<Loss.Name> { Set(accept.map { Loss.Name($0) }) }

  private func write(
    _ source: PolicySource, _ dialects: [Dialect], into folder: OutputFolder, _ output: Output
  ) throws {
    let chart: ChartFiles
    do throws(Problems) {
      chart = try source.chart(
        for: dialects, namespace: workload.namespace, release: workload.release, accepting: accepted)
    } catch {
      report(error.all)
      throw ExitStatus.findings
    }
    do throws(OutputFolder.Failure) {
      for (path, outcome) in try folder.write(
        chart.files.map { .init(path: $0.path, text: $0.text) }, overwriting: force)
      {
        output.write("\(outcome.rawValue) \(path)\n")
      }
    } catch {
      Terminal.writeError("merlon: \(error.message)\n")
      throw error.isRefusal ? ExitStatus.usage : ExitStatus.unreadableInput
    }
  }

  private var style: TextStyle { display.style(for: 2) }

  private func read() async throws -> PolicySource {
    do throws(Problems) {
      return try await PolicySource.read(paths: inputs, workload: workload.description)
    } catch {
      report(error.all)
      let isUnreadable = error.all.contains { $0.diagnostic.code.meansUnreadable }
      throw isUnreadable ? ExitStatus.unreadableInput : ExitStatus.findings
    }
  }

  private func report(_ problems: [Problem]) {
    let least: Problem.Severity = display.quiet ? .error : display.verbose ? .note : .warning
    for problem in problems where problem.severity >= least {
      Terminal.writeError(problem.diagnostic.text(style) + "\n")
    }
  }

  /// Reports what several engines have in common once.
  private func reportOnce(_ problems: [Problem]) {
    var seen: Set<String> = []
    report(problems.filter { seen.insert($0.description).inserted })
  }

  private func certificate(of rendering: Rendering) -> Certificate? {
    if !prove { return nil }
    do throws(ProofTooLarge) {
      return try rendering.prove()
    } catch {
      Terminal.writeError("merlon: not proved: \(error)\n")
      return nil
    }
  }

  private func write(_ rendering: Rendering, _ certificate: Certificate?, _ output: Output) {
    if isSummary {
      let count = rendering.objects.count
      let summary = "\(rendering.dialect.rawValue): \(count) \(count == 1 ? "object" : "objects")\n"
      output.write(certificate.map { $0.proof.text(display.style(for: 1)) } ?? summary)
      return
    }
    switch self.output {
    case .yaml:
      output.write(rendering.yaml)
      output.write(certificate?.proof.comments ?? "")
    case .json: output.write(rendering.json)
    }
  }
}
