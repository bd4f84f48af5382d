internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Addresses for pods that have none yet.
struct AddressPool {
  /// Addresses between two borders of blocks: to policies they are one.
  private struct Piece {
    var next: UInt128
    let last: UInt128
  }

  private var pieces: [AddressFamily: [Piece]] = [:]
  private var turns: [AddressFamily: Int] = [:]

  /// Addresses that routers forward to.
  static let routable = AddressSet.all.subtracting(
    AddressSet(
      unsorted: [
        ("0.0.0.0", 8), ("127.0.0.0", 8), ("169.254.0.0", 16), ("224.0.0.0", 3), ("::", 8), ("fe80::", 10),
        ("ff00::", 8),
      ].flatMap { text, length in
        IPAddress(text).map { AddressSet(CIDR($0, prefixLength: length)).intervals } ?? []
      }))

  /// Addresses of private networks, which are taken first.
  private static let privateAddresses = AddressSet.privateIPv4.union(
    AddressSet(CIDR(IPAddress(.ipv6, bits: 0xFD << 120), prefixLength: 8)))

  init(_ world: World, _ tiers: [Tier]) {
    let assumed = world.assumedAddresses[.pod].intersection(Self.routable)
    var taken = world.nodes.flatMap(\.addresses) + world.services.flatMap(\.clusterIPs)
    for endpoint in world.endpoints {
      if case .known(let own) = endpoint.addresses { taken += own }
    }
    let free = assumed.subtracting(AddressSet(taken)).subtracting(world.apiServerAddresses)
    let borders = Self.borders(tiers)
    for family in AddressFamily.allCases {
      let own = free.intersection(family == .ipv4 ? .allIPv4 : .allIPv6)
      let preferred = own.intersection(Self.privateAddresses)
      let range = preferred.isEmpty ? own : preferred
      if range.isEmpty { continue }
      pieces[family] = Self.pieces(range, cutAt: borders[family] ?? [])
      turns[family] = 0
    }
  }

  /// An address of each family that pods have, each from the piece after the last one's; empty when none is left.
  mutating func next() -> [IPAddress] {
    AddressFamily.allCases.compactMap { next($0) }
  }

  private mutating func next(_ family: AddressFamily) -> IPAddress? {
    guard var own = pieces[family], !own.isEmpty, let turn = turns[family] else { return nil }
    let place = turn % own.count
    let address = IPAddress(family, bits: own[place].next)
    if own[place].next == own[place].last {
      own.remove(at: place)
      turns[family] = place
    } else {
      own[place].next += 1
      turns[family] = place + 1
    }
    pieces[family] = own
    return address
  }

  /// The first addresses of blocks, and the first ones after them.
  private static func borders(_ tiers: [Tier]) -> [AddressFamily: Set<UInt128>] {
    var borders: [AddressFamily: Set<UInt128>] = [:]
    for rule in tiers.flatMap(\.policies).flatMap(\.rules) {
      rule.forEachCondition { condition in
        guard case .addresses(let block) = condition else { return }
        for interval in block.addresses.intervals {
          borders[interval.family, default: []].insert(interval.first)
          if interval.last < interval.family.lastBits {
            borders[interval.family, default: []].insert(interval.last + 1)
          }
        }
      }
    }
    return borders
  }

  private static func pieces(_ range: AddressSet, cutAt borders: Set<UInt128>) -> [Piece] {
    let borders = borders.sorted()
    var pieces: [Piece] = []
    for interval in range.intervals {
      var first = interval.first
      for border in borders where first < border && border <= interval.last {
        pieces.append(Piece(next: first, last: border - 1))
        first = border
      }
      pieces.append(Piece(next: first, last: interval.last))
    }
    return pieces
  }
}
