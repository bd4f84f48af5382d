/// What is measured, in the order of a run: first the child processes, while this process is small, then what
/// needs a cluster in this process.
enum Benchmark: String, CaseIterable {
  case connectivity1000 = "connectivity-1000"
  case connectivity3000 = "connectivity-3000"
  case connectivity10000 = "connectivity-10000"
  case explained100 = "connectivity-explain-100"
  case explained1000 = "connectivity-explain-1000"
  case explain
  case verdicts
  case growth
  case pods
  case blocks
  case yaml
  case json

  func measure(_ workbench: Workbench) async throws(BenchmarkFailure) -> [Measurement] {
    switch self {
    case .connectivity1000, .connectivity3000, .connectivity10000, .explained100, .explained1000:
      try commandMeasurements(workbench)
    case .explain: explainMeasurements()
    case .verdicts: verdictMeasurements(workbench)
    case .growth: growthMeasurements(workbench)
    case .pods: podMeasurements(workbench)
    case .blocks: blockMeasurements(workbench)
    case .yaml: try await yamlMeasurements(workbench)
    case .json: jsonMeasurements(workbench)
    }
  }
}
