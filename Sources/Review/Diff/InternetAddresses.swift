internal import Kubernetes
internal import PolicyModel

extension AddressSet {
  /// Addresses that are routed on the internet: IPv4 without private, shared, loopback, link-local, multicast and reserved
  /// ranges (IANA IPv4 Special-Purpose Address Registry), and IPv6 global unicast (RFC 4291 §2.4).
  static let internet: AddressSet = {
    let special: [(UInt128, Int)] = [
      (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
      (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xE000_0000, 3),
    ]
    let blocks = special.map { CIDR(IPAddress(.ipv4, bits: $0), prefixLength: $1) }
    let global = CIDR(IPAddress(.ipv6, bits: 0x2000 << 112), prefixLength: 3)
    return blocks.reduce(AddressSet.allIPv4) { $0.subtracting(AddressSet($1)) }.union(AddressSet(global))
  }()
}
