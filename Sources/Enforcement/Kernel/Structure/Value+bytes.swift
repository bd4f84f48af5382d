internal import Kubernetes
internal import Netlink
internal import Nftables

extension KeyType {
  /// The number that nft gives the type (`include/datatype.h`), and how many bytes it has.
  var part: SetKind.Part {
    switch self {
    case .ipv4Address: SetKind.Part(type: 7, length: 4)
    case .ipv6Address: SetKind.Part(type: 8, length: 16)
    case .protocolNumber: SetKind.Part(type: 12, length: 1)
    case .port: SetKind.Part(type: 13, length: 2)
    case .mark: SetKind.Part(type: 19, length: 4, isOfMachine: true)
    case .family: SetKind.Part(type: 2, length: 1)
    case .interface: SetKind.Part(type: 41, length: 16, isOfMachine: true)
    case .icmpType: SetKind.Part(type: 14, length: 1)
    case .icmpCode: SetKind.Part(type: 32, length: 1)
    case .icmpv6Type: SetKind.Part(type: 29, length: 1)
    case .icmpv6Code: SetKind.Part(type: 33, length: 1)
    }
  }
}

extension SetKey {
  /// The key of an element whose parts are single values.
  init(_ key: [Interval]) { self.init(parts: key.map { SetKey($0.first) }) }

  init(parts: [SetKey]) {
    self = parts.dropFirst().reduce(parts.first ?? .byte(0)) { $0.then($1) }
  }

  /// - Parameter isOrdered: whether numbers are compared by their bytes, as those of ranges are.
  init(_ value: Value, isOrdered: Bool = false) {
    switch value {
    case .address(let address): self = .address(NetworkAddress(address))
    case .protocolNumber(let number), .icmp(let number): self = .byte(number)
    case .port(let port): self = .port(port)
    case .mark(let mark): self = isOrdered ? .ipv4(mark) : .mark(mark)
    case .family(let family): self = .byte(family == .ipv4 ? 2 : 10)
    case .interface(let name): self = .interface(name.text)
    }
  }

  /// The bytes, in the order in which the kernel has them.
  var bytes: [UInt8] { withBytes { Array($0) } }
}

extension NetworkAddress {
  init(_ address: IPAddress) {
    self = address.family == .ipv4 ? .v4(UInt32(truncatingIfNeeded: address.bits)) : .v6(address.bits)
  }
}

extension IPAddress {
  init(_ address: NetworkAddress) {
    switch address {
    case .v4(let bits): self.init(.ipv4, bits: UInt128(bits))
    case .v6(let bits): self.init(.ipv6, bits: bits)
    }
  }
}
