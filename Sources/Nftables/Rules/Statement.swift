/// A part of a rule. The kernel goes from left to right, and leaves the rule at the first condition that fails.
package enum Statement: Sendable, Hashable {
  case match(Match)
  case verdict(Verdict)
  /// The verdict that the map has for the key of the fields; without one, the rule ends and the next begins.
  case verdictMap([Field], MapName)
  /// The same with a map that only this rule has. Fields and keys have the same number of parts.
  case verdicts([Field], [VerdictMap.Element])
  case reject(Rejection)
  /// Counts for this rule alone.
  case count
  /// Counts for all rules that name the counter.
  case countIn(CounterName)
  case log(Log)
  /// `ct mark set`
  case markConnection(UInt32)
  /// `meta mark set`
  case markPacket(UInt32)
  /// `meta mark set … map`: the mark that the map has for the key of the fields. Without one the rule ends, the next begins,
  /// and the packet keeps the mark that it had.
  case markPacketBy([Field], MapName)
  /// Adds the key of the fields, or lets it live for as long again. The set is dynamic, and full sets end the rule.
  case update(SetName, [Field], timeout: Duration?)
}

/// What becomes of a packet.
package enum Verdict: Sendable, Hashable {
  /// This base chain lets it pass. Later base chains of the same hook are still asked.
  case accept
  case drop
  /// To the other chain, and back to the next rule.
  case jump(ChainName)
  /// To the other chain, and back to where this chain was jumped to from.
  case goto(ChainName)
  /// Back to the chain that jumped here. In a base chain: its policy.
  case `return`

  /// The chain that it names.
  package var target: ChainName? {
    switch self {
    case .jump(let name), .goto(let name): name
    case .accept, .drop, .return: nil
    }
  }
}

/// How the sender hears that a packet was dropped.
package enum Rejection: Sendable, Hashable {
  /// Only for TCP: a rule must compare the protocol first.
  case tcpReset
  /// ICMP or ICMPv6, by the packet's family.
  case administrativelyProhibited
  case portUnreachable
}

/// An entry for whoever listens to the group.
package struct Log: Sendable, Hashable {
  package let prefix: SafeText?
  package let group: UInt16
  /// How many bytes of the packet come with the entry; nil for all.
  package let length: UInt16?

  package init(prefix: SafeText?, group: UInt16, length: UInt16? = nil) {
    self.prefix = prefix
    self.group = group
    self.length = length
  }
}
