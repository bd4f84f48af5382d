import Kubernetes
import PolicyEngine
import PolicyModel
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("What is decided agrees with the words of the documentation")
struct LiteralAgreementTests {
  private static let traffic: [(name: String, number: Int, text: String)] = [
    ("TCP", 443, "tcp/443"), ("TCP", 22, "tcp/22"), ("UDP", 53, "udp/53"), ("SCTP", 9, "sctp/9"),
    ("ICMP", 8, "icmp/8"), ("ICMP", 3, "icmp/3"), ("ICMPv6", 128, "icmpv6/128"), ("47", 0, "gre"),
  ]

  @Test("in random documents, for random connections", arguments: 0..<8)
  func verdicts(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    for _ in 0..<25 {
      let literal = LiteralDocument.random(&generator)
      let policy = try Documents.policy(literal.text)
      let resolved = ResolvedSourceGroups(policy, members: members(of: literal))
      for _ in 0..<40 { try compare(literal, resolved, &generator) }
    }
  }

  private func compare(
    _ literal: LiteralDocument, _ resolved: ResolvedSourceGroups, _ generator: inout SplitMix64
  ) throws {
    func pick<Element>(_ elements: [Element]) -> Element {
      elements[Int.random(in: elements.indices, using: &generator)]
    }
    let sender = pick(LiteralDocument.senders)
    let zone = pick(LiteralDocument.zones)
    let isIPv6 = sender.address.isIPv6
    let traffic = pick(Self.traffic.filter { $0.name != (isIPv6 ? "ICMP" : "ICMPv6") })
    let addresses = literal.addresses(isIPv6: isIPv6)
    let name = Bool.random(using: &generator) ? pick(LiteralDocument.names) : nil
    let address = pick(addresses)
    var decisions: [LiteralDocument.Decision] = []
    for destination in name == nil ? [address] : addresses {
      for port in traffic.name == "TCP" ? literal.sourcePorts : [1] {
        decisions.append(
          literal.decide(
            LiteralDocument.Packet(
              sender: sender, zone: zone, destination: destination, name: name, transport: traffic.name,
              number: traffic.number, sourcePort: port)))
      }
    }
    let outcomes = Set(decisions.map(\.isAllowed))
    let expected: Outcome = outcomes.count == 2 ? .undefined : outcomes == [true] ? .allowed : .denied
    let source = try #require(IPAddress(sender.address.text))
    let end: ResolvedSourceGroups.Destination =
      try name.map { .domain($0) } ?? .address(#require(IPAddress(address.text)))
    let trace = try resolved.trace(from: source, to: end, FlowParser.traffic(traffic.text), zone: zone)
    #expect(trace.outcome == expected, "\(trace)\(literal.text)")
    for walk in trace.walks {
      let deciding = try #require(walk.deciding)
      #expect(
        decisions.contains(.init(isAllowed: walk.isAllowed, by: "\(deciding.owner) \(deciding.name)")),
        "\(trace)\(literal.text)")
    }
  }

  private func members(of literal: LiteralDocument) -> [SourceKey: AddressSet] {
    var members: [SourceKey: AddressSet] = [:]
    for group in literal.groups {
      for (index, source) in group.sources.enumerated() {
        let addresses = LiteralDocument.senders.filter { LiteralDocument.isMember($0, source.source) }
          .compactMap { IPAddress($0.address.text) }
        members[SourceKey(group: group.id, source: index)] = addresses.reduce(.empty) {
          $0.union(AddressSet($1))
        }
      }
    }
    return members
  }
}

@Suite("A plan agrees with the words of the documentation")
struct PlanAgreementTests {
  @Test("in random changes of random documents", arguments: 0..<4)
  func plans(seed: UInt64) throws {
    var generator = SplitMix64(seed: 1000 + seed)
    for _ in 0..<8 {
      let old = LiteralDocument.random(&generator)
      let new = old.mutated(&generator)
      let plan = try SourceGroupPlan(from: Documents.policy(old.text), to: Documents.policy(new.text))
      let witness = difference(old, new)
      #expect(
        (plan.effect == .different) == (witness != nil),
        "\(plan)\n\(witness ?? "-")\n\(old.text)\n\(new.text)")
      for difference in plan.differences { #expect(difference.old.outcome != difference.new.outcome) }
    }
  }

  /// A packet that the documents decide differently, if there is one: every kind of sender, of destination and of traffic
  /// is tried.
  private func difference(_ old: LiteralDocument, _ new: LiteralDocument) -> String? {
    for isIPv6 in [false, true] {
      for sender in old.senders(isIPv6: isIPv6, with: new) {
        for packet in packets(of: sender, isIPv6: isIPv6, old, new)
        where old.decide(packet).isAllowed != new.decide(packet).isAllowed {
          return "\(packet)"
        }
      }
    }
    return nil
  }

  private func packets(
    of sender: LiteralDocument.Sender, isIPv6: Bool, _ old: LiteralDocument, _ new: LiteralDocument
  ) -> [LiteralDocument.Packet] {
    var packets: [LiteralDocument.Packet] = []
    let zones = [nil] + Set(old.namedZones + new.namedZones).map(Optional.some)
    let destinations = Set(old.addresses(isIPv6: isIPv6) + new.addresses(isIPv6: isIPv6))
    for (transport, number) in Self.traffic where transport != (isIPv6 ? "ICMP" : "ICMPv6") {
      for port in transport == "TCP" ? Set(old.sourcePorts + new.sourcePorts) : [1] {
        for zone in zones {
          for destination in destinations {
            for name in [nil] + LiteralDocument.names {
              packets.append(
                LiteralDocument.Packet(
                  sender: sender, zone: zone, destination: destination, name: name, transport: transport,
                  number: number, sourcePort: port))
            }
          }
        }
      }
    }
    return packets
  }

  private static let traffic = [
    ("TCP", 443), ("TCP", 80), ("TCP", 100), ("TCP", 22), ("UDP", 53), ("UDP", 9), ("SCTP", 9), ("ICMP", 8),
    ("ICMP", 3), ("ICMPv6", 128), ("ICMPv6", 3), ("47", 0), ("99", 0),
  ]
}

extension LiteralDocument {
  /// Zones that sources are bound to.
  fileprivate var namedZones: [String] { groups.flatMap(\.sources).compactMap(\.zone) }

  /// Senders of which one stands for all that the sources of two documents do not tell apart.
  fileprivate func senders(isIPv6: Bool, with other: LiteralDocument) -> [Sender] {
    let blocks = (groups + other.groups).flatMap(\.sources).flatMap { source, _ -> [Block] in
      if case .blocks(let blocks) = source { blocks } else { [] }
    }
    let zero = Address(isIPv6: isIPv6, bits: 0)
    let addresses = Set([zero] + blocks.flatMap(\.borders).filter { $0.isIPv6 == isIPv6 })
    return addresses.flatMap { address in
      [nil, "web", "db", "cache", "other"].map { Sender(address: address, app: $0) }
    }
  }
}
