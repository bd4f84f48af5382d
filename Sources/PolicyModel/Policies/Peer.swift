package import Kubernetes

/// The other end of the connections that a rule matches.
package enum Peers: Sendable {
  /// Everything that can send or receive packets.
  case anyone
  /// What any of these matches; nothing when there is none.
  case anyOf([Peer])
}

/// One description of other ends.
package struct Peer: Sendable {
  package enum Kind: Sendable {
    case endpoints(EndpointSelector)
    case addresses(AddressBlock)
  }

  package let kind: Kind
  package let location: SourceLocation

  package init(_ kind: Kind, location: SourceLocation) {
    self.kind = kind
    self.location = location
  }
}

extension Peer: CustomStringConvertible {
  package var description: String {
    switch kind {
    case .endpoints(let selector): selector.description
    case .addresses(let block): block.description
    }
  }
}

/// A block of addresses with holes. A hole is not a denial: another peer may match it.
package struct AddressBlock: Sendable {
  package let cidr: CIDR
  package let excepts: [CIDR]
  /// The block without the holes.
  package let addresses: AddressSet

  package init(cidr: CIDR, excepts: [CIDR]) {
    self.cidr = cidr
    self.excepts = excepts
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
