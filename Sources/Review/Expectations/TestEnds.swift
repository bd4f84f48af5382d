internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// An end that an expression stands for.
struct TestEnd {
  let name: String
  let end: FlowEnd
  /// For the rows, when it looks the same in every situation.
  let simple: VerdictTable.End?
  /// Index into the units, for ends that are some.
  let unit: Int?
  /// Whether there is a second one like it that it may talk to.
  let hasPeers: Bool
}

/// Turns expressions into ends. Each is looked up once.
struct TestEnds {
  let units: [ConnectivityUnit]
  private let compiled: CompiledPolicies
  private let table: VerdictTable
  private let parser: FlowParser
  private let names: [String]
  private var unitsOfName: [String: [Int]] = [:]
  private var known: [String: Result<[TestEnd], FlowLineError>] = [:]

  init(_ compiled: CompiledPolicies, _ table: VerdictTable) {
    self.compiled = compiled
    self.table = table
    parser = FlowParser(compiled.world)
    units = compiled.units()
    names = ConnectivityReport.names(units, compiled.world)
    for (number, unit) in units.enumerated() {
      let workload = compiled.world.workloads[unit.workload]
      let namespace = compiled.world.namespaces[unit.namespace].name
      for name in Set([unit.name, workload.name]) {
        unitsOfName["\(namespace)/\(name)", default: []].append(number)
      }
    }
  }

  /// The ends of some expressions; an error when one of them stands for nothing: an expectation about nobody would always
  /// hold.
  mutating func ends(_ expressions: [EndExpression]) throws(FlowLineError) -> [TestEnd] {
    var found: [TestEnd] = []
    for expression in expressions {
      let own = try (known[expression.text] ?? remember(expression)).get()
      found += own
    }
    return found
  }

  private mutating func remember(_ expression: EndExpression) -> Result<[TestEnd], FlowLineError> {
    let result = Result { () throws(FlowLineError) in try find(expression) }
    known[expression.text] = result
    return result
  }

  /// All units, and an address of each kind outside.
  func everyone() -> [TestEnd] {
    units.indices.flatMap(ends(ofUnit:)) + addresses(AddressSet.allIPv4.union(.allIPv6))
  }

  private func find(_ expression: EndExpression) throws(FlowLineError) -> [TestEnd] {
    switch expression.kind {
    case .workloads(let pattern, let terms):
      let found = matching(pattern, expression.text).filter { unit in
        terms.allSatisfy { $0.matches(compiled.world.endpoints[units[unit].endpoints[0]].labels) }
      }
      if found.isEmpty { throw nothing(expression.text, pattern) }
      return found.flatMap(ends(ofUnit:))
    case .podsOutside(let namespace):
      guard let number = compiled.world.namespace(named: namespace) else {
        throw FlowLineError("there is no namespace `\(namespace)`")
      }
      let found = units.indices.filter { units[$0].namespace != number }
      if found.isEmpty { throw FlowLineError("there is no pod outside namespace `\(namespace)`") }
      return found.flatMap(ends(ofUnit:))
    case .internet: return addresses(.internet)
    case .block(let block): return addresses(AddressSet(block))
    case .one:
      let end = try parser.end(expression.text)
      return [
        TestEnd(name: expression.text, end: end, simple: table.end(end), unit: nil, hasPeers: true)
      ]
    }
  }

  private func matching(_ pattern: EndPattern, _ text: String) -> [Int] {
    if let exact = unitsOfName[text] { return exact }
    return units.indices.filter { number in
      let unit = units[number]
      let workload = compiled.world.workloads[unit.workload]
      let namespace = compiled.world.namespaces[unit.namespace].name
      return pattern.matches(namespace: namespace, kind: unit.kind, name: unit.name)
        || pattern.matches(namespace: namespace, kind: workload.kind, name: workload.name)
    }
  }

  private func nothing(_ text: String, _ pattern: EndPattern) -> FlowLineError {
    guard case .workloads = pattern, !text.contains("*"), !text.contains("["), !text.contains(" ") else {
      return FlowLineError("`\(text)` stands for no pod")
    }
    return FlowLineError(
      "`\(text)` is not in the input",
      fix: Suggestion.nearest(to: text, among: names).map { "did you mean `\($0)`?" })
  }

  private func ends(ofUnit number: Int) -> [TestEnd] {
    let unit = units[number]
    let workload = compiled.world.workloads[unit.workload]
    if unit.endpoints.count > 1, unit.endpoints == workload.endpoints {
      let end = FlowEnd.workload(unit.workload)
      return [TestEnd(name: names[number], end: end, simple: table.end(end), unit: number, hasPeers: true)]
    }
    return unit.endpoints.map {
      let endpoint = compiled.world.endpoints[$0]
      let end = FlowEnd.endpoint($0)
      return TestEnd(
        name: unit.endpoints.count == 1 ? names[number] : compiled.world.qualifiedName(endpoint), end: end,
        simple: table.end(end), unit: number, hasPeers: endpoint.kind != .pod || unit.endpoints.count > 1)
    }
  }

  /// What belongs to a known pod or node is that, and no address.
  private func addresses(_ set: AddressSet) -> [TestEnd] {
    compiled.examples(of: set).compactMap { address in
      let end = FlowEnd.address(address)
      return TestEnd(name: address.description, end: end, simple: table.end(end), unit: nil, hasPeers: true)
    }
  }
}
