import Gateway
import Kubernetes
import Nftables
import NftablesSemantics
import PolicyEngine
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("What a gateway's kernel does is what is decided")
struct AgreementTests {
  private static let traffic = [
    "tcp/443", "tcp/22", "udp/53", "sctp/9", "icmp/8", "icmp/13", "icmpv6/128", "icmpv6/3", "gre",
  ]

  @Test(
    "in random documents, whoever is stale, for packets of both directions", arguments: 0..<8 as Range<UInt64>
  )
  func traces(seed: UInt64) throws {
    var generator = SplitMix64(seed: 3000 + seed)
    for _ in 0..<40 {
      let state = try RandomState(.random(&generator), &generator)
      let gateway = state.gateway
      #expect(gateway.program.faults.isEmpty)
      try compare(gateway, state, lapsed: [], &generator)
      let lapsed = Set(gateway.wantedLeases.filter { _ in Bool.random(using: &generator) })
      var silent = gateway
      _ = silent.renew(Dictionary(lapsed.map { ($0, .zero) }) { first, _ in first })
      try compare(silent, state, lapsed: lapsed, &generator)
    }
  }

  private func compare(
    _ gateway: Gateway, _ state: RandomState, lapsed: Set<Lease>, _ generator: inout SplitMix64
  ) throws {
    let kernel = Kernel(gateway)
    let resolved = state.resolved(lapsed: lapsed)
    for _ in 0..<20 {
      let sender = try #require(LiteralDocument.senders.randomElement(using: &generator))
      let zone = LiteralDocument.zones.randomElement(using: &generator) ?? nil
      let isIPv6 = sender.address.isIPv6
      let traffic = try #require(
        Self.traffic.filter { !$0.hasPrefix(isIPv6 ? "icmp/" : "icmpv6/") }.randomElement(using: &generator))
      let source = try #require(IPAddress(sender.address.text))
      let destination = try #require(
        state.literal.addresses(isIPv6: isIPv6).randomElement(using: &generator).flatMap {
          IPAddress($0.text)
        })
      let trace = try resolved.trace(
        from: source, to: .address(destination), FlowParser.traffic(traffic), zone: zone)
      let passes = Set(
        state.literal.sourcePorts.map { port in
          let content = Connection.content(traffic == "gre" ? "47" : traffic, sourcePort: UInt16(port))
          return kernel.passes(Connection(source, destination, content, device: Self.device(zone)))
        })
      let expected: Set<Bool?> =
        switch trace.outcome {
        case .allowed: [true]
        case .denied: [false]
        case .undefined: [true, false]
        }
      #expect(passes == expected, "\(trace)\(state.literal.text)\n\(gateway.program.text)")
    }
  }

  private static func device(_ zone: String?) -> InterfaceName {
    switch zone {
    case "inside": "eth2"
    case "outside": "eth3"
    default: "eth0"
    }
  }

  @Test("for names that answers gave addresses for", arguments: 0..<4 as Range<UInt64>)
  func names(seed: UInt64) throws {
    var generator = SplitMix64(seed: 4000 + seed)
    for _ in 0..<20 {
      let state = try RandomState(.random(&generator), isFresh: true, &generator)
      for _ in 0..<20 { try compareNamed(state, &generator) }
    }
  }

  private func compareNamed(_ state: RandomState, _ generator: inout SplitMix64) throws {
    let sender = try #require(LiteralDocument.senders.randomElement(using: &generator))
    let name = try #require(LiteralDocument.names.randomElement(using: &generator))
    let address = try #require(
      state.literal.addresses(isIPv6: sender.address.isIPv6).randomElement(using: &generator))
    let packet = LiteralDocument.Packet(
      sender: sender, zone: nil, destination: address, name: name, transport: "TCP", number: 443,
      sourcePort: 1)
    let (source, destination) = try (
      #require(IPAddress(sender.address.text)), #require(IPAddress(address.text))
    )
    let gateway = state.gateway
    var kernel = Kernel(gateway)
    for entry in gateway.namesTable.entries(about: name, for: Set(gateway.groups(of: source))) {
      let set = try #require(entry.sets[source.family])
      kernel.interpreter.members[set, default: []].insert([.address(source), .address(destination)])
    }
    let passes = kernel.passes(Connection(source, destination, Connection.content("tcp/443", sourcePort: 1)))
    #expect(
      passes == state.literal.decide(packet).isAllowed,
      "\(packet)\n\(state.literal.text)\n\(gateway.program.text)")
  }
}
