/// `merlon-bench generate` and `merlon-bench flows`: writes a synthetic cluster or its flows.
struct GenerateCommand {
  static let usage = """
    usage: merlon-bench generate [shape] > cluster.yaml
           merlon-bench flows --count <n> [shape] > flows.txt

    shape: --shape small|large|pods (small unless given), then any of
           --workloads <n> --namespaces <n> --policies <n> --pods-per-workload <n> --seed <n>
           --dialect \(dialects)
    """

  private static let dialects = SyntheticCluster.Dialect.allCases.map(\.rawValue).joined(separator: "|")

  enum Product {
    case cluster
    case flows(count: Int)
  }

  private(set) var product: Product
  private(set) var shape = SyntheticCluster.Shape.small

  /// Reads the arguments after the command's name.
  init(arguments: [String]) throws(UsageError) {
    switch arguments.first {
    case "generate": product = .cluster
    case "flows": product = .flows(count: 1_000)
    case let other: throw UsageError(message: "expected generate or flows, not \(other ?? "nothing")")
    }
    var rest = arguments.dropFirst()
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw UsageError(message: "\(option) needs a value") }
      try apply(option, value)
    }
  }

  private mutating func apply(_ option: String, _ value: String) throws(UsageError) {
    switch (option, product) {
    case ("--shape", _): shape = try Self.preset(value)
    case ("--workloads", _): shape.workloads = try Self.number(option, value, atLeast: 4)
    case ("--namespaces", _): shape.namespaces = try Self.number(option, value, atLeast: 4)
    case ("--policies", _): shape.policies = try Self.number(option, value, atLeast: 0)
    case ("--pods-per-workload", _): shape.podsPerWorkload = try Self.number(option, value, atLeast: 0)
    case ("--seed", _): shape.seed = UInt64(try Self.number(option, value, atLeast: 0))
    case ("--dialect", _):
      guard let dialect = SyntheticCluster.Dialect(rawValue: value) else {
        throw UsageError(message: "unknown dialect \(value): expected \(Self.dialects)")
      }
      shape.dialect = dialect
    case ("--count", .flows): product = .flows(count: try Self.number(option, value, atLeast: 0))
    default: throw UsageError(message: "unknown option \(option)")
    }
  }

  private static func preset(_ name: String) throws(UsageError) -> SyntheticCluster.Shape {
    switch name {
    case "small": .small
    case "large": .large
    case "pods": .pods
    default: throw UsageError(message: "unknown shape \(name): expected small, large or pods")
    }
  }

  private static func number(
    _ option: String, _ text: String, atLeast minimum: Int
  ) throws(UsageError) -> Int {
    guard let number = Int(text), number >= minimum else {
      throw UsageError(message: "\(option) needs a whole number from \(minimum), not \(text)")
    }
    return number
  }

  func run() {
    let cluster = SyntheticCluster(shape)
    switch product {
    case .cluster: cluster.writeYAML { StandardStream.output.write($0) }
    case .flows(let count): StandardStream.output.write(Array(cluster.flows(count: count).utf8))
    }
  }
}
