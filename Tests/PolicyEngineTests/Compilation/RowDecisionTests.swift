import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine

@Suite("What tiers decide about all ports at once")
struct RowDecisionTests {
  /// A rule of a policy of a rank: what it does with which TCP ports.
  private struct Entry {
    let action: RuleAction
    let ports: ClosedRange<UInt16>
    var policy: Int32 = 0
    var rank: Int32 = 0
    var tier: Int32 = 0
  }

  private static let place = Kubernetes.SourceLocation(file: SourceFile(path: "p.yaml"), line: 1, column: 1)

  /// What a decision says, as sets.
  private struct Decided {
    let traffic: TrafficPair
    let certainlyDenied: TrafficSet
    let allows: [TrafficSet]
    let denials: [TrafficSet]
  }

  private func decide(_ tiers: [RowTier], _ entries: [Entry]) -> Decided {
    var sets = TrafficAlgebra()
    let rules = entries.map { entry in
      CompiledRule(
        rule: Rule(
          direction: .ingress, action: entry.action, path: "r", peers: .anyone, traffic: .any,
          location: Self.place),
        policy: entry.policy, tier: entry.tier, rank: entry.rank, peers: .general(.any([])), subject: nil)
    }
    let matches = entries.enumerated().map {
      RowDecision.Match(
        rule: Int32($0.offset), traffic: sets.number(of: TrafficSet(.tcp, PortSet($0.element.ports))))
    }
    let decision = RowDecision(tiers, rules: rules, matches, &sets)
    let (certain, certainlyDenied) = (decision.certain(&sets), decision.certainlyDenied(&sets))
    return Decided(
      traffic: TrafficPair(certain: sets[certain], possible: sets[decision.possible]),
      certainlyDenied: sets[certainlyDenied], allows: decision.allows.map { sets[$0.traffic] },
      denials: decision.denials.map { sets[$0.traffic] })
  }

  private func tier(
    _ combination: Tier.Combination, number: Int32 = 0, closes: Bool = false, isExempt: Bool = false
  ) -> RowTier {
    RowTier(
      tier: number, combination: combination, closing: closes ? [0] : [], mayTie: true, isExempt: isExempt)
  }

  /// Certain and possible TCP ports.
  private func text(_ decision: Decided) -> [String] {
    [decision.traffic.certain.tcp.description, decision.traffic.possible.tcp.description]
  }

  @Test("what nobody decides is open, or closed where policies isolate")
  func undecided() {
    #expect(decide([tier(.additive)], []).traffic == .all)
    #expect(decide([tier(.additive, closes: true)], []).traffic == .none)
    #expect(decide([], []).traffic == .all)
  }

  @Test("additive: the union of what rules allow")
  func additive() {
    let decision = decide(
      [tier(.additive, closes: true)],
      [Entry(action: .allow, ports: 1...5), Entry(action: .allow, ports: 4...9)])
    #expect(text(decision) == ["1-9", "1-9"])
    #expect(decision.allows.map(\.tcp.description) == ["1-5", "4-9"])
  }

  @Test("denyOverrides: what a rule denies no other allows, wherever it stands")
  func denyOverrides() {
    let decision = decide(
      [tier(.denyOverrides, closes: true)],
      [Entry(action: .allow, ports: 1...9), Entry(action: .deny, ports: 4...5)])
    #expect(text(decision) == ["1-3,6-9", "1-3,6-9"])
    #expect(decision.denials.map(\.tcp.description) == ["4-5"])
    #expect(decision.certainlyDenied.tcp.description == "4-5")
  }

  @Test("firstMatch: each rule gets what those before it left; log takes nothing")
  func firstMatch() {
    let decision = decide(
      [tier(.firstMatch(.isUndefined))],
      [
        Entry(action: .log, ports: 1...9), Entry(action: .deny, ports: 1...3),
        Entry(action: .allow, ports: 2...5),
        Entry(action: .deny, ports: 1...9),
      ])
    #expect(decision.traffic.certain.tcp.description == "4-5,10-65535")
    #expect(decision.denials.map(\.tcp.description) == ["1-3", "6-9"])
  }

  @Test("pass skips the rest of the tier and what it closes")
  func pass() {
    let entries = [
      Entry(action: .pass, ports: 1...5), Entry(action: .deny, ports: 1...9),
      Entry(action: .deny, ports: 2...2, tier: 1),
    ]
    let open = decide([tier(.firstMatch(.denyWins)), tier(.firstMatch(.denyWins), number: 1)], entries)
    #expect(open.traffic.certain.tcp.description == "1,3-5,10-65535")
    let closed = decide(
      [tier(.firstMatch(.denyWins), closes: true), tier(.firstMatch(.denyWins), number: 1)], entries)
    #expect(closed.traffic.certain.tcp.description == "1,3-5")
  }

