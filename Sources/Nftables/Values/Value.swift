package import Kubernetes

/// One value of a field or of a part of a key.
package enum Value: Sendable, Hashable {
  case address(IPAddress)
  /// The number in the IP header.
  case protocolNumber(UInt8)
  case port(UInt16)
  case mark(UInt32)
  case family(AddressFamily)
  case interface(InterfaceName)
  /// A type or a code of ICMP, whatever the family.
  case icmp(UInt8)

  package static func transport(_ transport: TransportProtocol) -> Value { .protocolNumber(transport.number) }

  /// Whether a key of the type can have the value.
  package func fits(_ type: KeyType) -> Bool {
    switch (self, type) {
    case (.address(let address), .ipv4Address): address.family == .ipv4
    case (.address(let address), .ipv6Address): address.family == .ipv6
    case (.protocolNumber, .protocolNumber), (.port, .port), (.mark, .mark), (.family, .family): true
    case (.interface, .interface): true
    case (.icmp, .icmpType), (.icmp, .icmpCode), (.icmp, .icmpv6Type), (.icmp, .icmpv6Code): true
    default: false
    }
  }

  /// Where the value stands among those of its kind; nil for interfaces, which have no order in the kernel.
  package var position: UInt128? {
    switch self {
    case .address(let address): address.bits
    case .protocolNumber(let number), .icmp(let number): UInt128(number)
    case .port(let port): UInt128(port)
    case .mark(let mark): UInt128(mark)
    case .family(let family): family == .ipv4 ? 2 : 10
    case .interface: nil
    }
  }
}
