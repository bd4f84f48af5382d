package import Kubernetes

/// The type of a part of a key.
package enum KeyType: String, Sendable, Hashable, CaseIterable {
  case ipv4Address = "ipv4_addr"
  case ipv6Address = "ipv6_addr"
  case protocolNumber = "inet_proto"
  case port = "inet_service"
  case mark
  case family = "nf_proto"
  case interface = "ifname"
  case icmpType = "icmp_type"
  case icmpCode = "icmp_code"
  case icmpv6Type = "icmpv6_type"
  case icmpv6Code = "icmpv6_code"

  /// The type of the addresses of a family.
  package static func address(_ family: AddressFamily) -> KeyType {
    family == .ipv4 ? .ipv4Address : .ipv6Address
  }
}
