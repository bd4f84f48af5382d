internal import Kubernetes
internal import PolicyModel

/// What peers and port entries need to know of their rule while they are read.
struct RuleHead {
  let kind: ClusterNetworkPolicy.Kind
  let direction: Direction
  /// Nil when it is missing or wrong, which is reported.
  let action: ClusterNetworkPolicy.Action?

  /// `spec.ingress[]`.
  var path: String { "spec.\(direction.name)[]" }
  var peersField: String { direction == .ingress ? "from" : "to" }

  /// The action as written: `Deny`.
  var actionName: String { action.map(kind.name) ?? "" }

  /// What becomes of a peer that no engine can read; see ``UnvalidatedSelector``.
  var outcomeOfUnreadablePeer: String {
    action == .deny || action == .pass
      ? "the \(actionName) rule counts as one that denies everything" : "the peer matches nothing"
  }

  /// What becomes of a port entry that no engine can match.
  var outcomeOfUnmatchableEntry: String {
    action == .deny
      ? "the entry matches nothing, and the Deny rule denies none of it" : "the entry matches nothing"
  }
}

extension ClusterNetworkPolicy.Rule {
  init?(
    _ node: Node, _ kind: ClusterNetworkPolicy.Kind, _ direction: Direction, _ problems: inout [Diagnostic]
  ) {
    guard node.isMappingItem("spec.\(direction.name)[]", &problems) else { return nil }
    let peersField = direction == .ingress ? "from" : "to"
    let narrowsTraffic = node.members.contains {
      $0.key.keyText == kind.protocolsField && !$0.value.isNull
    }
    let fields = StrictFields(
      node, type: kind.ruleType(direction), known: ["name", "action", peersField, kind.protocolsField],
      elsewhere: kind.version == .v1alpha2
        ? ["ports": "v1alpha1 has `ports`, v1alpha2 has `protocols`"]
        : ["protocols": "v1alpha2 has `protocols`, v1alpha1 has `ports`"],
      consequence: narrowsTraffic ? nil : "(a server that drops it lets the rule match all traffic)",
      &problems)
    let head = RuleHead(
      kind: kind, direction: direction, action: Self.action(fields, kind, node, &problems))
    let name = fields["name"]?.string("\(head.path).name", &problems)
    if let name, name.unicodeScalars.count > 100, let written = fields["name"] {
      problems.reportInvalid(
        written, "`name` may have at most 100 characters, not \(name.unicodeScalars.count)")
    }
    let peers = Self.peers(fields, head, node, &problems)
    let protocols = Self.protocols(fields, head, &problems)
    Self.checkNamedPorts(peers, protocols, head, &problems)
    guard let action = head.action else { return nil }
    self.init(name: name, action: action, peers: peers, protocols: protocols, location: node.location)
  }

  private static func action(
    _ fields: StrictFields, _ kind: ClusterNetworkPolicy.Kind, _ node: Node, _ problems: inout [Diagnostic]
  ) -> ClusterNetworkPolicy.Action? {
    let names = kind.actions.map(kind.name)
    let wanted = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    guard let written = fields["action"] else {
      problems.reportMissing("a rule without `action`: \(wanted)", at: node.location)
      return nil
    }
    guard let text = written.string("action", &problems) else { return nil }
    guard let index = names.firstIndex(of: text) else {
      // The two versions have a word each for the same action.
      let isOtherVersions = ["accept", "allow"].contains(text.lowercased())
      let near = isOtherVersions ? kind.name(of: .accept) : Suggestion.nearest(to: text, among: names)
      problems.reportInvalid(
        written, "`action` of \(kind.rawValue) must be \(wanted), not `\(text)`",
        fix: near.map { "write \($0)" })
      return nil
    }
    return kind.actions[index]
  }

  private static func peers(
    _ fields: StrictFields, _ head: RuleHead, _ node: Node, _ problems: inout [Diagnostic]
  ) -> [ClusterNetworkPolicy.Peer] {
    let everyPeer =
      head.direction == .ingress
      ? "there is no form for any peer; for all pods write `from: [{namespaces: {}}]`"
      : "there is no form for any peer; for all addresses write `to: [{networks: [0.0.0.0/0, \"::/0\"]}]`"
    guard let list = fields[head.peersField] else {
      problems.reportMissing("a rule without `\(head.peersField)`", at: node.location, fix: everyPeer)
      return []
    }
    let items = list.items(
      "\(head.path).\(head.peersField)", upTo: head.kind.listLimit, whenEmpty: everyPeer, &problems)
    return (items ?? []).compactMap { ClusterNetworkPolicy.Peer($0, head, &problems) }
  }

  private static func protocols(
    _ fields: StrictFields, _ head: RuleHead, _ problems: inout [Diagnostic]
  ) -> ClusterNetworkPolicy.Protocols {
    let field = head.kind.protocolsField
    guard let list = fields[field] else { return .any }
    let items = list.items(
      "\(head.path).\(field)", upTo: head.kind.listLimit, whenEmpty: "leave it out to mean all traffic",
      &problems)
    return .anyOf((items ?? []).compactMap { ClusterNetworkPolicy.ProtocolMatch($0, head, &problems) })
  }

  /// The experimental channel's rule that named ports need peers that have some: only pods do.
  private static func checkNamedPorts(
    _ peers: [ClusterNetworkPolicy.Peer], _ protocols: ClusterNetworkPolicy.Protocols, _ head: RuleHead,
    _ problems: inout [Diagnostic]
  ) {
    guard let named = protocols.matches.first(where: \.namesPort),
      let portless = peers.lazy.compactMap(\.fieldWithoutNamedPorts).first
    else { return }
    let consequence =
      head.kind.version == .v1alpha2
      ? "the experimental channel rejects the rule, and on the standard channel they never match"
      : "the server rejects the rule"
    problems.append(
      Diagnostic(
        .invalidValue, .error,
        "`\(portless)` have no named ports, so they cannot stand in one rule with `\(head.kind.namedPortField)`: \(consequence)",
        at: named.location, fix: "give the port's number, or make two rules"))
  }
}

extension ClusterNetworkPolicy.Peer {
  /// The peer's field when what it stands for has no named ports.
  fileprivate var fieldWithoutNamedPorts: String? {
    switch kind {
    case .namespaces, .pods: nil
    case .networks: "networks"
    case .nodes: "nodes"
    case .domainNames: "domainNames"
    }
  }
}

extension ClusterNetworkPolicy.Protocols {
  /// The entries; none when the rule is about all traffic.
  var matches: [ClusterNetworkPolicy.ProtocolMatch] {
    switch self {
    case .any: []
    case .anyOf(let matches): matches
    }
  }
}

extension ClusterNetworkPolicy.ProtocolMatch {
  var namesPort: Bool {
    if case .namedPort = kind { true } else { false }
  }
}
