import Kubernetes
import PolicyEngine
import PolicyModel
import SourceGroups
import Testing

@Suite("The trace of a connection")
struct TraceTests {
  private static let pods = "[{kubernetes: {\(Documents.everyPod)}}]"

  private func resolved(
    _ text: String, members: [String: [String]] = [:], denied: Set<SourceKey> = []
  ) throws -> ResolvedSourceGroups {
    let sets = members.map { group, addresses in
      let set = addresses.compactMap { IPAddress($0) }.reduce(AddressSet.empty) { $0.union(AddressSet($1)) }
      return (SourceKey(group: group, source: 0), set)
    }
    return ResolvedSourceGroups(
      try Documents.policy(text), members: Dictionary(sets) { first, _ in first }, denied: denied)
  }

  private func trace(
    _ resolved: ResolvedSourceGroups, _ source: String, _ destination: String, _ traffic: String,
    zone: String? = nil
  ) throws -> SourceGroupTrace {
    let end = IPAddress(destination).map { ResolvedSourceGroups.Destination.address($0) }
    return try resolved.trace(
      from: #require(IPAddress(source)), to: end ?? .domain(destination), FlowParser.traffic(traffic),
      zone: zone)
  }

  @Test("names group, source and rule with their places, and what was tried before")
  func text() throws {
    let audited = Documents.rule(id: "watch", action: "deny", "mode: audit")
    let db = Documents.rule(id: "db", to: "{cidrs: [10.9.0.0/16]}")
    let web = Documents.rule(id: "web", traffic: "[{protocol: TCP, port: 80}]")
    let resolved = try resolved(
      Documents.text(
        Documents.group(id: "others", priority: 1, sources: "[{cidrs: [10.2.0.0/16]}]"),
        Documents.group(id: "pods", priority: 2, sources: Self.pods, rules: "[\(audited), \(db), \(web)]")),
      members: ["pods": ["10.1.0.7"]])
    let trace = try trace(resolved, "10.1.0.7", "192.0.2.1", "tcp/443")
    #expect(
      trace.description == """
        10.1.0.7 -> 192.0.2.1 tcp/443: denied
          SourceGroup others (policy.yaml:7:7): the sender is no member
          SourceGroup pods (policy.yaml:8:7): a member by policy.yaml:8:41
            rule watch (policy.yaml:8:151) matches, and is only audited
            rule db (policy.yaml:8:252) is about other destinations
            rule web (policy.yaml:8:344) is about other traffic
          SourceGroupPolicy egress (policy.yaml:5:18)
            defaultPolicy (policy.yaml:5:18) denies it

        """)
    #expect(trace.walks[0].deciding?.name == "defaultPolicy")
    #expect(try self.trace(resolved, "10.1.0.7", "10.9.1.1", "tcp/443").walks[0].deciding?.name == "rule db")
  }

  @Test(
    "grants a name the ports of its rule only",
    arguments: [("tcp/443", Outcome.allowed), ("tcp/22", .denied)])
  func namesAndPorts(traffic: String, outcome: Outcome) throws {
    let rule = Documents.rule(to: "{domainNames: ['*.example.com']}")
    let resolved = try resolved(Documents.text(Documents.group(rules: "[\(rule)]")))
    #expect(try trace(resolved, "10.1.0.7", "api.example.com", traffic).outcome == outcome)
    #expect(try trace(resolved, "10.1.0.7", "example.com", traffic).outcome == .denied)
    #expect(try trace(resolved, "10.1.0.7", "api.example.com.evil.org", traffic).outcome == .denied)
  }

  @Test("is undefined for a name whose addresses decide, and says which")
  func undefined() throws {
    let deny = Documents.rule(id: "private", action: "deny", to: "{cidrs: [10.0.0.0/8]}")
    let allow = Documents.rule(id: "api", to: "{domainNames: [api.example.com]}")
    let resolved = try resolved(Documents.text(Documents.group(rules: "[\(deny), \(allow)]")))
    let trace = try trace(resolved, "10.1.0.7", "api.example.com", "tcp/443")
    #expect(trace.outcome == .undefined)
    #expect(trace.walks.map { $0.deciding?.name } == ["rule api", "rule private"])
    #expect(trace.walks[1].assumptions == ["the name has an address such as 10.0.0.0"])
  }

  @Test("knows members by the zone that packets come in through")
  func zones() throws {
    let resolved = try resolved(
      Documents.text(Documents.group(sources: "[{cidrs: [10.1.0.0/16], zone: inside}]")))
    #expect(try trace(resolved, "10.1.0.7", "192.0.2.1", "tcp/443", zone: "inside").outcome == .allowed)
    #expect(try trace(resolved, "10.1.0.7", "192.0.2.1", "tcp/443", zone: "outside").outcome == .denied)
    let unknown = try trace(resolved, "10.1.0.7", "192.0.2.1", "tcp/443")
    #expect(unknown.outcome == .denied)
    #expect(unknown.otherZones == ["inside"])
    #expect(unknown.description.contains("packets that come in through zone inside are decided otherwise"))
  }

  @Test("falls from a group without a default action to the next one, and not from one with it")
  func fallingThrough() throws {
    let none = Documents.rule(id: "none", to: "{cidrs: [10.9.0.0/16]}")
    let first = Documents.group(id: "first", priority: 1, rules: "[\(none)]")
    let closed = Documents.group(id: "first", priority: 1, rules: "[\(none)]", "defaultAction: deny")
    let second = Documents.group(id: "second", priority: 2)
    #expect(
      try trace(resolved(Documents.text(first, second)), "10.1.0.7", "192.0.2.1", "tcp/443").outcome
        == .allowed)
    #expect(
      try trace(resolved(Documents.text(closed, second)), "10.1.0.7", "192.0.2.1", "tcp/443").outcome
        == .denied)
  }

  @Test("denies members of a stale source that denies, whatever groups before it allow")
  func stale() throws {
    let text = Documents.text(
      Documents.group(id: "all", priority: 1, sources: "[{cidrs: [10.0.0.0/8]}]"),
      Documents.group(
        id: "pods", priority: 2, sources: Self.pods.replacing("}}}]", with: "}}, onStale: deny}]")))
    let members = ["pods": ["10.1.0.7"]]
    #expect(
      try trace(resolved(text, members: members), "10.1.0.7", "192.0.2.1", "tcp/443").outcome == .allowed)
    let stale = try resolved(text, members: members, denied: [SourceKey(group: "pods", source: 0)])
    let trace = try trace(stale, "10.1.0.7", "192.0.2.1", "tcp/443")
    #expect(trace.outcome == .denied)
    #expect(trace.walks[0].deciding?.name == "sources[0] onStale")
    #expect(try self.trace(stale, "10.1.0.8", "192.0.2.1", "tcp/443").outcome == .allowed)
  }

  @Test("costs little, however many members and rules there are")
  func size() throws {
    let groups = (0..<40).map { index in
      let rules = (0..<20).map { Documents.rule(id: "r\($0)", to: "{addresses: [192.0.2.\($0)]}") }
      return "    - "
        + Documents.group(
          id: "g\(index)", priority: index, sources: Self.pods, rules: "[\(rules.joined(separator: ", "))]")
    }
    let text = Documents.text() + groups.joined(separator: "\n")
    let every = AddressSet(
      unsorted: (0..<5_000).map {
        .init(family: .ipv4, first: 0x0A00_0000 + 2 * $0, last: 0x0A00_0000 + 2 * $0)
      })
    let members = (0..<40).map { (SourceKey(group: "g\($0)", source: 0), every) }
    let resolved = ResolvedSourceGroups(
      try Documents.policy(text), members: Dictionary(members) { first, _ in first })
    let start = ContinuousClock.now
    for _ in 0..<10 {
      #expect(try trace(resolved, "10.0.0.2", "192.0.2.200", "tcp/443").outcome == .denied)
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test(
    "of what is no connection is an error",
    arguments: [("2001:db8::1", "tcp/1"), ("192.0.2.1", "icmpv6/128"), ("example", "tcp/1")])
  func errors(destination: String, traffic: String) throws {
    let resolved = try resolved(Documents.text(Documents.group()))
    #expect(throws: FlowLineError.self) { try trace(resolved, "10.1.0.7", destination, traffic) }
  }
}
