import Kubernetes
import PolicyEngine
import PolicyModel
import SourceGroups
import Testing

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
    for _ in 0..<10 {
      let old = LiteralDocument.random(&generator, usesZones: false)
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
    let apps = [nil, "web", "db", "cache", "other"]
    for isIPv6 in [false, true] {
      let senders = Set((old.senderAddresses + new.senderAddresses).filter { $0.isIPv6 == isIPv6 })
      let destinations = Set(old.addresses(isIPv6: isIPv6) + new.addresses(isIPv6: isIPv6))
      for sender in senders {
        for app in apps {
          for destination in destinations {
            for name in [nil] + LiteralDocument.names {
              for (transport, number) in Self.traffic where transport != (isIPv6 ? "ICMP" : "ICMPv6") {
                let packet = LiteralDocument.Packet(
                  sender: .init(address: sender, app: app), zone: nil, destination: destination, name: name,
                  transport: transport, number: number, sourcePort: 1)
                if old.decide(packet).isAllowed != new.decide(packet).isAllowed {
                  return
                    "\(sender.text) \(app ?? "-") -> \(destination.text) \(name ?? "-") \(transport) \(number)"
                }
              }
            }
          }
        }
      }
    }
    return nil
  }

  private static let traffic = [
    ("TCP", 443), ("TCP", 80), ("TCP", 100), ("TCP", 22), ("UDP", 53), ("UDP", 9), ("SCTP", 9), ("ICMP", 8),
    ("ICMP", 3), ("ICMPv6", 128), ("ICMPv6", 3), ("47", 0), ("99", 0),
  ]
}

extension LiteralDocument {
  /// Addresses of senders of which one stands for all that sources do not tell apart.
  fileprivate var senderAddresses: [Address] {
    let blocks = groups.flatMap(\.sources).flatMap { source, _ -> [Block] in
      if case .blocks(let blocks) = source { blocks } else { [] }
    }
    return [Address(isIPv6: false, bits: 0), Address(isIPv6: true, bits: 0)] + blocks.flatMap(\.borders)
  }
}
