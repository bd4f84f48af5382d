import Netlink
import Staging
import Testing

/// Whether networks for staging can be made, and rules loaded, by whoever runs the tests.
enum LabAvailability {
  static let isAvailable = (try? Lab([]).load(ruleset: "table inet none {}")) != nil
  static let reason: Comment = "needs root (network namespaces) and the program nft"
}

@Suite(
  "A network for staging", .serialized, .enabled(if: LabAvailability.isAvailable, LabAvailability.reason))
struct LabTests {
  /// Ends with an address of each family.
  static func endpoints(_ count: Int) -> [Endpoint] {
    (0..<count).map { number in
      Endpoint(
        "pod-\(number)", [.v4(0x0A40_0001 + UInt32(number)), .v6(0xFD00_0064 << 96 + 1 + UInt128(number))])
    }
  }

  static let everything: [Probe.Transport] = [.tcp(80), .udp(53), .sctp(9), .echo]

  @Test("without rules everything is delivered, in both families", arguments: everything)
  func open(transport: Probe.Transport) throws {
    let lab = try Lab(Self.endpoints(4))
    let probes = Self.pairs(lab, [transport])
    #expect(probes.count == 24)
    #expect(try lab.probe(probes).allSatisfy { $0 == .delivered })
  }

  @Test(
    "what rules say no to is told from what they lose",
    arguments: [
      ("drop", Delivery.silent), ("reject with icmpx admin-prohibited", .rejected),
      ("reject with icmpx port-unreachable", .rejected),
      ("meta l4proto tcp reject with tcp reset; drop", nil),
    ] as [(String, Delivery?)])
  func denied(verdict: String, expected: Delivery?) throws {
    let lab = try Lab(Self.endpoints(3))
    try lab.load(ruleset: Self.forwarding(verdict))
    let probes = Self.pairs(lab, Self.everything)
    for (probe, delivery) in zip(probes, try lab.probe(probes)) {
      #expect(delivery == expected ?? (probe.transport == .tcp(80) ? .rejected : .silent), "\(probe)")
    }
  }

  @Test("50 ends, all pairs, three protocols, both families: each verdict is that of the rules")
  func allPairs() throws {
    let lab = try Lab(Self.endpoints(50))
    try lab.load(ruleset: Self.ruleset(50))
    let probes = Self.pairs(lab, [.tcp(80), .tcp(81), .udp(53), .udp(40_000), .sctp(9), .echo])
    #expect(probes.count == 50 * 49 * 6 * 2)
    let deliveries = try lab.probe(probes)
    let wrong = zip(probes, deliveries).filter { Self.expected($0, lab) != $1 }
    #expect(wrong.count == 0, "of \(probes.count), such as \(wrong.prefix(5))")
    // What was tracked says nothing of what comes after other rules.
    try lab.load(ruleset: "flush ruleset\n" + Self.forwarding("drop"))
    #expect(try lab.probe(probes).allSatisfy { $0 == .silent })
  }

  /// Every third may send TCP 80 to even ones, and echoes; the first gets UDP 53, the second SCTP 9. Other TCP is reset, those
  /// from the 41st on reject, and the rest is silent.
  static func ruleset(_ count: Int) -> String {
    """
    table inet gate {
      set third4 { type ipv4_addr; elements = { \(list(0..<count, by: 3, "10.64.0.")) }; }
      set even4 { type ipv4_addr; elements = { \(list(0..<count, by: 2, "10.64.0.")) }; }
      set last4 { type ipv4_addr; elements = { \(list(40..<count, by: 1, "10.64.0.")) }; }
      chain forward {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        ip saddr @third4 ip daddr @even4 tcp dport 80 accept
        ip daddr 10.64.0.1 udp dport 53 accept
        ip6 daddr fd00:64::1 udp dport 53 accept
        ip daddr 10.64.0.2 sctp dport 9 accept
        ip saddr @third4 icmp type echo-request accept
        meta l4proto tcp reject with tcp reset
        ip daddr @last4 reject with icmp admin-prohibited
        drop
      }
    }
    """
  }

  /// Rules for what is forwarded, behind the one for answers.
  private static func forwarding(_ rules: String) -> String {
    """
    table inet gate {
      chain forward { type filter hook forward priority 0; ct state established,related accept; \(rules); }
    }
    """
  }

  private static func list(_ range: Range<Int>, by step: Int, _ prefix: String) -> String {
    stride(from: range.lowerBound, to: range.upperBound, by: step).map { "\(prefix)\($0 + 1)" }.joined(
      separator: ", ")
  }

