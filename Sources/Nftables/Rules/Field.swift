package import Kubernetes

/// Which end of a packet or a connection.
package enum End: String, Sendable, Hashable {
  case source
  case destination
}

/// Whose view of a connection: the packet that opened it, or the answers to it.
///
/// The original tuple has the addresses before any translation, for packets of both directions. Where the destination
/// was translated, the reply tuple has what it became.
package enum TupleDirection: String, Sendable, Hashable {
  case original
  case reply
}

/// Something that the kernel can load from a packet or its connection, to compare it.
///
/// A field that the packet does not have (an IPv6 address in an IPv4 packet, a tuple without a connection) makes the
/// rule not match, negated or not.
package enum Field: Sendable, Hashable {
  /// `meta l4proto`: the protocol after the extension headers.
  case transportProtocol
  /// `meta nfproto`
  case family
  /// `iifname`
  case inputInterface
  /// `oifname`
  case outputInterface
  /// `meta mark`
  case mark
  /// `ip saddr`, `ip6 daddr`: of this packet.
  case address(AddressFamily, End)
  /// `th dport`: two bytes of the header after IP, whatever it is. A rule must compare the protocol first.
  case port(End)
  /// `icmp type`, `icmpv6 type`
  case icmpType(AddressFamily)
  /// `icmp code`, `icmpv6 code`
  case icmpCode(AddressFamily)
  /// `ct original ip saddr`
  case tupleAddress(TupleDirection, AddressFamily, End)
  /// `ct original proto-dst`: for ICMP the type and code or the identifier, so a rule must compare the protocol first.
  /// nft wants that to be ``transportProtocol``, and takes a set with several protocols.
  case tuplePort(TupleDirection, End)
  /// `ct mark`
  case connectionMark
  /// `ct protocol`: of the connection, which for an ICMP error is the one that the error is about.
  case connectionProtocol

  /// What keys that are looked up with the field are made of.
  package var type: KeyType {
    switch self {
    case .transportProtocol, .connectionProtocol: .protocolNumber
    case .family: .family
    case .inputInterface, .outputInterface: .interface
    case .mark, .connectionMark: .mark
    case .address(let family, _), .tupleAddress(_, let family, _): .address(family)
    case .port, .tuplePort: .port
    case .icmpType(let family): family == .ipv4 ? .icmpType : .icmpv6Type
    case .icmpCode(let family): family == .ipv4 ? .icmpCode : .icmpv6Code
    }
  }
}
