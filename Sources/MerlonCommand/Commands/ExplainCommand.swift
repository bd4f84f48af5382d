internal import ArgumentParser
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

/// `merlon explain`
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why two ends may or may not talk, down to file and line.",
    discussion: """
      Ends are namespace/name (a pod, else a workload), namespace/kind/name, node/name, service/namespace/name,
      an address, or self. Without --port all ports are explained, grouped by outcome.

      EXAMPLES
        merlon explain --from shop/web --to shop/db --port tcp/5432 deploy/
        merlon explain --from 198.51.100.7 --to shop/web deploy/
        merlon explain --from shop/web --to shop/db --profile all deploy/
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case yaml
  }

  @Option(name: .long, help: "The source.")
  var from: String

  @Option(name: .long, help: "The destination.")
  var to: String

  @Option(name: .long, help: "Protocol and port, such as tcp/5432.")
  var port: String?

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    if input.reading.profile == .all { return try await compare() }
    let cluster = try await input.load()
    display.report(cluster)
    try cluster.requireSomething()
    let evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    let wording = Wording(cluster.world)
    let explanation = try explain(cluster, evaluator)
    let standardOutput = Terminal.standardOutput
    switch output {
    case .text: standardOutput.write(explanation.text(wording, display.style(for: 1)))
    case .json: standardOutput.write(explanation.data(wording).prettyJSON)
    case .yaml: standardOutput.write(explanation.data(wording).yaml)
    }
    standardOutput.flush()
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
  }

  /// Answers of all engines, side by side.
  private func compare() async throws {
    let read = await input.read()
    let clusters = EngineProfile.Enforcer.allCases.map {
      read.cluster(input.reading.engineProfile($0), enforcesStaged: input.reading.staged)
    }
    guard let first = clusters.first else { return }
    display.report(first)
    try first.requireSomething()
    let comparison: ProfileComparison
    do throws(FlowLineError) {
      var subjects: [ProfileComparison.Subject] = []
      for cluster in clusters {
        subjects.append(try ProfileComparison.Subject(cluster, source: from, destination: to))
      }
      var traffic: FlowTraffic?
      if let port { traffic = try FlowParser.traffic(port) }
      comparison = ProfileComparison(subjects, source: from, destination: to, traffic: traffic)
    } catch {
      report(error)
      throw first.statusForUnknownName
    }
    let standardOutput = Terminal.standardOutput
    switch output {
    case .text: standardOutput.write(comparison.text(display.style(for: 1)))
    case .json: standardOutput.write(comparison.data.prettyJSON)
    case .yaml: standardOutput.write(comparison.data.yaml)
    }
    standardOutput.flush()
    if first.exitStatus != .ok { throw first.exitStatus }
  }

  private func report(_ error: FlowLineError) {
    Terminal.writeError("merlon: \(error.message)" + (error.fix.map { "\n    fix: \($0)" } ?? "") + "\n")
  }

  private func explain(_ cluster: Cluster, _ evaluator: FlowEvaluator) throws -> Explanation {
    let parser = FlowParser(evaluator.world)
    do throws(FlowLineError) {
      let source = try parser.end(from)
      let destination = try parser.end(to)
      if let port {
        let flow = try parser.flow(from: source, to: destination, try FlowParser.traffic(port))
        return Explanation(flow, source: from, destination: to, evaluator: evaluator)
      }
      if case .service(let number, _) = destination {
        let ports = evaluator.world.services[number].ports
        // The problem of the first port is the Service's, unless another port is answered.
        let problems = ports.map { port in
          Result { () throws(FlowLineError) in
            try parser.flow(from: source, to: destination, .port(port.transport, port.number))
          }
        }
        if !problems.contains(where: { (try? $0.get()) != nil }) {
          _ = try problems.first?.get()
          throw FlowLineError("`\(to)` has no ports")
        }
      } else {
        _ = try parser.flow(from: source, to: destination, .port(.tcp, 1))
      }
      return Explanation(from: source, to: destination, source: from, destination: to, evaluator: evaluator)
    } catch {
      report(error)
      throw cluster.statusForUnknownName
    }
  }
}