  private static func expected(_ probe: Probe, _ lab: Lab) -> Delivery {
    func number(_ address: NetworkAddress) -> Int {
      switch address {
      case .v4(let bits): Int(bits - 0x0A40_0001)
      case .v6(let bits): Int(bits - 0xFD00_0064 << 96) - 1
      }
    }
    let (source, destination) = (number(probe.source), number(probe.destination))
    let isIPv4 = probe.source.isIPv4
    switch probe.transport {
    case .tcp(80) where isIPv4 && source % 3 == 0 && destination % 2 == 0: return .delivered
    case .tcp: return .rejected
    case .udp(53) where destination == 0: return .delivered
    case .sctp where isIPv4 && destination == 1: return .delivered
    case .echo where isIPv4 && source % 3 == 0: return .delivered
    default: return isIPv4 && destination >= 40 ? .rejected : .silent
    }
  }

  @Test("a probe is never taken for the answer to one in the other direction")
  func directions() throws {
    let lab = try Lab(Self.endpoints(2))
    try lab.load(ruleset: Self.forwarding("ip saddr 10.64.0.1 accept; drop"))
    // Ports that the kernel gives to senders, if nothing is said.
    let transports = (32_768..<33_268).flatMap { [Probe.Transport.udp($0), .tcp($0)] }
    for _ in 0..<3 {
      let probes = Self.pairs(lab, transports, [true])
      for (probe, delivery) in zip(probes, try lab.probe(probes)) {
        #expect(
          delivery == (probe.source == lab.endpoints[0].addresses[0] ? .delivered : .silent), "\(probe)")
      }
    }
  }

  @Test("an end can have many addresses, and each is one of its own")
  func addresses() throws {
    let outside = (0..<100).map { NetworkAddress.v4(0xC000_0200 + $0) }
    let lab = try Lab([Endpoint("pod", [.v4(0x0A40_0001)]), Endpoint("internet", outside)])
    try lab.load(ruleset: Self.forwarding("ip daddr 192.0.2.0/27 accept; drop"))
    let probes = outside.flatMap { address in
      [
        Probe(from: .v4(0x0A40_0001), to: address, .tcp(443)),
        Probe(from: address, to: .v4(0x0A40_0001), .udp(1)),
      ]
    }
    let deliveries = try lab.probe(probes)
    for number in 0..<100 {
      #expect(deliveries[2 * number] == (number < 32 ? .delivered : .silent))
      #expect(deliveries[2 * number + 1] == .silent)
    }
  }

  @Test("what cannot be is said in words")
  func problems() throws {
    let probe = Probe(from: .v4(1), to: .v4(2), .echo)
    let unknown = #expect(throws: LabError.unknownAddress(probe)) { try Lab([]).probe([probe]) }
    #expect(
      unknown?.description
        == "echo from 0.0.0.1 to 0.0.0.2: both must be addresses of ends of the network for staging")
    let address = NetworkAddress.v4(0x0A00_0001)
    let shared = #expect(throws: LabError.self) {
      try Lab([Endpoint("a", [address]), Endpoint("b", [address])])
    }
    #expect(shared?.description == "a and b both have address 10.0.0.1")
    let lab = try Lab(Self.endpoints(2))
    let mixed = Probe(from: lab.endpoints[0].addresses[0], to: lab.endpoints[1].addresses[1], .udp(5))
    let error = #expect(throws: LabError.mixedFamilies(mixed)) { try lab.probe([mixed]) }
    #expect(
      error?.description
        == "UDP 5 from 10.64.0.1 to fd00:64::2: the addresses are of different families")
    let refused = #expect(throws: LabError.self) { try lab.load(ruleset: "table inet gate { nonsense }") }
    #expect(refused?.description.hasPrefix("nft does not take the rules: ") == true)
    #expect(
      LabError.ruleset(.noProgram).description
        == "cannot load rules: there is no program nft; install the package nftables")
  }

  @Test("100 ends and 20,000 probes take seconds")
  func speed() throws {
    let clock = ContinuousClock()
    var lab = try Lab([])
    let creation = try clock.measure { lab = try Lab(Self.endpoints(100)) }
    try lab.load(ruleset: Self.ruleset(100))
    for transport in [Probe.Transport.udp(53), .tcp(80)] {
      let probes = Self.pairs(lab, [transport], [true])
      let time = try clock.measure {
        let wrong = zip(probes, try lab.probe(probes)).filter { Self.expected($0, lab) != $1 }
        #expect(wrong.count == 0)
      }
      print(
        "\(probes.count) probes of \(transport): \(time), \(Int(Double(probes.count) / (time / .seconds(1)))) each second"
      )
    }
    print("100 ends: \(creation)")
    #expect(creation < .seconds(20))
  }

  /// All pairs of different ends, in both families.
  static func pairs(
    _ lab: Lab, _ transports: [Probe.Transport], _ families: [Bool] = [true, false]
  ) -> [Probe] {
    var probes: [Probe] = []
    for source in lab.endpoints.indices {
      for destination in lab.endpoints.indices where destination != source {
        for transport in transports {
          for isIPv4 in families {
            lab.probe(from: source, to: destination, transport, isIPv4: isIPv4).map { probes.append($0) }
          }
        }
      }
    }
    return probes
  }
}
