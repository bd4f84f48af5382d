internal import PolicyEngine
internal import Review

// Single questions to a cluster that was read: one with its explanation, and a million at once.
extension Benchmark {
  /// As `merlon explain` does it: index, parse, decide and put into words.
  static func explanation(_ name: String, _ shape: Shape) -> Benchmark {
    Benchmark(name) { _ in explanationMeasurements(shape) }
  }

  private static func explanationMeasurements(_ shape: Shape) -> [Measurement] {
    let cluster = EngineRun(shape).cluster
    let lines = SyntheticCluster(shape).flows(count: 200).split(separator: "\n").map(String.init)
    // The index is answered too, to be freed later, as a command that ends never frees it.
    let (answer, cold) = CPUClock.best(of: 3) {
      let answers = Answers(cluster)
      return (answers, answers.text(lines[0]))
    }
    let prepared = Answers(cluster)
    let times = lines.map { line in
      CPUClock.measure { prepared.text(line).utf8.count }.seconds
    }
    let slowest = times.max() ?? 0
    precondition(!answer.1.isEmpty)
    return [
      Measurement(
        work: "explain one flow with the index, \(shape)", value: cold * 1e3, unit: .milliseconds,
        limit: .atMost(10)),
      Measurement(
        work: "  each further flow, on average", value: times.reduce(0, +) / Double(times.count) * 1e3,
        unit: .milliseconds, limit: .atMost(10)),
      Measurement(
        work: "  the slowest of \(times.count)", value: slowest * 1e3, unit: .milliseconds, limit: .atMost(10)
      ),
    ]
  }

  private struct Answers {
    private let evaluator: FlowEvaluator
    private let parser: FlowParser
    private let wording: Wording

    init(_ cluster: Cluster) {
      evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
      parser = FlowParser(cluster.world)
      wording = Wording(cluster.world)
    }

    func text(_ line: String) -> String {
      do throws(FlowLineError) {
        let flow = try parser.parse(line)
        let words = line.split(separator: " ").map(String.init)
        let explanation = Explanation(flow, source: words[0], destination: words[2], evaluator: evaluator)
        return explanation.text(wording, .plain)
      } catch {
        return error.message
      }
    }
  }

  /// As `merlon verdict -o json` does it, the compilation included.
  static func verdicts(_ name: String, _ shape: Shape) -> Benchmark {
    Benchmark(name) { verdictMeasurements(shape, $0) }
  }

  private static func verdictMeasurements(
    _ shape: Shape, _ workbench: Workbench
  ) -> [Measurement] {
    let cluster = EngineRun(shape).cluster
    let count = 1_000_000
    let text = Array(SyntheticCluster(shape).flows(count: count).utf8)
    let (totals, seconds) = CPUClock.best(of: workbench.runs) {
      var run = VerdictRun(cluster, format: .json)
      return run.run(text, to: NullOutput().output)
    }
    let undefined = 100 * Double(totals.undefined + totals.errors) / Double(count)
    return [
      Measurement(
        work: "one million verdicts, \(shape)", value: seconds, unit: .cpuSeconds, limit: .atMost(1)),
      Measurement(work: "  undefined (%)", value: undefined, unit: .percent),
    ]
  }
}
