internal import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy.ProtocolMatch {
  /// An entry of `protocols` or, in v1alpha1, of `ports`.
  init?(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) {
    let path = "\(rule.path).\(rule.kind.protocolsField)[]"
    guard node.isMappingItem(path, &problems) else { return nil }
    let kind: Kind? =
      switch rule.kind.version {
      case .v1alpha1: Self.portEntry(node, rule, &problems)
      case .v1alpha2: Self.protocolEntry(node, rule, &problems)
      }
    guard let kind else { return nil }
    self.init(kind: kind, location: node.location)
  }

  private static let transports: [(name: String, transport: TransportProtocol)] = [
    ("tcp", .tcp), ("udp", .udp), ("sctp", .sctp),
  ]

  /// An entry of v1alpha2.
  private static func protocolEntry(
    _ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]
  ) -> Kind? {
    let names = transports.map(\.name) + ["destinationNamedPort"]
    let write = "write `tcp: {destinationPort: {number: …}}`"
    let fields = StrictFields(
      node, type: "ClusterNetworkPolicyProtocol", known: names,
      elsewhere: [
        "portNumber": "v1alpha1 has it; \(write)",
        "portRange": "v1alpha1 has it; write `tcp: {destinationPort: {range: …}}`",
        "namedPort": "v1alpha1 has it; write `destinationNamedPort`", "protocol": write, "port": write,
      ], &problems)
    let only = fields.exactlyOne(
      of: names, in: node, "an entry of `protocols`", several: "make them two entries of the list", &problems)
    guard let only else { return nil }
    guard let (name, transport) = transports.first(where: { $0.name == only.name }) else {
      return namedPort(only.value, rule, &problems)
    }
    return destinationPort(only.value, name, &problems).map { .ports(transport, $0) }
  }

  /// `tcp`, `udp` or `sctp`: `{destinationPort: {number}}` or `{destinationPort: {range}}`.
  private static func destinationPort(
    _ node: Node, _ name: String, _ problems: inout [Diagnostic]
  ) -> ClosedRange<UInt16>? {
    guard node.isMapping(name, &problems) else { return nil }
    let inPort = "it stands in `destinationPort`"
    let fields = StrictFields(
      node, type: "ClusterNetworkPolicyProtocol\(name.uppercased())", known: ["destinationPort"],
      elsewhere: ["number": inPort, "range": inPort, "port": "write `destinationPort: {number: …}`"],
      &problems)
    guard let port = fields["destinationPort"] else {
      if node.members.allSatisfy({ $0.key.keyText == "destinationPort" }) {
        problems.reportInvalid(
          node, "`\(name)` needs a `destinationPort`",
          fix: "for every port write \(name): {destinationPort: {range: {start: 1, end: 65535}}}")
      }
      return nil
    }
    guard port.isMapping("\(name).destinationPort", &problems) else { return nil }
    let portFields = StrictFields(port, type: "Port", known: ["number", "range"], &problems)
    let only = portFields.exactlyOne(of: ["number", "range"], in: port, "`destinationPort`", &problems)
    guard let only else { return nil }
    if only.name == "number" { return only.value.portNumber("number", &problems).map { $0...$0 } }
    guard only.value.isMapping("range", &problems) else { return nil }
    let rangeFields = StrictFields(only.value, type: "PortRange", known: ["start", "end"], &problems)
    guard let (start, end) = bounds(rangeFields, "range", only.value, &problems) else { return nil }
    guard start < end else {
      problems.reportInvalid(
        only.value, "`start` \(start) must be less than `end` \(end)",
        fix: start == end ? "write number: \(start)" : "swap them: start \(end), end \(start)")
      return nil
    }
    return start...end
  }

  /// An entry of v1alpha1.
  private static func portEntry(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) -> Kind? {
    let names = ["portNumber", "portRange", "namedPort"]
    let write = "write `portNumber: {protocol: …, port: …}`"
    let fields = StrictFields(
      node, type: "AdminNetworkPolicyPort", known: names,
      elsewhere: [
        "tcp": "v1alpha2 has it; \(write)", "udp": "v1alpha2 has it; \(write)",
        "sctp": "v1alpha2 has it; \(write)", "destinationNamedPort": "v1alpha2 has it; write `namedPort`",
        "protocol": write, "port": write, "endPort": "write `portRange`",
      ], &problems)
    let only = fields.exactlyOne(
      of: names, in: node, "an entry of `ports`", several: "make them two entries of the list", &problems)
    guard let only else { return nil }
    switch only.name {
    case "portNumber": return portNumber(only.value, rule, &problems)
    case "portRange": return portRange(only.value, rule, &problems)
    default: return namedPort(only.value, rule, &problems)
    }
  }

  private static func portNumber(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) -> Kind? {
    guard node.isMapping("portNumber", &problems) else { return nil }
    let fields = StrictFields(node, type: "Port", known: ["protocol", "port"], &problems)
    let transport = transport(fields["protocol"], rule, &problems)
    guard let written = fields["port"] else {
      problems.reportMissing("`portNumber` without `port`", at: node.location)
      return nil
    }
    guard let port = written.portNumber("port", &problems), let transport else { return nil }
    return switch transport {
    case .known(let transport): .ports(transport, port...port)
    case .unknown(let name): .unmatchable(.unknownProtocol(name))
    }
  }

  private static func portRange(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) -> Kind? {
    guard node.isMapping("portRange", &problems) else { return nil }
    let fields = StrictFields(node, type: "PortRange", known: ["protocol", "start", "end"], &problems)
    let transport = transport(fields["protocol"], rule, &problems)
    guard let (start, end) = bounds(fields, "portRange", node, &problems), let transport else { return nil }
    if start > end {
      problems.append(
        Diagnostic(
          .matchesNothing, .warning,
          "`start` \(start) is greater than `end` \(end); servers admit it: \(rule.outcomeOfUnmatchableEntry)",
          at: node.location, fix: "swap them: start \(end), end \(start)"))
    }
    return switch transport {
    case .unknown(let name): .unmatchable(.unknownProtocol(name))
    case .known where start > end: .unmatchable(.emptyRange(start: start, end: end))
    case .known(let transport): .ports(transport, start...end)
    }
  }

  private enum WrittenTransport {
    case known(TransportProtocol)
    case unknown(String)
  }

  /// `protocol` of v1alpha1, which servers take for any string. Nil when it is no string.
  private static func transport(
    _ node: Node?, _ rule: RuleHead, _ problems: inout [Diagnostic]
  ) -> WrittenTransport? {
    guard let node else { return .known(.tcp) }
    guard let text = node.string("protocol", &problems) else { return nil }
    if let transport = TransportProtocol(name: text) { return .known(transport) }
    problems.append(
      Diagnostic(
        .matchesNothing, .warning,
        "no engine knows the `protocol` `\(text)`, which servers admit: \(rule.outcomeOfUnmatchableEntry)",
        at: node.location,
        fix: TransportProtocol(name: text.uppercased()).map { "write \($0.name)" } ?? "write TCP, UDP or SCTP"
      ))
    return .unknown(text)
  }

  /// `start` and `end`, in whichever order.
  private static func bounds(
    _ fields: StrictFields, _ field: String, _ node: Node, _ problems: inout [Diagnostic]
  ) -> (start: UInt16, end: UInt16)? {
    let bounds = ["start", "end"].map { name in
      if fields[name] == nil { problems.reportMissing("`\(field)` without `\(name)`", at: node.location) }
      return fields[name]?.portNumber(name, &problems)
    }
    guard let start = bounds[0], let end = bounds[1] else { return nil }
    return (start, end)
  }

  /// A name of a container port. Servers admit any string.
  private static func namedPort(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) -> Kind? {
    guard let name = node.string(rule.kind.namedPortField, &problems) else { return nil }
    if let problem = NameRules.portNameProblem(name) {
      let number = UInt16(name).map { port in
        rule.kind.version == .v1alpha2
          ? "for the number write tcp: {destinationPort: {number: \(port)}}"
          : "for the number write portNumber: {port: \(port)}"
      }
      problems.append(
        Diagnostic(
          .matchesNothing, .warning,
          "no container port can have the name `\(name)`, which \(problem); servers admit it: \(rule.outcomeOfUnmatchableEntry)",
          at: node.location, fix: number))
    }
    return .namedPort(name)
  }
}
