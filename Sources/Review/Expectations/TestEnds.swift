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
  let walk: ConnectivityWalk
  private let compiled: CompiledPolicies
  private let table: VerdictTable
  private let parser: FlowParser
  private let names: [String]
  private let unitsOfEndpoints: [Int]
  private var unitsOfName: [String: [Int]] = [:]
  private var known: [String: Result<[TestEnd], FlowLineError>] = [:]

  init(_ compiled: CompiledPolicies, _ table: VerdictTable) {
    self.compiled = compiled
    self.table = table
    parser = FlowParser(compiled.world)
    units = compiled.units()
    walk = ConnectivityWalk(compiled, units: units)
    unitsOfEndpoints = walk.unitsOfEndpoints
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

  /// All units.
  func everyUnit() -> [TestEnd] { units.indices.flatMap(ends(ofUnit:)) }

  /// An address of each kind that policies tell apart, of a set.
  func outside(_ set: AddressSet) -> [TestEnd] { addresses(set) }

  /// The units that an end of a flow line stands for, those behind a Service among them.
  func unitsBehind(_ end: FlowEnd) -> Set<Int> {
    let endpoints: [Int] =
      switch end {
      case .endpoint(let number, _): [number]
      case .workload, .ownedWorkload: compiled.world.endpoints(of: end)
      case .service(let number, _): compiled.world.backends(of: compiled.world.services[number])
      case .node, .address, .domain, .entity, .itself: []
      }
    return Set(endpoints.lazy.map { unitsOfEndpoints[$0] }.filter { $0 >= 0 })
  }

  private func find(_ expression: EndExpression) throws(FlowLineError) -> [TestEnd] {
    switch expression.kind {
    case .workloads(let pattern, let terms):
      let found = matching(pattern, expression.text).flatMap { ends(ofUnit: $0, terms) }
      if !found.isEmpty { return found }
      // Pods that policies do not tell apart from their siblings have no line of their own, and a name all the same.
      if terms.isEmpty, !expression.text.contains("*"), expression.text.contains("/"),
        let end = try? parser.end(expression.text)
      {
        return [one(expression.text, end)]
      }
      throw nothing(expression.text, pattern)
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
      return [one(expression.text, try parser.end(expression.text))]
    }
  }

  private func one(_ text: String, _ end: FlowEnd) -> TestEnd {
    var hasPeers = true
    if case .endpoint(let number, _) = end { hasPeers = compiled.world.endpoints[number].kind != .pod }
    let behind = unitsBehind(end)
    return TestEnd(
      name: text, end: end, simple: table.end(end), unit: behind.count == 1 ? behind.first : nil,
      hasPeers: hasPeers)
  }

  /// The pods of a unit with some labels: the unit itself when all have them.
  private func ends(ofUnit number: Int, _ terms: [EndExpression.LabelTerm]) -> [TestEnd] {
    if terms.isEmpty { return ends(ofUnit: number) }
    let unit = units[number]
    let matching = unit.endpoints.filter { endpoint in
      terms.allSatisfy { $0.matches(compiled.world.endpoints[endpoint].labels) }
    }
    if matching.count == unit.endpoints.count { return ends(ofUnit: number) }
    return matching.map { ends(ofUnit: number, endpoint: $0) }
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
    return unit.endpoints.map { ends(ofUnit: number, endpoint: $0) }
  }

  private func ends(ofUnit number: Int, endpoint index: Int) -> TestEnd {
    let endpoint = compiled.world.endpoints[index]
    let end = FlowEnd.endpoint(index)
    return TestEnd(
      name: units[number].endpoints.count == 1 ? names[number] : compiled.world.qualifiedName(endpoint),
      end: end,
      simple: table.end(end), unit: number, hasPeers: endpoint.kind != .pod)
  }

  /// What belongs to a known pod or node is that, and no address.
  private func addresses(_ set: AddressSet) -> [TestEnd] {
    compiled.examples(of: set).compactMap { address in
      let end = FlowEnd.address(address)
      return TestEnd(name: address.description, end: end, simple: table.end(end), unit: nil, hasPeers: true)
    }
  }
}
