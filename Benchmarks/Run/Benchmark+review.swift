internal import Kubernetes
internal import PolicyEngine
internal import Review

// What a change does, what is probably not meant, and whether all is as expected.
extension Benchmark {
  /// `merlon diff` of 1,000 workloads whose policies were drawn again, so that thousands of connections differ: the least
  /// CPU time of several runs. The issue quotes 134 CPU-seconds for the strongest existing analyser.
  static func difference(_ name: String) -> Benchmark {
    Benchmark(name) { workbench throws(BenchmarkFailure) in
      let before = Shape.small
      var after = before
      after.policies -= 20
      let (old, new) = (try workbench.file(before), try workbench.file(after))
      let process = ChildProcess(program: workbench.merlon, arguments: ["diff", old, new])
      let best = try process.best(of: workbench.runs)
      return Measurement.process(
        "diff \(before) and \(after.policies.grouped)", best, cpuSeconds: .atMost(3), peerSeconds: 134)
    }
  }

  /// `merlon lint`, all rules: the least CPU time of several runs.
  static func lint(_ name: String, _ shape: Shape) -> Benchmark {
    Benchmark(name) { workbench throws(BenchmarkFailure) in
      let process = ChildProcess(program: workbench.merlon, arguments: ["lint", try workbench.file(shape)])
      let best = try process.best(of: workbench.runs)
      return Measurement.process("lint \(shape)", best, cpuSeconds: .atMost(3))
    }
  }

  /// 10,000 expectations of 1,000 workloads, from the text of the document to the results, compilation included. About half
  /// of them do not hold, and are explained.
  static func expectations(_ name: String) -> Benchmark {
    Benchmark(name) { workbench in
      let shape = Shape.small
      let cluster = EngineRun(shape).cluster
      let count = 10_000
      let flows = SyntheticCluster(shape).flows(count: count).split(separator: "\n")
      let text =
        "apiVersion: merlon.dev/v1\nkind: ConnectivityTest\nmetadata: {name: bench}\nallow:\n"
        + flows.map { "- \($0)\n" }.joined()
      let (results, seconds) = CPUClock.best(of: workbench.runs) {
        var run = TestRun(cluster)
        return run.run(TestSuite.read(ManifestText(path: "bench.yaml", text)).suites)
      }
      let failed = 100 * Double(results.count { !$0.isPassed }) / Double(count)
      return [
        Measurement(
          work: "\(results.count.grouped) expectations, \(shape)", value: seconds, unit: .cpuSeconds,
          limit: .atMost(3)),
        Measurement(work: "  that do not hold (%)", value: failed, unit: .percent),
      ]
    }
  }
}
