// How the engine's cost grows: with pods, with workloads.
extension Benchmark {
  /// Pods that policies cannot tell apart must cost next to nothing.
  static func pods(_ name: String, _ shape: Shape) -> Benchmark {
    Benchmark(name) { podMeasurements(shape, $0) }
  }

  private static func podMeasurements(
    _ shape: Shape, _ workbench: Workbench
  ) -> [Measurement] {
    var fewer = shape
    fewer.podsPerWorkload = 0
    let (templates, pods) = (EngineRun(fewer), EngineRun(shape))
    // In turn, as it is their ratio that counts: what disturbs one disturbs the other.
    var world = (few: Double.infinity, many: Double.infinity)
    var list = world
    for _ in 0..<(workbench.isQuick ? 1 : 15) {
      world.few = min(world.few, templates.worldSeconds(runs: 1))
      world.many = min(world.many, pods.worldSeconds(runs: 1))
      list.few = min(list.few, templates.connectivity(runs: 1).seconds)
      list.many = min(list.many, pods.connectivity(runs: 1).seconds)
    }
    let whole = (few: world.few + list.few, many: world.many + list.many)
    return [
      Measurement(work: "engine, \(fewer)", value: whole.few, unit: .cpuSeconds),
      Measurement(
        work: "  with \((shape.workloads * shape.podsPerWorkload).grouped) pods of them", value: whole.many,
        unit: .cpuSeconds),
      Measurement(
        work: "  time with pods by time without", value: whole.many / whole.few, unit: .times,
        limit: .atMost(1.5)),
      Measurement(work: "    from objects to the world", value: world.many / world.few, unit: .times),
      Measurement(work: "    from the world to the list", value: list.many / list.few, unit: .times),
    ]
  }

  /// With the same policies, time grows no faster than the output.
  static let growth = Benchmark("growth") { growthMeasurements($0) }

  private static func growthMeasurements(_ workbench: Workbench) -> [Measurement] {
    var lines: [Measurement] = []
    var first: (seconds: Double, bytes: Int)?
    for shape in Shape.scaling {
      let run = EngineRun(shape).connectivity(runs: shape.workloads > 2_000 ? 1 : workbench.runs + 2)
      lines.append(
        Measurement(
          work: "engine, \(shape.workloads.grouped) workloads, the same \(shape.policies) policies",
          value: run.seconds, unit: .cpuSeconds))
      lines.append(
        Measurement(work: "  output", value: Double(run.bytes) / 1e6, unit: .megabytes))
      guard let first else {
        first = run
        continue
      }
      let growth = (time: run.seconds / first.seconds, output: Double(run.bytes) / Double(first.bytes))
      lines.append(
        Measurement(
          work: "  time × \(growth.time.shortText), output × \(growth.output.shortText): one by the other",
          value: growth.time / growth.output, unit: .times, limit: .atMost(1)))
    }
    return lines
  }
}
