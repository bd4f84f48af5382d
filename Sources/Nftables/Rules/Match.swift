/// A condition of a rule.
package enum Match: Sendable, Hashable {
  /// The field is in one of the intervals, or in none of them. There is at least one.
  case field(Field, Choice, [Interval])
  /// The key of the fields is in the set, or is not.
  case lookup([Field], Choice, SetName)
  /// The connection is in one of the states, or in none of them.
  case connection(Choice, [ConnectionState])
  /// The packet, or the one that an ICMP error is about, goes the way of the one that opened the connection, or the other.
  case direction(TupleDirection)
  /// Of the flags in `mask` exactly those in `value` are set; the packet is TCP.
  case tcpFlags(mask: TCPFlags, value: TCPFlags)
  /// A token is left: at most so many times in so long, over all packets that come here.
  case rate(Rate)
}

/// Which way round a condition is. A packet that does not have the field fails both.
package enum Choice: Sendable, Hashable {
  case oneOf
  case noneOf
}

extension Match {
  package static func transport(_ number: UInt8) -> Match {
    .field(.transportProtocol, .oneOf, [.one(.protocolNumber(number))])
  }
}

/// What connection tracking says of a packet. Exactly one holds of each packet.
package enum ConnectionState: String, Sendable, Hashable, CaseIterable {
  /// No packet of the other direction was seen yet.
  case new
  /// Packets of both directions were seen.
  case established
  /// The first packet of a connection that another one announced, or an ICMP error about one.
  case related
  /// No connection can be told.
  case invalid
  case untracked
}

/// Flags of a TCP header.
package struct TCPFlags: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let fin = TCPFlags(rawValue: 0x01)
  package static let syn = TCPFlags(rawValue: 0x02)
  package static let rst = TCPFlags(rawValue: 0x04)
  package static let psh = TCPFlags(rawValue: 0x08)
  package static let ack = TCPFlags(rawValue: 0x10)
  package static let urg = TCPFlags(rawValue: 0x20)
  package static let ecn = TCPFlags(rawValue: 0x40)
  package static let cwr = TCPFlags(rawValue: 0x80)
}

/// How often something may happen, as a bucket of tokens.
package struct Rate: Sendable, Hashable {
  package enum Period: String, Sendable, Hashable {
    case second
    case minute
    case hour
  }

  /// At least 1.
  package let count: UInt32
  package let period: Period
  /// How many tokens the bucket holds.
  package let burst: UInt32

  package init(_ count: UInt32, per period: Period, burst: UInt32 = 5) {
    self.count = max(count, 1)
    self.period = period
    self.burst = burst
  }
}
