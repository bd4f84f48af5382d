internal import Kubernetes
package import PolicyModel

/// Plain forms in the model again, for losses and for words.
extension PlainSelector {
  var lowered: EndpointSelector {
    let scope: NamespaceScope
    switch namespaces {
    case .named(let names) where names.count == 1: scope = .named(names[0])
    case .named(let names):
      scope = .matching(.attribute(.namespaceLabel(Namespace.nameLabel), .isIn(names)))
    case .matching(let terms): scope = .matching(.all(terms.map { $0.lowered(Attribute.namespaceLabel) }))
    }
    let conditions =
      pods.map { $0.lowered(Attribute.label) }
      + serviceAccounts.map { $0.lowered(.serviceAccountName) }
      + serviceAccountLabels.map { $0.lowered(Attribute.serviceAccountLabel) }
    return EndpointSelector(namespaces: scope, pods: .all(conditions))
  }
}

extension LabelTerm {
  fileprivate func lowered(_ attribute: (String) -> Attribute) -> LabelExpression {
    test.lowered(attribute(key))
  }
}

extension LabelTerm.Test {
  fileprivate func lowered(_ attribute: Attribute) -> LabelExpression {
    isNegated ? .not(.attribute(attribute, test)) : .attribute(attribute, test)
  }
}

extension PlainPeer {
  var lowered: PeerCondition {
    switch self {
    case .pods(let selector): .endpoints(selector.lowered)
    case .block(let cidr, let excepts): .addresses(AddressBlock(cidr: cidr, excepts: excepts))
    case .nodes(let terms, let placement):
      .nodes(.matching(.all(terms.map { $0.lowered(Attribute.label) })), placement)
    case .domain(let pattern): .domain(pattern)
    case .outside: .outside
    case .apiServer: .apiServer
    case .entity(let name): .special(name)
    }
  }

  /// Every pod.
  package static let allPods = PlainPeer.pods(PlainSelector(namespaces: .all))
  /// Every node.
  package static let allNodes = PlainPeer.nodes([], .anywhere)

  /// Orders pods before addresses, and addresses by number.
  var sortKey: String {
    switch self {
    case .pods: return "0 \(lowered)"
    case .block(let cidr, _):
      let digits = String(cidr.bits, radix: 16)
      let padding = String(repeating: "0", count: 32 - digits.count)
      return "1 \(cidr.family.rawValue) \(padding)\(digits) \(cidr.prefixLength) \(lowered)"
    case .nodes: return "2 \(lowered)"
    case .outside: return "3"
    case .domain(let pattern): return "4 \(pattern)"
    case .apiServer: return "5"
    case .entity(let name): return "6 \(name)"
    }
  }
}

extension PlainPeer: CustomStringConvertible {
  package var description: String { lowered.description }
}

extension PlainSelector: CustomStringConvertible {
  package var description: String { lowered.description }
}

extension PlainRule.Peers {
  func lowered(at location: SourceLocation) -> PolicyModel.Peers {
    switch self {
    case .anyone: .anyone
    case .anyOf(let peers): .anyOf(peers.map { Peer($0.lowered, location: location) })
    }
  }

  var isAnyone: Bool { self == .anyone }

  /// The simple peers; none when anyone is meant.
  var simple: [PlainPeer] { if case .anyOf(let peers) = self { peers } else { [] } }

  var sortKey: String { isAnyone ? "" : simple.map(\.sortKey).sorted().joined(separator: "|") }
}

extension PlainRule {
  /// The rule in the model, perhaps with other peers or other traffic.
  func lowered(peers: PolicyModel.Peers? = nil, traffic: PlainTraffic? = nil) -> Rule {
    Rule(
      direction: direction, action: action, path: direction.name,
      peers: peers ?? self.peers.lowered(at: location),
      traffic: (traffic ?? self.traffic).lowered(at: location), location: location)
  }

  func with(peers: Peers? = nil, traffic: PlainTraffic? = nil) -> PlainRule {
    PlainRule(
      direction: direction, action: action, peers: peers ?? self.peers, traffic: traffic ?? self.traffic,
      location: location)
  }
}

extension PlainPolicy {
  /// The policy in the model.
  package var lowered: Policy {
    Policy(
      identity: identity, location: location, subject: .endpoints(subject.lowered),
      subjectLocation: location, isolates: isolates, rules: rules.map { $0.lowered() }, rank: rank)
  }

  /// The directions that it says something of.
  var directions: [Direction] {
    Direction.allCases.filter { direction in
      isolates.contains(direction) || rules.contains { $0.direction == direction }
    }
  }

  func with(
    subject: PlainSelector? = nil, isolates: Set<Direction>? = nil, rules: [PlainRule]? = nil
  ) -> PlainPolicy {
    PlainPolicy(
      identity: identity, stage: stage, rank: rank, subject: subject ?? self.subject,
      isolates: isolates ?? self.isolates, rules: rules ?? self.rules, location: location)
  }
}
