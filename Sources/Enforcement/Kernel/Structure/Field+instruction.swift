internal import Kubernetes
internal import Netlink
internal import Nftables

extension Field {
  /// What loads it.
  func instruction(into register: Instruction.Register, prefix: UInt32?) -> Instruction {
    switch self {
    case .transportProtocol: .loadMeta(.transportProtocol, into: register)
    case .family: .loadMeta(.family, into: register)
    case .inputInterface: .loadMeta(.inputInterface, into: register)
    case .outputInterface: .loadMeta(.outputInterface, into: register)
    case .mark: .loadMeta(.mark, into: register)
    case .address(let family, let end):
      .loadPayload(
        .network, offset: Self.offset(family, end), length: prefix ?? UInt32(family.bitWidth / 8),
        into: register)
    case .port(let end): .loadPayload(.transport, offset: end == .source ? 0 : 2, length: 2, into: register)
    case .icmpType: .loadPayload(.transport, offset: 0, length: 1, into: register)
    case .icmpCode: .loadPayload(.transport, offset: 1, length: 1, into: register)
    case .tupleAddress(let direction, let family, let end):
      .loadConnection(Self.part(family, end), direction: direction.number, into: register)
    case .tuplePort(let direction, let end):
      .loadConnection(
        end == .source ? .sourcePort : .destinationPort, direction: direction.number, into: register)
    case .connectionMark: .loadConnection(.mark, direction: nil, into: register)
    case .connectionProtocol: .loadConnection(.transportProtocol, direction: nil, into: register)
    }
  }

  /// Where an address stands in its header: RFC 791, RFC 8200.
  private static func offset(_ family: AddressFamily, _ end: End) -> UInt32 {
    switch (family, end) {
    case (.ipv4, .source): 12
    case (.ipv4, .destination): 16
    case (.ipv6, .source): 8
    case (.ipv6, .destination): 24
    }
  }

  private static func part(_ family: AddressFamily, _ end: End) -> Instruction.ConnectionPart {
    switch (family, end) {
    case (.ipv4, .source): .ipv4Source
    case (.ipv4, .destination): .ipv4Destination
    case (.ipv6, .source): .ipv6Source
    case (.ipv6, .destination): .ipv6Destination
    }
  }
}

extension TupleDirection {
  /// `enum ip_conntrack_dir`
  var number: UInt8 { self == .original ? 0 : 1 }
}
