// Address blocks as API servers of 1.36 accept them: no host bits, canonical text, and exceptions that
// are smaller than their block.
extension PolicyTemplates {
  enum Network {
    case `public`, `private`
  }

  /// A random block, every fourth one IPv6, most with exceptions.
  static func block(_ network: Network, using random: inout SplitMix64) -> Peer {
    random.chance(percent: 25) ? block6(network, using: &random) : block4(network, using: &random)
  }

  /// Private blocks may contain the addresses of pods (10.16.0.0/12 and up), as those of a company do.
  private static func block4(_ network: Network, using random: inout SplitMix64) -> Peer {
    let pools: [(address: UInt32, length: Int)] =
      switch network {
      case .public: [(0xCB00_7100, 24), (0xC633_6400, 24), (0xC612_0000, 15)]
      case .private: [(0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0x6440_0000, 10)]
      }
    let pool = random.pick(pools)
    let length = min(28, pool.length + random.below(12))
    let address = subnet(of: pool.address, pool.length, length, using: &random)
    let exceptions = (0..<random.below(4)).map { _ in
      let longer = min(32, length + 1 + random.below(4))
      return text4(subnet(of: address, length, longer, using: &random), longer)
    }
    return .block(text4(address, length), except: exceptions)
  }

  private static func subnet(
    of address: UInt32, _ length: Int, _ longer: Int, using random: inout SplitMix64
  ) -> UInt32 {
    address | (UInt32(random.below(1 << (longer - length))) << UInt32(32 - longer))
  }

  private static func text4(_ address: UInt32, _ length: Int) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)/\(length)"
  }

  private static func block6(_ network: Network, using random: inout SplitMix64) -> Peer {
    let site = String(1 + random.below(0xFFFF), radix: 16)
    let prefix = network == .public ? "2001:db8:\(site)" : "fd00:10:\(site)"
    let exceptions = (0..<random.below(3)).map { _ in
      "\(prefix):\(String((1 + random.below(255)) << 8, radix: 16))::/56"
    }
    return .block("\(prefix)::/48", except: exceptions)
  }
}
