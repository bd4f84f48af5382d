package import Glibc

/// An IPv4 or IPv6 address as the kernel has it.
package enum NetworkAddress: Sendable, Hashable {
  case v4(UInt32)
  case v6(UInt128)

  /// Reads `192.0.2.1` or `2001:db8::1`; nil for anything else.
  package init?(_ text: String) {
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self = .v4(UInt32(bigEndian: v4.s_addr))
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      self = .v6(withUnsafeBytes(of: &v6) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) })
    } else {
      return nil
    }
  }

  /// `AF_INET` or `AF_INET6`.
  package var family: Int32 { isIPv4 ? AF_INET : AF_INET6 }

  package var isIPv4: Bool { if case .v4 = self { true } else { false } }

  /// The number of bits: 32 or 128.
  package var bitWidth: UInt8 { isIPv4 ? 32 : 128 }

  /// Lends the bytes in the network's order.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch self {
    case .v4(let bits): withUnsafeBytes(of: bits.bigEndian, body)
    case .v6(let bits): withUnsafeBytes(of: bits.bigEndian, body)
    }
  }

  /// Lends the address, with a port, in the form that `bind`, `connect` and `sendto` take.
  package func withSocketAddress<Result>(
    port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    func lend<Address>(_ address: Address) -> Result {
      withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<Address>.size))
        }
      }
    }
    switch self {
    case .v4(let bits):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = bits.bigEndian
      return lend(address)
    case .v6(let bits):
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &address.sin6_addr) { $0.storeBytes(of: bits.bigEndian, as: UInt128.self) }
      return lend(address)
    }
  }
}

extension NetworkAddress: CustomStringConvertible {
  package var description: String {
    withBytes { bytes in
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      _ = inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count))
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
