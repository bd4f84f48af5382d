package import Kubernetes
package import PolicyModel

extension NetworkPolicy.Rule {
  /// Reads and validates a rule, reporting everything that is wrong.
  package init?(_ node: Node, _ direction: Direction, _ problems: inout [Diagnostic]) {
    let path = "spec.\(direction.name)[]"
    if node.isNull {
      problems.append(
        Diagnostic(
          .emptyRule, .warning, "a null rule is stored as `{}` and allows everything", at: node.location,
          fix: "remove it, or write {} if everything is meant"))
      self.init(peers: [], ports: [], location: node.location, emptyPeerList: nil)
      return
    }
    guard node.isMapping(path, &problems) else { return nil }
    let peerField = direction == .ingress ? "from" : "to"
    let fields = StrictFields(
      node, type: direction == .ingress ? "NetworkPolicyIngressRule" : "NetworkPolicyEgressRule",
      known: [peerField, "ports"], consequence: "(a server that drops it opens the rule to everyone)",
      &problems)
    let peerList = fields[peerField]
    let peers = peerList?.list("\(path).\(peerField)", &problems) ?? []
    let ports = fields["ports"]?.list("\(path).ports", &problems) ?? []
    self.init(
      peers: peers.compactMap { NetworkPolicy.Peer($0, &problems) },
      ports: ports.compactMap { NetworkPolicy.Port($0, &problems) },
      location: node.location,
      emptyPeerList: peerList.flatMap { $0.content == .sequence && peers.isEmpty ? $0.location : nil })
  }
}

extension NetworkPolicy.Peer {
  /// Reads and validates an entry of `from` or `to`, reporting everything that is wrong.
  package init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let mustSpecify = "a peer needs a `podSelector`, a `namespaceSelector` or an `ipBlock`"
    if node.isNull {
      problems.reportInvalid(node, mustSpecify)
      return nil
    }
    guard node.isMapping("peer", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "NetworkPolicyPeer", known: ["podSelector", "namespaceSelector", "ipBlock"], &problems)
    let podNode = fields["podSelector"]
    let namespaceNode = fields["namespaceSelector"]
    guard let blockNode = fields["ipBlock"] else {
      if podNode == nil, namespaceNode == nil {
        problems.reportInvalid(node, mustSpecify, fix: "leave the whole list out to mean any peer")
        return nil
      }
      let podSelector = podNode.flatMap { LabelSelector($0, field: "podSelector", &problems) }
      let namespaceSelector = namespaceNode.flatMap {
        LabelSelector($0, field: "namespaceSelector", &problems)
      }
      self.init(
        kind: .pods(podSelector: podSelector, namespaceSelector: namespaceSelector), location: node.location)
      return
    }
    if podNode != nil || namespaceNode != nil {
      problems.reportInvalid(
        node, "a peer with an `ipBlock` must not have selectors", fix: "make them two entries of the list")
    }
    guard let block = Self.block(blockNode, &problems) else { return nil }
    self.init(kind: .block(block), location: node.location)
  }

  private static func block(_ node: Node, _ problems: inout [Diagnostic]) -> AddressBlock? {
    guard node.isMapping("ipBlock", &problems) else { return nil }
    let fields = StrictFields(node, type: "IPBlock", known: ["cidr", "except"], &problems)
    let exceptNodes = fields["except"]?.list("ipBlock.except", &problems) ?? []
    guard let cidrNode = fields["cidr"] else {
      problems.append(Diagnostic(.missingField, .error, "an `ipBlock` needs a `cidr`", at: node.location))
      return nil
    }
    guard let cidr = cidr(cidrNode, "ipBlock.cidr", &problems) else { return nil }
    var excepts: [CIDR] = []
    for exceptNode in exceptNodes {
      guard let except = Self.cidr(exceptNode, "ipBlock.except[]", &problems) else { continue }
      if !cidr.contains(except) || except.prefixLength <= cidr.prefixLength {
        problems.reportInvalid(
          exceptNode, "\(exceptNode.excerpt) must be a strict subset of the block \(cidr)")
      }
      excepts.append(except)
    }
    return AddressBlock(cidr: cidr, excepts: excepts)
  }

  /// A CIDR, with a warning for what 1.36 refuses and older servers read (KEP-4858).
  private static func cidr(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> CIDR? {
    guard let text = node.string(field, &problems) else {
      if node.isNull { problems.reportInvalid(node, "`\(field)` must not be null") }
      return nil
    }
    guard let parsed = node.cidr(&problems) else { return nil }
    for form in ParsedCIDR.LegacyForm.allCases where parsed.legacyForms.contains(form) {
      let what =
        switch form {
        case .hostBits: "has bits set after its prefix"
        case .leadingZeros: "has leading zeros"
        case .ipv4Mapped: "is an IPv4 block in IPv6 form"
        }
      problems.append(
        Diagnostic(
          .legacyForm, .warning,
          "`\(text)` \(what); API servers from 1.36 on reject it, older ones read \(parsed.cidr)",
          at: node.location, fix: "write \(parsed.cidr)"))
    }
    if !parsed.isCanonical, parsed.legacyForms.isEmpty {
      problems.append(
        Diagnostic(
          .legacyForm, .warning, "`\(text)` is not the canonical form", at: node.location,
          fix: "write \(parsed.cidr)"))
    }
    return parsed.cidr
  }
}

