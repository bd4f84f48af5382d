package import Kubernetes

/// Ends of connections that a rule speaks about.
package enum Peers: Sendable {
  /// Everything that can send or receive packets.
  case anyone
  /// What any of these matches; nothing when there is none.
  case anyOf([Peer])
}

/// One description of ends, with the place it is written at.
package struct Peer: Sendable {
  package let kind: PeerCondition
  package let location: SourceLocation

  package init(_ kind: PeerCondition, location: SourceLocation) {
    self.kind = kind
    self.location = location
  }
}

extension Peer: CustomStringConvertible {
  package var description: String { kind.description }
}

/// What an end of a connection must be like.
package indirect enum PeerCondition: Sendable {
  /// A pod that is not part of its node.
  case endpoints(EndpointSelector)
  /// A node, or a pod that shares its network, as far as it stands to the subject in this way.
  case nodes(NodeSelector, NodePlacement)
  /// An address in a block. Which known ends a block can match is a matter of the ``EngineProfile``.
  case addresses(AddressBlock)
  /// An end that uses addresses of this family.
  case family(AddressFamily)
  /// A domain name: the addresses that answers for it named.
  case domain(DomainPattern)
  /// Everything outside the cluster, domain names included.
  case outside
  /// The Kubernetes API server, wherever it runs.
  case apiServer
  /// Something that only its engine knows, in its words: `health`, `ingress`.
  case special(String)
  case all([PeerCondition])
  case any([PeerCondition])
  case not(PeerCondition)

  /// Matches nothing.
  package static let nothing = PeerCondition.any([])
}

/// How a node stands to the subject of a policy.
package enum NodePlacement: Sendable, Hashable {
  case anywhere
  /// The node that the subject runs on.
  case own
  /// Any other node.
  case other
}

extension PeerCondition: CustomStringConvertible {
  package var description: String {
    switch self {
    case .endpoints(let selector): selector.description
    case .nodes(let selector, .anywhere): selector.description
    case .nodes(.matching(let expression), .own) where expression.isEverything: "the pod's own node"
    case .nodes(.matching(let expression), .other) where expression.isEverything: "other nodes"
    case .nodes(let selector, .own): "\(selector), if it is the pod's own"
    case .nodes(let selector, .other): "\(selector) but the pod's own"
    case .addresses(let block): block.description
    case .family(let family): "any \(family.name) address"
    case .domain(let pattern): pattern.description
    case .outside: "everything outside the cluster"
    case .apiServer: "the API server"
    case .special(let name): "entity \(name)"
    case .all(let parts): parts.map(\.grouped).joined(separator: " and ")
    case .any(let parts): parts.isEmpty ? "nobody" : parts.map(\.grouped).joined(separator: " or ")
    case .not(let part): "not \(part.grouped)"
    }
  }

  private var grouped: String {
    switch self {
    case .all(let parts), .any(let parts): parts.count > 1 ? "(\(self))" : description
    default: description
    }
  }
}

/// A block of addresses with holes. A hole is not a denial: another peer may match it.
package struct AddressBlock: Sendable {
  package let cidr: CIDR
  package let excepts: [CIDR]
  /// The block without the holes.
  package let addresses: AddressSet

  package init(cidr: CIDR, excepts: [CIDR] = []) {
    self.cidr = cidr
    self.excepts = excepts
    if excepts.isEmpty {
      addresses = AddressSet(cidr)
      return
    }
    let holes = AddressSet(
      unsorted: excepts.map { .init(family: $0.family, first: $0.first.bits, last: $0.last.bits) })
    addresses = AddressSet(cidr).subtracting(holes)
  }
}

extension AddressBlock: CustomStringConvertible {
  package var description: String {
    excepts.isEmpty ? "\(cidr)" : "\(cidr) except \(excepts.map(\.description).joined(separator: ", "))"
  }
}

extension PeerCondition {
  /// Calls `body` for every condition that is not made of others.
  package func forEachSimple(_ body: (PeerCondition) -> Void) {
    switch self {
    case .all(let parts), .any(let parts): for part in parts { part.forEachSimple(body) }
    case .not(let part): part.forEachSimple(body)
    case .endpoints, .nodes, .addresses, .family, .domain, .outside, .apiServer, .special: body(self)
    }
  }
}

extension PeerCondition {
  /// Whether a block of addresses is part of it.
  package var looksAtAddresses: Bool {
    var found = false
    forEachSimple { if case .addresses = $0 { found = true } }
    return found
  }
}
