// The product as users run it: from YAML to finished output, in a process of its own.
extension Benchmark {
  static let commands = [
    command(
      "connectivity-1000", .small, cpuSeconds: .atMost(0.4), megabytes: .atMost(80), peerSeconds: 78,
      peerMegabytes: 433),
    command("connectivity-3000", .medium, peerSeconds: 500, peerMegabytes: 1_500),
    command("connectivity-10000", .large, cpuSeconds: .atMost(4), megabytes: .atMost(400)),
    command("connectivity-explain-100", .tiny, explains: true, peerSeconds: 168),
    command(
      "connectivity-explain-1000", .small, explains: true, cpuSeconds: .atMost(3), megabytes: .atMost(200)),
  ]

  /// `merlon connectivity`: the least CPU time and the least memory of several runs.
  static func command(
    _ name: String, _ shape: Shape, explains: Bool = false,
    cpuSeconds: Measurement.Limit? = nil, megabytes: Measurement.Limit? = nil, peerSeconds: Double? = nil,
    peerMegabytes: Double? = nil
  ) -> Benchmark {
    Benchmark(name) { workbench throws(BenchmarkFailure) in
      let file = try workbench.file(shape)
      let process = ChildProcess(
        program: workbench.merlon, arguments: ["connectivity"] + (explains ? ["--explain"] : []) + [file])
      let best = try process.best(of: workbench.runs)
      return Measurement.process(
        "connectivity \(explains ? "--explain " : "")\(shape)", best, cpuSeconds: cpuSeconds,
        megabytes: megabytes, peerSeconds: peerSeconds, peerMegabytes: peerMegabytes)
    }
  }
}