  @Test("policies of one rank that disagree: possible and not certain, port by port")
  func ties() {
    let entries = [
      Entry(action: .allow, ports: 1...5), Entry(action: .deny, ports: 4...9, policy: 1),
      Entry(action: .deny, ports: 1...20, policy: 2, rank: 1),
    ]
    let decision = decide([tier(.firstMatch(.isUndefined))], entries)
    #expect(decision.traffic.certain.tcp.description == "1-3,21-65535")
    #expect(decision.traffic.possible.tcp.description == "1-5,21-65535")
    #expect(decision.certainlyDenied.tcp.description == "6-20")
    let denied = decide([tier(.firstMatch(.denyWins))], entries)
    #expect(denied.traffic.certain.tcp.description == "1-3,21-65535")
    #expect(denied.traffic.possible == denied.traffic.certain)
  }

  @Test("a tie of allow and pass is decided where later tiers allow too")
  func harmlessTie() {
    let entries = [
      Entry(action: .allow, ports: 1...9), Entry(action: .pass, ports: 1...9, policy: 1),
      Entry(action: .deny, ports: 9...9, tier: 1),
    ]
    let decision = decide(
      [tier(.firstMatch(.isUndefined)), tier(.firstMatch(.isUndefined), number: 1)], entries)
    #expect(decision.traffic.certain.tcp.description == "1-8,10-65535")
    #expect(decision.traffic.possible.tcp == .all)
  }

  @Test("an exempt tier opens what it would close, and leaves the rest to the next")
  func exempt() {
    let deny = [Entry(action: .deny, ports: 1...9, tier: 1)]
    let closing = [tier(.additive, closes: true, isExempt: true), tier(.firstMatch(.isUndefined), number: 1)]
    #expect(decide(closing, deny).traffic == .all)
    let open = [tier(.additive, isExempt: true), tier(.firstMatch(.isUndefined), number: 1)]
    #expect(decide(open, deny).traffic.certain.tcp.description == "10-65535")
  }
}

@Suite("Partitions of all ends")
struct PartitionTests {
  private func parties(_ facets: Int..., outside: [Int] = []) -> PartySet {
    var set = PartySet(facets: BitSet(size: 8), outside: BitSet(size: 4))
    for facet in facets { set.facets.insert(facet) }
    for end in outside { set.outside.insert(end) }
    return set
  }

  private func contribution(_ rule: Int32, _ parties: PartySet) -> RowBuilder.Contribution {
    RowBuilder.Contribution(rule: rule, parties: parties, traffic: .all, cases: nil)
  }

  @Test("parts are disjoint, cover everything and hold their rules in order")
  func parts() {
    let everything = PartySet(facets: BitSet(allBelow: 8), outside: BitSet(allBelow: 4))
    let partition = Partition(
      [
        contribution(0, parties(0, 1, 2, outside: [0])), contribution(1, parties(2, 3, outside: [0, 1])),
        contribution(2, parties(0, 2, 7)),
      ], within: everything)
    var rest = everything
    for part in partition.parts {
      #expect(!part.parties.isEmpty)
      #expect(rest.intersection(part.parties) == part.parties)
      rest.subtract(part.parties)
    }
    #expect(rest.isEmpty)
    func rules(ofFacet facet: Int) -> [Int32]? {
      partition.parts.first { $0.parties.facets.contains(facet) }?.matches.map(\.rule)
    }
    #expect((0..<8).map(rules) == [[0, 2], [0], [0, 1, 2], [1], [], [], [], [2]])
    let outside = (0..<4).map { end in
      partition.parts.first { $0.parties.outside.contains(end) }?.matches.map(\.rule)
    }
    #expect(outside == [[0, 1], [1], [], []])
  }

  @Test("without contributions everything is one part, that nothing speaks of")
  func empty() {
    let everything = PartySet(facets: BitSet(allBelow: 8), outside: BitSet(allBelow: 4))
    let parts = Partition([], within: everything).parts
    #expect(parts.count == 1)
    #expect(parts.first?.parties == everything)
    #expect(parts.first?.matches.isEmpty == true)
  }
}

@Suite("Messages of ICMP")
struct ICMPMatchTests {
  private func match(_ type: UInt8? = nil, _ code: UInt8? = nil, isNegated: Bool = false) -> ICMPMatch {
    ICMPMatch(
      .ipv4, type: type, code: code, isNegated: isNegated,
      location: Kubernetes.SourceLocation(file: SourceFile(path: "p.yaml"), line: 1, column: 1))
  }

  private func matches(_ match: ICMPMatch, _ line: String) throws -> Bool {
    guard case .other(let traffic) = try FlowParser.traffic(line) else { return false }
    return match.mismatch(traffic) == nil
  }

  @Test("type and code narrow, negation turns it round inside the protocol")
  func messages() throws {
    #expect(try matches(match(), "icmp/3/4"))
    #expect(try !matches(match(), "icmpv6/3"))
    #expect(try !matches(match(), "gre"))
    #expect(try matches(match(3), "icmp/3/4"))
    #expect(try !matches(match(3), "icmp/8"))
    #expect(try matches(match(3, 4), "icmp/3/4"))
    #expect(try !matches(match(3, 4), "icmp/3/1"))
    #expect(try matches(match(3, 4, isNegated: true), "icmp/3/1"))
    #expect(try !matches(match(3, 4, isNegated: true), "icmp/3/4"))
    #expect(try !matches(match(3, 4, isNegated: true), "icmpv6/3/1"))
    #expect(try !matches(match(isNegated: true), "icmp/8"))
  }
}
