// Who is behind which address: identity sets of source groups that follow a cluster.
extension Benchmark {
  /// The first sync in a process of its own, with the making of its pods, as its memory is that of the whole process.
  static let identitySync = Benchmark("identities-sync") {
    (workbench) async throws(BenchmarkFailure) -> [Measurement] in
    let sync = ChildProcess(program: workbench.bench, arguments: ["identities"])
    return Measurement.process(
      "identity sets, first sync of 100,000 pods and 500 selections", try sync.best(of: workbench.runs),
      cpuSeconds: .atMost(20), megabytes: .atMost(200))
  }

  /// From an event of a pod to the published snapshot.
  static let identityEvents = Benchmark("identities-events") { identityMeasurements($0) }

  private static func identityMeasurements(_ workbench: Workbench) -> [Measurement] {
    var run = IdentityRun.first
    let seconds = run.replacePods(workbench.isQuick ? 2_000 : 20_000, generation: 1)
    let average = seconds.reduce(0, +) / Double(seconds.count)
    return [
      Measurement(
        work: "identity sets, pod event to published snapshot, median",
        value: seconds[seconds.count / 2] * 1e3,
        unit: .milliseconds),
      Measurement(
        work: "  99 of 100 events", value: seconds[seconds.count * 99 / 100] * 1e3, unit: .milliseconds,
        limit: .atMost(1)),
      Measurement(work: "  events per second", value: 1 / average, unit: .count, limit: .atLeast(5_000)),
      Measurement(
        work: "  asking every selection about every pod, by one event", value: run.scanSeconds() / average,
        unit: .times, limit: .atLeast(1_000)),
    ]
  }
}
