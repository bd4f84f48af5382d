extension IPAddress {
  /// Whether one host of a network can have it for itself: it is not unspecified, loopback, link-local, multicast or
  /// broadcast (the IANA registries of special-purpose addresses, RFC 6890).
  package var isOfOneHost: Bool {
    switch family {
    case .ipv4:
      switch (bits >> 24, bits >> 16) {
      case (0, _), (127, _), (224...239, _), (_, 0xA9FE): false
      default: bits != family.lastBits
      }
    case .ipv6:
      // `::` and `::1`; `fe80::/10`; `ff00::/8`
      bits > 1 && bits >> 118 != 0x3FA && bits >> 120 != 0xFF
    }
  }
}
