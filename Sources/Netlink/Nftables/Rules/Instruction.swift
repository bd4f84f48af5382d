/// One step of a rule, as the kernel's machine takes it: it loads something into a register, compares, looks up, or does
/// something with the packet. A comparison that fails ends the rule.
///
/// Source: `include/uapi/linux/netfilter/nf_tables.h`.
package enum Instruction: Sendable, Hashable {
  /// What the kernel knows of the packet beside its bytes.
  case loadMeta(Meta, into: Register)
  /// Sets the packet's mark.
  case setMark(from: Register)
  /// What connection tracking knows. The direction is 0 for the original and 1 for the reply, and nil for what has none.
  case loadConnection(ConnectionPart, direction: UInt8?, into: Register)
  /// Sets the connection's mark.
  case setConnectionMark(from: Register)
  /// Bytes of the packet.
  case loadPayload(Header, offset: UInt32, length: UInt32, into: Register)
  case loadNumber(UInt32, into: Register)
  /// Compares the first bytes of a register.
  case compare(Register, Comparison, [UInt8])
  /// Goes on outside of the two, which are of one length.
  case outside(Register, [UInt8], [UInt8])
  /// Keeps the bits of the mask.
  case mask(Register, [UInt8])
  /// Makes a number of four bytes comparable.
  case toNetworkOrder(Register)
  /// Goes on when the set has the key, or has it not.
  case lookUp(Register, in: SetReference, isInverted: Bool)
  /// Goes on with what the map has for the key.
  case map(Register, by: SetReference, into: Register)
  case verdict(MapVerdict)
  case limit(count: UInt64, seconds: UInt64, burst: UInt32)
  case log(prefix: String?, group: UInt16, length: UInt32?)
  case count
  /// Counts with a counter that has a name.
  case countIn(String)
  case reject(Rejection)
  /// Adds the key to a set, or lets it live for as long again.
  case update(SetReference, Register, timeout: Duration?)

  /// Four bytes of the machine's memory for a rule; what is longer takes those that follow.
  package struct Register: Sendable, Hashable {
    /// `NFT_REG32_00` and what follows it; verdicts have their own.
    let number: UInt32

    /// - Parameter index: from 0 to 15.
    package init(_ index: Int) { number = 8 + UInt32(truncatingIfNeeded: index) }

    private init(number: UInt32) { self.number = number }

    /// Where a map puts a verdict: it is followed at once.
    package static let verdict = Register(number: 0)
  }

  /// `enum nft_meta_keys`
  package enum Meta: UInt32, Sendable {
    case mark = 3
    case inputInterface = 6
    case outputInterface = 7
    case family = 15
    case transportProtocol = 16
  }

  /// `enum nft_ct_keys`
  package enum ConnectionPart: UInt32, Sendable {
    case state = 0
    case direction = 1
    case mark = 3
    case transportProtocol = 10
    case sourcePort = 11
    case destinationPort = 12
    case ipv4Source = 19
    case ipv4Destination = 20
    case ipv6Source = 21
    case ipv6Destination = 22
  }

  /// `enum nft_payload_bases`
  package enum Header: UInt32, Sendable {
    case network = 1
    case transport = 2
  }

  /// `enum nft_cmp_ops`
  package enum Comparison: UInt32, Sendable {
    case equal = 0
    case notEqual = 1
    case atMost = 3
    case atLeast = 5
  }

  package enum Rejection: Sendable, Hashable {
    case tcpReset
    /// By ICMP or ICMPv6; `enum nft_reject_inet_code`.
    case icmp(code: UInt8)
  }
}

/// A set or a map that a rule asks.
package enum SetReference: Sendable, Hashable {
  case named(String)
  /// One that only the rule has, and is added in the same transaction. The kernel gives it a name.
  case own(number: UInt32, isMap: Bool)

  /// What the kernel makes a name of.
  var name: String {
    switch self {
    case .named(let name): name
    case .own(_, let isMap): isMap ? "__map%d" : "__set%d"
    }
  }

  var number: UInt32? {
    if case .own(let number, _) = self { number } else { nil }
  }
}
