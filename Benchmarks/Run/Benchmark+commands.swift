// The product as users run it: from YAML to finished output, in a process of its own.
extension Benchmark {
  func commandMeasurements(_ workbench: Workbench) throws(BenchmarkFailure) -> [Measurement] {
    switch self {
    case .connectivity3000:
      let shape = SyntheticCluster.Shape(
        workloads: 3_000, namespaces: 120, policies: 960, podsPerWorkload: 0, seed: 1)
      let usage = try Self.connectivity(shape, workbench)
      return Measurement.process(
        "connectivity, 3,000 workloads, 960 policies", usage, peerSeconds: 500, peerMegabytes: 1_500)
    case .connectivity10000:
      let usage = try Self.connectivity(.large, workbench)
      return Measurement.process(
        "connectivity, 10,000 workloads, 3,000 policies", usage, cpuSeconds: .atMost(4),
        megabytes: .atMost(400))
    case .explained100:
      let shape = SyntheticCluster.Shape(
        workloads: 100, namespaces: 8, policies: 32, podsPerWorkload: 0, seed: 1)
      let usage = try Self.connectivity(shape, explains: true, workbench)
      return Measurement.process("connectivity --explain, 100 workloads", usage, peerSeconds: 168)
    case .explained1000:
      let usage = try Self.connectivity(.small, explains: true, workbench)
      return Measurement.process(
        "connectivity --explain, 1,000 workloads", usage, cpuSeconds: .atMost(3), megabytes: .atMost(200))
    default:
      let usage = try Self.connectivity(.small, workbench)
      return Measurement.process(
        "connectivity, 1,000 workloads, 40 namespaces, 320 policies", usage, cpuSeconds: .atMost(0.4),
        megabytes: .atMost(80), peerSeconds: 78, peerMegabytes: 433)
    }
  }

  /// The least CPU time and the least memory of several runs.
  private static func connectivity(
    _ shape: SyntheticCluster.Shape, explains: Bool = false, _ workbench: Workbench
  ) throws(BenchmarkFailure) -> ChildProcess.Usage {
    let file = try workbench.file(shape)
    let process = ChildProcess(
      program: workbench.merlon, arguments: ["connectivity"] + (explains ? ["--explain"] : []) + [file])
    var best = try process.run()
    for _ in 1..<workbench.runs {
      let next = try process.run()
      best = ChildProcess.Usage(
        cpuSeconds: min(best.cpuSeconds, next.cpuSeconds), peakBytes: min(best.peakBytes, next.peakBytes))
    }
    return best
  }
}
