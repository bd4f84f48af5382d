/// `merlon-bench run`, also what `merlon-bench` alone does: everything that has a limit, as one table.
struct RunCommand {
  static let usage = """
    usage: merlon-bench [run] [--quick] [--only <name>]…
           --quick measures once, and less; for a first look
           names: \(Benchmark.all.map(\.name).joined(separator: ", "))
    """

  private var names: Set<String> = []
  private var isQuick = false

  /// Reads the arguments after the command's name.
  init(arguments: some Sequence<String>) throws(UsageError) {
    var rest = Array(arguments)[...]
    while let option = rest.popFirst() {
      switch option {
      case "--quick": isQuick = true
      case "--only":
        guard let name = rest.popFirst() else { throw UsageError(message: "--only needs a name") }
        guard Benchmark.all.contains(where: { $0.name == name }) else {
          throw UsageError(message: "no benchmark is named \(name)")
        }
        names.insert(name)
      default: throw UsageError(message: "unknown option \(option)")
      }
    }
  }

  /// Measures and prints. Answers whether everything is within its limit.
  func run() async throws(BenchmarkFailure) -> Bool {
    let workbench = try Workbench(isQuick: isQuick)
    defer { workbench.removeFiles() }
    StandardStream.output.write(Array(ResultTable.head.utf8))
    var isWithinLimits = true
    for benchmark in Benchmark.all where names.isEmpty || names.contains(benchmark.name) {
      for measurement in try await benchmark.measure(workbench) {
        StandardStream.output.write(Array(ResultTable.line(measurement).utf8))
        isWithinLimits = isWithinLimits && measurement.isWithinLimit
      }
    }
    StandardStream.output.write(Array("\n\(ResultTable.footnote)".utf8))
    return isWithinLimits
  }
}
