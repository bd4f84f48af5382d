/// One thing that is measured: a line of the table, or several that belong together.
struct Benchmark: Sendable {
  typealias Shape = SyntheticCluster.Shape

  /// For `--only`.
  let name: String
  private let body: @Sendable (Workbench) async throws(BenchmarkFailure) -> [Measurement]

  init(
    _ name: String, _ body: @escaping @Sendable (Workbench) async throws(BenchmarkFailure) -> [Measurement]
  ) {
    self.name = name
    self.body = body
  }

  func measure(_ workbench: Workbench) async throws(BenchmarkFailure) -> [Measurement] {
    try await body(workbench)
  }

  /// In the order of a run: first the child processes, while this process is small, then what needs a cluster in
  /// this process.
  static let all =
    commands
    + [difference("diff-1000"), lint("lint-1000", .small), identitySync]
    + dialects.flatMap(commands)
    + [explanation("explain", .large), verdicts("verdicts", .small)]
    + [growth, pods("pods", .pods)]
    + dialects.flatMap(questions)
    + [identityEvents, blocks, yaml, json]
    + [expectations("test-10000"), rendering("render-200", workloads: 200)]

  /// What NetworkPolicies are compared with, and those in the same number.
  private static let dialects = SyntheticCluster.Dialect.allCases

  /// The product on 1,000 policies of a dialect.
  private static func commands(_ dialect: SyntheticCluster.Dialect) -> [Benchmark] {
    let (small, large) = (Shape.small.thousandPolicies(dialect), Shape.large.thousandPolicies(dialect))
    return [
      command("connectivity-1000-\(dialect)", small, cpuSeconds: .atMost(0.4), megabytes: .atMost(80)),
      command("connectivity-10000-\(dialect)", large, cpuSeconds: .atMost(4), megabytes: .atMost(400)),
      command(
        "connectivity-explain-1000-\(dialect)", small, explains: true, cpuSeconds: .atMost(3),
        megabytes: .atMost(200)),
      lint("lint-1000-\(dialect)", small),
    ]
  }

  /// The engine on 1,000 policies of a dialect.
  private static func questions(_ dialect: SyntheticCluster.Dialect) -> [Benchmark] {
    [
      explanation("explain-\(dialect)", Shape.large.thousandPolicies(dialect)),
      verdicts("verdicts-\(dialect)", Shape.small.thousandPolicies(dialect)),
      pods("pods-\(dialect)", Shape.pods.thousandPolicies(dialect)),
    ]
  }
}
