import Kubernetes
import PolicyModel
import SourceGroups
import Testing

@Suite("A document in the policy model")
struct LoweringTests {
  private func tier(_ text: String, denied: Set<SourceKey> = []) throws -> Tier {
    let policy = try Documents.policy(text)
    return policy.tier(SourceConditions(resolving: policy, members: [:], denied: denied))
  }

  @Test("is one ordered tier: a policy for each group, then one for the default policy")
  func order() throws {
    let tier = try tier(
      Documents.text(
        Documents.group(id: "late", priority: 9, "defaultAction: deny"),
        Documents.group(id: "early", priority: 2)))
    #expect(tier.combination == .firstMatch(.isUndefined))
    #expect(
      tier.policies.map(\.identity.description) == [
        "SourceGroup early", "SourceGroup late", "SourceGroupPolicy egress",
      ])
    #expect(tier.policies.map(\.rank) == [1, 2, 3])
    #expect(
      tier.policies.map { $0.rules.map(\.path) } == [
        ["rule r"], ["rule r", "defaultAction"], ["defaultPolicy"],
      ])
    #expect(tier.policies.map { $0.rules.map(\.action) } == [[.allow], [.allow, .deny], [.deny]])
    #expect(
      tier.policies.allSatisfy { $0.isolates.isEmpty && $0.rules.allSatisfy { $0.direction == .egress } })
  }

  @Test("keeps where rules and sources are written")
  func locations() throws {
    let tier = try tier(Documents.text(Documents.group("defaultAction: allow")))
    let rules = tier.policies[0].rules
    #expect(rules.map { "\($0.location)" } == ["policy.yaml:7:73", "policy.yaml:7:174"])
    guard case .anyOf(let sources) = rules[0].subject else { throw Unexpected() }
    #expect(sources.map { "\($0.location)" } == ["policy.yaml:7:40"])
    #expect("\(tier.policies[1].rules[0].location)" == "policy.yaml:5:18")
  }

  @Test("notes what is only audited and goes on")
  func audit() throws {
    let audited = Documents.rule(id: "a", action: "deny", "mode: audit")
    let tier = try tier(
      Documents.text(
        Documents.group(rules: "[\(audited), \(Documents.rule())]"),
        Documents.group(id: "all", priority: 2, "mode: audit, defaultAction: deny")))
    #expect(tier.policies.map { $0.rules.map(\.action) } == [[.log, .allow], [.log, .log], [.deny]])
  }

  @Test("asks a name and ports of one rule together: a name does not grant other ports")
  func namesWithPorts() throws {
    let rule = Documents.rule(
      to: "{domainNames: [a.example.com], cidrs: [10.0.0.0/8]}", traffic: "[{protocol: TCP, port: 443}]")
    let lowered = try tier(Documents.text(Documents.group(rules: "[\(rule)]"))).policies[0].rules
    #expect(lowered.count == 1)
    guard case .anyOf(let peers) = lowered[0].peers else { throw Unexpected() }
    #expect(peers.map(\.description) == ["10.0.0.0/8", "a.example.com"])
    #expect(lowered[0].traffic.description == "TCP 443")
  }

  @Test(
    "has the traffic of its entries",
    arguments: [
      ("[{protocol: any}, {protocol: TCP}]", "all ports"), ("[{protocol: TCP}]", "TCP all ports"),
      ("[{protocol: UDP, port: 5, endPort: 9}, {protocol: SCTP, port: 7}]", "UDP 5-9, SCTP 7"),
      ("[{protocol: ICMP}, {protocol: ICMPv6, type: 1, code: 2}]", "ICMP, ICMPv6 type 1 code 2"),
      ("[{protocol: 47}]", "protocol 47"),
    ])
  func traffic(entries: String, text: String) throws {
    let rule = Documents.rule(traffic: entries)
    let lowered = try tier(Documents.text(Documents.group(rules: "[\(rule)]"))).policies[0].rules
    #expect(lowered.map(\.traffic.description) == [text])
  }

  @Test("has source ports for each protocol of a rule, and for no other")
  func sourcePorts() throws {
    let rule = Documents.rule(
      traffic: "[{protocol: TCP, port: 1}, {protocol: TCP, port: 2}, {protocol: UDP}]",
      "sourcePorts: [{port: 7}]")
    let lowered = try tier(Documents.text(Documents.group(rules: "[\(rule)]"))).policies[0].rules
    #expect(lowered.map(\.sourcePorts.description) == ["TCP 7, UDP 7"])
  }

  @Test("denies what members of stale sources send before all groups, if they are to be denied")
  func staleDenials() throws {
    let pods = "[{kubernetes: {\(Documents.everyPod)}, onStale: deny}]"
    let text = Documents.text(Documents.group(), Documents.group(id: "pods", priority: 2, sources: pods))
    let tier = try tier(text, denied: [SourceKey(group: "pods", source: 0)])
    #expect(tier.policies.map(\.rank) == [0, 1, 2, 3])
    #expect(tier.policies[0].identity.description == "SourceGroup pods")
    #expect(tier.policies[0].rules.map(\.action) == [.deny])
    #expect(tier.policies[0].rules.map(\.traffic.isRestricted) == [false])
  }

  @Test("has no member of a source that nobody resolved")
  func unresolved() throws {
    let policy = try Documents.policy(
      Documents.text(Documents.group(sources: "[{kubernetes: {\(Documents.everyPod)}}]")))
    for conditions in [SourceConditions([:]), SourceConditions(resolving: policy, members: [:])] {
      guard case .anyOf(let sources) = policy.tier(conditions).policies[0].rules[0].subject else {
        throw Unexpected()
      }
      #expect(sources.map(\.description) == ["nobody"])
    }
  }
}

/// A value of another form than a test needs.
struct Unexpected: Error {}
