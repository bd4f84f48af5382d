/// A small legal cluster drawn from a seed, as YAML. Few names, labels, ports and addresses, so that they meet.
struct RandomCluster {
  private(set) var documents: [String] = []
  private var state: UInt64
  /// Whether each workload has a label of its own, and none its node's network.
  private let areDistinct: Bool

  init(seed: UInt64, areDistinct: Bool = false) {
    self.areDistinct = areDistinct
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    let namespaces = Array(["shop", "data", "ops"].prefix(int(1...3)))
    for name in namespaces {
      documents.append(namespace(name, chance(50) ? "team: \(pick(["a", "b"]))" : ""))
    }
    for index in 0..<int(2...6) {
      let name = "\(pick(namespaces))/w\(index)"
      let labels =
        "app: \(app()), tier: \(pick(["front", "back"]))" + (areDistinct ? ", id: w\(index)" : "")
      documents.append(
        chance(40)
          ? pod(name, labels, containers())
          : workload(pick(["Deployment", "StatefulSet"]), name, labels, containers()))
    }
    for index in 0..<int(0...5) { documents.append(policy("\(pick(namespaces))/p\(index)", spec())) }
  }

  // MARK: - Parts

  private mutating func containers() -> String {
    let ports = (0..<int(0...2)).map { index in
      "{name: \(["http", "dns"][index]), containerPort: \(port()), protocol: \(pick(["TCP", "TCP", "UDP"]))}"
    }
    return (chance(10) && !areDistinct ? "hostNetwork: true, " : "")
      + "containers: [{name: c, ports: [\(ports.joined(separator: ", "))]}]"
  }

  private mutating func spec() -> String {
    let types = pick(["[Ingress]", "[Egress]", "[Ingress, Egress]", "[Ingress, Egress]"])
    var parts = ["podSelector: \(selector())", "policyTypes: \(types)"]
    if types.contains("Ingress") { parts.append("ingress: [\(rules("from"))]") }
    if types.contains("Egress") { parts.append("egress: [\(rules("to"))]") }
    return parts.joined(separator: ", ")
  }

  private mutating func rules(_ peersField: String) -> String {
    (0..<int(0...2)).map { _ in
      var parts: [String] = []
      if chance(80) {
        parts.append("\(peersField): [\((0..<int(1...2)).map { _ in peer() }.joined(separator: ", "))]")
      }
      if chance(70) {
        parts.append("ports: [\((0..<int(1...2)).map { _ in portEntry() }.joined(separator: ", "))]")
      }
      return "{\(parts.joined(separator: ", "))}"
    }.joined(separator: ", ")
  }

  private mutating func peer() -> String {
    switch int(0...4) {
    case 0: "{ipBlock: {cidr: 0.0.0.0/0, except: [\(pick(["10.0.0.0/8", "203.0.113.0/25"]))]}}"
    case 1: "{ipBlock: {cidr: \(pick(["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32"]))}}"
    case 2: "{namespaceSelector: {\(chance(50) ? "matchLabels: {team: a}" : "")}}"
    case 3: "{namespaceSelector: {}, podSelector: \(selector())}"
    default: "{podSelector: \(selector())}"
    }
  }

  private mutating func portEntry() -> String {
    let transport = "protocol: \(pick(["TCP", "TCP", "UDP", "SCTP"]))"
    switch int(0...4) {
    case 0: return "{\(transport)}"
    case 1: return "{\(transport), port: \(pick(["http", "dns"]))}"
    case 2: return "{\(transport), port: 80, endPort: \(pick([80, 443, 65535]))}"
    default: return "{\(transport), port: \(port())}"
    }
  }

  private mutating func selector() -> String {
    switch int(0...4) {
    case 0: "{}"
    case 1:
      "{matchExpressions: [{key: app, operator: \(pick(["In", "NotIn"])), values: [\(app()), \(app())]}]}"
    case 2: "{matchLabels: {tier: \(pick(["front", "back"]))}}"
    default: "{matchLabels: {app: \(app())}}"
    }
  }

  private mutating func app() -> String { pick(["web", "api", "db"]) }
  private mutating func port() -> Int { pick([53, 80, 443, 8080]) }

  // MARK: - Chance

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  private mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }
  private mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }
  private mutating func pick<Value>(_ values: [Value]) -> Value { values[int(0...(values.count - 1))] }
}