extension NetworkPolicy.Port {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard !node.isNull else {
      // Stored as `{}`: a port entry without fields.
      self.init(transport: .tcp, ports: .all, location: node.location)
      return
    }
    guard node.isMapping("ports[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "NetworkPolicyPort", known: ["protocol", "port", "endPort"],
      consequence: "(a server that drops it opens more ports)", &problems)
    let transport = TransportProtocol.read(fields["protocol"], &problems)
    let port = fields["port"].map { Self.port($0, &problems) } ?? .all
    let ports =
      fields["endPort"].map { Self.range($0, from: port, hasPort: fields["port"] != nil, &problems) } ?? port
    guard let transport, let ports else { return nil }
    self.init(transport: transport, ports: ports, location: node.location)
  }

  private static func port(_ node: Node, _ problems: inout [Diagnostic]) -> PortMatch.Ports? {
    guard node.content == .scalar else {
      problems.reportWrongType(node, "port", expected: "a number or a name")
      return nil
    }
    if case .string = node.scalar {
      let name = node.text
      if let problem = NameRules.portNameProblem(name) {
        problems.reportInvalid(
          node, "the port name `\(name)` \(problem)",
          fix: UInt16(name).map { "for the number, remove the quotes: \($0)" })
        return nil
      }
      return .named(name)
    }
    guard let number = node.integer("port", &problems) else { return nil }
    guard let port = UInt16(exactly: number), port > 0 else {
      problems.reportInvalid(node, "`port` must be 1 to 65535, not \(number)")
      return nil
    }
    return .range(port...port)
  }

  private static func range(
    _ node: Node, from port: PortMatch.Ports?, hasPort: Bool, _ problems: inout [Diagnostic]
  ) -> PortMatch.Ports? {
    guard let number = node.integer("endPort", &problems) else { return nil }
    guard let end = UInt16(exactly: number), end > 0 else {
      problems.reportInvalid(node, "`endPort` must be 1 to 65535, not \(number)")
      return nil
    }
    switch port {
    case nil: return nil
    case .all:
      problems.reportInvalid(node, "`endPort` needs a `port`")
      return nil
    case .named:
      problems.reportInvalid(node, "`endPort` needs a numeric `port`, not a name")
      return nil
    case .range(let start):
      guard end >= start.lowerBound else {
        problems.reportInvalid(
          node, "`endPort` \(end) is less than `port` \(start.lowerBound)",
          fix: "swap them: port \(end), endPort \(start.lowerBound)")
        return nil
      }
      return .range(start.lowerBound...end)
    }
  }
}

extension Diagnostic.Code {
  /// A rule without conditions that its author may not have meant.
  package static let emptyRule = Self(rawValue: "empty-rule")
}
