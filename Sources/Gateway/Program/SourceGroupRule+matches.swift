internal import Kubernetes
internal import Nftables
internal import SourceGroups

extension SourceGroupRule {
  /// The ways for a connection to match the rule, each as conditions that must all hold.
  ///
  /// Everything is asked of the connection, and not of the packet: answers, and ICMP errors about a connection, match what
  /// its first packet matched. Destinations are where answers come from: a denied address is denied also when somebody
  /// translates another one to it.
  func matches(_ names: RuleNames) -> [[Match]] {
    destinationMatches(names).flatMap { destination in
      trafficMatches.compactMap { traffic -> [Match]? in
        guard let family = traffic.family else { return traffic.matches + destination.matches }
        switch destination.family {
        case nil: return [.family(family)] + traffic.matches
        case family: return traffic.matches + destination.matches
        default: return nil
        }
      }
    }
  }

  /// Conditions, and the only family of which they can hold.
  private struct Conditions {
    var matches: [Match]
    var family: AddressFamily?
  }

  private func destinationMatches(_ names: RuleNames) -> [Conditions] {
    if case .anywhere = destinations { return [Conditions(matches: [])] }
    let blocks = destinations.addressIntervals
    return AddressFamily.allCases.flatMap { family -> [Conditions] in
      let own = blocks.filter { $0.first.family == family }
      var all: [Conditions] = []
      if own.contains(where: { $0.first.bits == 0 && $0.last.bits == family.lastBits }) {
        return [Conditions(matches: [.family(family)], family: family)]
      }
      if !own.isEmpty {
        let choice = own.map { Interval(covering: $0.first, $0.last) }
        all.append(Conditions(matches: [.field(family.answerer, .oneOf, choice)], family: family))
      }
      if let set = names.set(for: self, family) {
        all.append(
          Conditions(matches: [.lookup([family.opener, family.answerer], .oneOf, set)], family: family))
      }
      return all
    }
  }

  private var trafficMatches: [Conditions] {
    if traffic.contains(where: { $0.value == .any }) { return [Conditions(matches: [])] }
    let ports = RulePorts(self)
    return ports.matches.map { Conditions(matches: $0) }
      + AddressFamily.allCases.compactMap { family in
        let messages = RuleMessages(self, family)
        return messages.matches.map { Conditions(matches: $0, family: family) }
      }
  }
}

extension Match {
  static func family(_ family: AddressFamily) -> Match {
    .field(.family, .oneOf, [.one(.family(family))])
  }

  /// The connection's protocol is one of some.
  static func protocols(_ numbers: some Sequence<UInt8>) -> Match {
    .field(.connectionProtocol, .oneOf, numbers.sorted().map { .one(.protocolNumber($0)) })
  }
}

extension Interval {
  /// All addresses between two of one family, as a block where they are one.
  init(covering first: IPAddress, _ last: IPAddress) {
    let hostBits = UInt128.bitWidth - (first.bits ^ last.bits).leadingZeroBitCount
    let block = CIDR(first, prefixLength: first.family.bitWidth - hostBits)
    self = block.first == first && block.last == last ? Interval(block) : Interval(first, last)
  }
}
