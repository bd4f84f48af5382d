internal import Kubernetes
package import Nftables

/// Statements of every kind with their texts.
package enum StatementSamples {
  package struct Sample: Sendable, CustomStringConvertible {
    package let statements: [Statement]
    package let text: String
    package var description: String { text }

    init(_ text: String, _ statements: [Statement]) {
      self.text = text
      self.statements = statements
    }
    init(_ text: String, _ matches: Match...) { self.init(text, matches.map(Statement.match)) }
  }

  /// A table that has all of them, each in a rule of its own.
  package static var program: NftablesProgram {
    let rules = all.map { Rule($0.statements, note: "r=1") }
    return NftablesProgram(
      table: "gate", counters: [NamedCounter("denied_1")],
      sets: [
        NamedSet("lease", KeyStorage([.mark], hasTimeouts: true)),
        NamedSet("services", KeyStorage([.ipv4Address, .port])),
        NamedSet("live", KeyStorage([.ipv4Address, .mark])),
        NamedSet(
          "names", KeyStorage([.ipv4Address], hasTimeouts: true, isDynamic: true, size: 65536)),
      ],
      maps: [VerdictMap("dispatch", KeyStorage([.ipv4Address, .port]))],
      markMaps: [MarkMap("classes", KeyStorage([.ipv6Address, .mark]))],
      chains: [
        Chain("other", [Rule([.verdict(.return)])]),
        Chain("forward", base: Chain.Base(.forward, policy: .drop), rules),
      ])
  }

  package static let all: [Sample] = [
    Sample("meta l4proto tcp", .transport(6)),
    Sample(
      "meta l4proto { icmp, tcp, 47, icmpv6 }",
      .field(.transportProtocol, .oneOf, [58, 6, 47, 1].map { .one(.protocolNumber($0)) })),
    Sample(
      "meta l4proto { 0-5, icmpv6, 133-255 }",
      .field(
        .transportProtocol, .oneOf,
        [
          .range(.protocolNumber(133), .protocolNumber(255)), .one(.protocolNumber(58)),
          .range(.protocolNumber(0), .protocolNumber(5)),
        ])),
    Sample("meta nfproto ipv6", .field(.family, .oneOf, [.one(.family(.ipv6))])),
    Sample("iifname \"eth0\"", .field(.inputInterface, .oneOf, names("eth0"))),
    Sample("oifname != { \"a.1\", \"b-2\" }", .field(.outputInterface, .noneOf, names("b-2", "a.1"))),
    Sample("meta mark 0x00000001", .field(.mark, .oneOf, [.one(.mark(1))])),
    Sample("ip saddr 10.0.0.0/8", .field(.address(.ipv4, .source), .oneOf, blocks("10.0.0.0/8"))),
    Sample("ip daddr 10.0.0.1", .field(.address(.ipv4, .destination), .oneOf, blocks("10.0.0.1/32"))),
    Sample("ip daddr 0.0.0.0/0", .field(.address(.ipv4, .destination), .oneOf, blocks("0.0.0.0/0"))),
    Sample(
      "ip6 saddr { 2001:db8::/32, fd00::1 }",
      .field(.address(.ipv6, .source), .oneOf, blocks("fd00::1/128", "2001:db8::/32"))),
    Sample("ip6 daddr != ::/0", .field(.address(.ipv6, .destination), .noneOf, blocks("::/0"))),
    Sample(
      "ip saddr != 10.0.0.1-10.0.0.9",
      .field(.address(.ipv4, .source), .noneOf, ranges(("10.0.0.1", "10.0.0.9")))),
    Sample(
      "ct original ip saddr { 10.0.0.1, 10.0.1.0/24 }",
      .field(.tupleAddress(.original, .ipv4, .source), .oneOf, blocks("10.0.1.0/24", "10.0.0.1/32"))),
    Sample(
      "ct reply ip6 saddr fd00::1",
      .field(.tupleAddress(.reply, .ipv6, .source), .oneOf, blocks("fd00::1/128"))),
    Sample(
      "meta l4proto tcp ct original proto-dst { 80, 1000-2000 }", .transport(6),
      .field(.tuplePort(.original, .destination), .oneOf, [Interval(1000...2000), .port(80)])),
    Sample(
      "meta l4proto udp ct reply proto-src 53", .transport(17),
      .field(.tuplePort(.reply, .source), .oneOf, [.port(53)])),
    Sample("ct mark 0x00010001", .field(.connectionMark, .oneOf, [.one(.mark(0x10001))])),
    Sample(
      "meta l4proto sctp th dport 1-65535", .transport(132),
      .field(.port(.destination), .oneOf, [Interval(1...65535)])),
    Sample(
      "meta l4proto { tcp, udp } th sport != { 1, 3-5 }",
      .field(.transportProtocol, .oneOf, [.transport(.udp), .transport(.tcp)]),
      .field(.port(.source), .noneOf, [Interval(3...5), .port(1)])),
    Sample(
      "icmp type 8 icmp code 0", .field(.icmpType(.ipv4), .oneOf, [.one(.icmp(8))]),
      .field(.icmpCode(.ipv4), .oneOf, [.one(.icmp(0))])),
    Sample(
      "icmpv6 type { 1, 128-129 }",
      .field(.icmpType(.ipv6), .oneOf, [.range(.icmp(128), .icmp(129)), .one(.icmp(1))])),
    Sample("icmpv6 code 4", .field(.icmpCode(.ipv6), .oneOf, [.one(.icmp(4))])),
    Sample("ct state established,related", .connection(.oneOf, [.related, .established])),
    Sample("ct state != invalid", .connection(.noneOf, [.invalid])),
    Sample("ct state != { new, untracked }", .connection(.noneOf, [.untracked, .new])),
    Sample("tcp flags & (syn | ack) == syn", .tcpFlags(mask: [.syn, .ack], value: .syn)),
    Sample("tcp flags & (fin | rst) == 0x0", .tcpFlags(mask: [.fin, .rst], value: [])),
    Sample("limit rate 50/second burst 5 packets", .rate(Rate(50, per: .second))),
    Sample("meta mark != @lease", .lookup([.mark], .noneOf, "lease")),
    Sample(
      "ct original ip saddr . ct mark @live",
      .lookup([.tupleAddress(.original, .ipv4, .source), .connectionMark], .oneOf, "live")),
    Sample(
      "meta l4proto tcp ct original ip daddr . ct original proto-dst @services", .transport(6),
      .lookup(
        [.tupleAddress(.original, .ipv4, .destination), .tuplePort(.original, .destination)], .oneOf,
        "services")),
    Sample("accept", [.verdict(.accept)]),
    Sample("drop", [.verdict(.drop)]),
    Sample("return", [.verdict(.return)]),
    Sample("jump other", [.verdict(.jump("other"))]),
    Sample("goto other", [.verdict(.goto("other"))]),
    Sample(
      "ip saddr . th dport vmap @dispatch",
      [.verdictMap([.address(.ipv4, .source), .port(.destination)], "dispatch")]),
    Sample(
      "meta l4proto vmap { tcp : jump other, udp : drop }",
      [
        .verdicts(
          [.transportProtocol], [.init([.transport(.udp)], .drop), .init([.transport(.tcp)], .jump("other"))])
      ]),
    Sample("meta l4proto tcp reject with tcp reset", [.match(.transport(6)), .reject(.tcpReset)]),
    Sample("reject with icmpx admin-prohibited", [.reject(.administrativelyProhibited)]),
    Sample("reject with icmpx port-unreachable", [.reject(.portUnreachable)]),
    Sample("counter", [.count]),
    Sample("counter name denied_1", [.countIn("denied_1")]),
    Sample("log prefix \"v=deny c=101\" group 5", [.log(Log(prefix: "v=deny c=101", group: 5))]),
    Sample("log group 6 snaplen 64", [.log(Log(prefix: nil, group: 6, length: 64))]),
    Sample("ct mark set 0x00010001 meta mark set 0x00000002", [.markConnection(0x10001), .markPacket(2)]),
    Sample(
      "meta mark set ct original ip6 saddr . ct mark map @classes",
      [.markPacketBy([.tupleAddress(.original, .ipv6, .source), .connectionMark], "classes")]),
    Sample(
      "update @names { ct original ip daddr timeout 2s }",
      [.update("names", [.tupleAddress(.original, .ipv4, .destination)], timeout: .seconds(2))]),
    Sample(
      "update @names { ip saddr timeout 1s500ms }",
      [.update("names", [.address(.ipv4, .source)], timeout: .milliseconds(1500))]),
  ]

  private static func names(_ texts: String...) -> [Interval] {
    texts.compactMap(InterfaceName.init).map { .one(.interface($0)) }
  }

  private static func blocks(_ texts: String...) -> [Interval] {
    texts.compactMap { ParsedCIDR($0)?.cidr }.map(Interval.init)
  }

  private static func ranges(_ texts: (String, String)...) -> [Interval] {
    texts.compactMap { first, last in
      guard let first = IPAddress(first), let last = IPAddress(last) else { return nil }
      return Interval(first, last)
    }
  }
}
