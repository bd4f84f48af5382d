package import Kubernetes
package import PolicyModel

/// Where connections go that a rule is about.
package enum RuleDestinations: Sendable {
  case anywhere
  /// Any of the blocks, single addresses among them, or what answers for any of the names gave.
  case anyOf(blocks: [Located<CIDR>], names: [Located<DomainPattern>])

  package var blocks: [Located<CIDR>] {
    if case .anyOf(let blocks, _) = self { blocks } else { [] }
  }

  package var names: [Located<DomainPattern>] {
    if case .anyOf(_, let names) = self { names } else { [] }
  }

  /// The addresses that match whatever they are called.
  package var addresses: AddressSet {
    switch self {
    case .anywhere: .all
    case .anyOf(let blocks, _):
      AddressSet(unsorted: blocks.flatMap { AddressSet($0.value).intervals })
    }
  }
}

/// What connections carry that a rule is about.
package enum RuleTraffic: Sendable, Hashable {
  /// Every protocol, those without ports included.
  case any
  /// Every port without a range.
  case ports(TransportProtocol, ClosedRange<UInt16>?)
  /// Every message without a type, every code of the type without a code.
  case icmp(AddressFamily, type: UInt8?, code: UInt8?)
  /// A protocol without ports by its number in the IP header; never one that has another case.
  case other(UInt8)
}

extension CIDR {
  /// The only address in it; nil when it has several.
  var address: IPAddress? { prefixLength == family.bitWidth ? first : nil }
}
