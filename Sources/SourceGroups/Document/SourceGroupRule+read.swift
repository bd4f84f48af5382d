internal import Kubernetes

extension SourceGroupRule {
  /// - Parameter group: the mode of the group that it is in.
  init?(_ node: Node, in group: GroupMode, _ problems: inout [Diagnostic]) {
    guard node.isMapping("rules[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "a rule", known: DocumentFields.rule, &problems)
    let id = fields.required("id", of: "a rule", node, &problems)?.identifier("id", &problems)
    let owner = id.map { "the rule `\($0)`" } ?? "a rule"
    let action = fields.required("action", of: owner, node, fix: "write action: allow, or deny", &problems)
      .flatMap { SourceGroupPolicy.action($0, "action", &problems) }
    let mode: GroupMode? = fields["mode"].map { $0.word("mode", &problems) } ?? group
    if group == .audit, mode == .enforce {
      problems.reportInvalid(
        fields["mode"] ?? node, "\(owner) is enforced in a group that is only audited",
        fix: "give the group mode: enforce, and mode: audit to its other rules")
    }
    let destinations = fields.required(
      "to", of: owner, node, fix: "write to: {anywhere: true} for every destination", &problems
    ).flatMap { RuleDestinations($0, &problems) }
    let traffic = Self.traffic(fields, owner, node, &problems)
    var sourcePorts: [Located<ClosedRange<UInt16>>] = []
    for element in fields["sourcePorts"]?.someElements("sourcePorts", &problems) ?? [] {
      guard element.isMapping("sourcePorts[]", &problems) else { continue }
      let ports = StrictFields(
        element, type: "a source port", known: DocumentFields.sourcePort, &problems)
      guard ports.required("port", of: "a source port", element, &problems) != nil,
        let range = Self.range(ports, "sourcePorts[]", &problems)
      else { continue }
      sourcePorts.append(Located(range, at: element.location))
    }
    if let list = fields["sourcePorts"], traffic.contains(where: { !$0.value.hasPorts }) {
      problems.reportInvalid(
        list, "`sourcePorts` of \(owner) needs TCP, UDP or SCTP in every entry of `traffic`")
    }
    guard let id, let action, let mode, let destinations else { return nil }
    self.init(
      id: id, action: action.value, mode: mode, destinations: destinations, traffic: traffic,
      sourcePorts: sourcePorts, location: node.location)
  }

  private static func traffic(
    _ fields: StrictFields, _ owner: String, _ node: Node, _ problems: inout [Diagnostic]
  ) -> [Located<RuleTraffic>] {
    let list = fields.required(
      "traffic", of: owner, node, fix: "write traffic: [{protocol: any}] for every protocol and port",
      &problems)
    return (list?.someElements("traffic", &problems) ?? []).compactMap { element in
      RuleTraffic(element, &problems).map { Located($0, at: element.location) }
    }
  }

  /// `port`, or `port` to `endPort`; nil without any, and after a report.
  fileprivate static func range(
    _ fields: StrictFields, _ owner: String, _ problems: inout [Diagnostic]
  ) -> ClosedRange<UInt16>? {
    let port = fields["port"]?.portNumber("\(owner).port", &problems)
    guard let endNode = fields["endPort"] else { return port.map { $0...$0 } }
    let end = endNode.portNumber("\(owner).endPort", &problems)
    if fields["port"] == nil {
      problems.append(
        Diagnostic(.missingField, .error, "`endPort` needs `port` beside it", at: endNode.location))
    }
    guard let port, let end else { return nil }
    if end < port {
      problems.reportInvalid(endNode, "`endPort` \(end) is before `port` \(port)")
      return nil
    }
    return port...end
  }
}

extension RuleTraffic {
  var hasPorts: Bool { if case .ports = self { true } else { false } }

  /// `{protocol: TCP, port: 443}`, `{protocol: ICMP, type: 8}`, `{protocol: 47}`, `{protocol: any}`.
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard node.isMapping("traffic[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "an entry of traffic", known: DocumentFields.traffic, &problems)
    guard
      let field = fields.required(
        "protocol", of: "an entry of `traffic`", node, fix: "write protocol: any for every protocol",
        &problems),
      let kind = Self.kind(field, &problems)
    else { return nil }
    func refuse(_ names: [String], _ reason: String) {
      for name in names {
        guard let value = fields[name] else { continue }
        problems.reportInvalid(value, "`\(name)` needs \(reason)")
      }
    }
    switch kind {
    case .any, .other:
      refuse(["port", "endPort"], "TCP, UDP or SCTP: `\(field.text)` has no ports")
      refuse(["type", "code"], "ICMP or ICMPv6 as `protocol`")
      self = kind
    case .ports(let transport, _):
      refuse(["type", "code"], "ICMP or ICMPv6 as `protocol`")
      let range = SourceGroupRule.range(fields, "traffic[]", &problems)
      self = .ports(transport, range)
    case .icmp(let family, _, _):
      refuse(["port", "endPort"], "TCP, UDP or SCTP: `\(field.text)` has no ports")
      let type = fields["type"]?.integer("traffic[].type", in: 0...255, &problems)
      let code = fields["code"]?.integer("traffic[].code", in: 0...255, &problems)
      if let written = fields["code"], fields["type"] == nil {
        problems.append(
          Diagnostic(
            .missingField, .error, "`code` needs `type` beside it: a code means something else for each type",
            at: written.location))
      }
      self = .icmp(family, type: type.map { UInt8($0) }, code: code.map { UInt8($0) })
    }
  }

  /// Names of protocols, each with the entry that is all of it.
  private static let named: [(name: String, all: RuleTraffic)] = [
    ("any", .any), ("TCP", .ports(.tcp, nil)), ("UDP", .ports(.udp, nil)), ("SCTP", .ports(.sctp, nil)),
    ("ICMP", .icmp(.ipv4, type: nil, code: nil)), ("ICMPv6", .icmp(.ipv6, type: nil, code: nil)),
  ]

  /// Protocols that have a name here, by number.
  private static let numbered: [UInt8: String] = [1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "SCTP"]

  private static func kind(_ node: Node, _ problems: inout [Diagnostic]) -> RuleTraffic? {
    if node.content == .scalar, case .integer = node.scalar {
      guard let number = node.integer("protocol", in: 0...255, &problems) else { return nil }
      if let name = numbered[UInt8(number)] {
        problems.reportInvalid(node, "protocol \(number) has a name", fix: "write protocol: \(name)")
      }
      return .other(UInt8(number))
    }
    guard let text = node.string("protocol", &problems) else { return nil }
    if let found = named.first(where: { $0.name == text }) { return found.all }
    let names = named.map(\.name)
    problems.reportInvalid(
      node, "`protocol` must be \(names.joined(separator: ", ")) or a number, not `\(text)`",
      fix: Suggestion.nearest(to: text, among: names).map { "did you mean `\($0)`?" })
    return nil
  }
}
