import Gateway
import Glibc
import Kubernetes
import Nftables
import SourceGroups
import Testing

@Suite("The cost of a gateway", .serialized)
struct CostTests {
  /// 200 groups, and addresses that each are members of two of them.
  private static func policy() throws -> SourceGroupPolicy {
    let groups = (0..<200).map { number in
      """
          - {id: g\(number), priority: \(number), sources: [{\(Gateways.everyPod), onStale: keep}], rules: [
              {id: web, action: allow, to: {cidrs: [10.\(number).0.0/16]}, traffic: [{protocol: TCP, port: 443}]},
              {id: dns, action: allow, to: {addresses: [10.96.0.10]}, traffic: [{protocol: UDP, port: 53}]},
              {id: metadata, action: deny, to: {addresses: [169.254.169.254]}, traffic: [{protocol: any}]}]}
      """
    }
    return try Gateways.policy(
      text: """
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata: {name: many}
        spec:
          defaultPolicy: deny
          sourceGroups:
        \(groups.joined(separator: "\n"))
        """)
  }

  private static func address(_ number: Int) -> IPAddress {
    IPAddress(.ipv4, bits: 0x0A00_0000 + UInt128(number))
  }

  @Test("with 50,000 sources and 200 groups is bounded: from the start, for one member, and for an edit")
  func size() throws {
    let policy = try Self.policy()
    var members: [SourceKey: [IPAddress]] = [:]
    for number in 0..<50_000 {
      members[Gateways.key("g\(number % 199)"), default: []].append(Self.address(number))
      members[Gateways.key("g\(number % 199 + 1)"), default: []].append(Self.address(number))
    }
    let identities = members.mapValues { SourceIdentities(SourceStatus(.following), $0) }
    var gateway = Gateway(Gateways.settings)
    let start = Self.seconds { gateway = Gateway(policy, identities, leases: [:], Gateways.settings) }
    var text = ""
    let writing = Self.seconds { text = gateway.program.text }
    let changes = 2_000
    var commands = 0
    let change = Self.seconds {
      for number in 0..<changes {
        let key = Gateways.key("g\(number % 199)")
        let next = Gateways.key("g\(number % 199 + 1)")
        let address = [Self.address(100_000 + number)]
        commands +=
          gateway.update([SourceChange(key, joined: address), SourceChange(next, joined: address)]).elements
          .count
      }
    }
    #expect(commands == changes)
    var update: GatewayUpdate?
    let edit = Self.seconds { update = gateway.edit(policy.with(defaultOf: "g7")) }
    let follow = Self.seconds { _ = gateway.follow(policy.with(defaultOf: "g8"), identities, leases: [:]) }
    print(
      """
      gateway, 50,000 sources, 200 groups: from the start \(Self.milliseconds(start)) ms, text \(text.utf8.count) bytes \
      in \(Self.milliseconds(writing)) ms, one member \(Int(change / Double(changes) * 1e7) / 10) µs, \
      an edit \(Self.milliseconds(edit)) ms and \(update?.structure?.text.utf8.count ?? 0) bytes, \
      another document \(Self.milliseconds(follow)) ms
      """)
    #expect(start < 30)
    #expect(writing < 30)
    #expect(change / Double(changes) < 0.002)
    #expect(edit < 5)
    #expect(follow < 30)
    #expect(text.utf8.count < 6_000_000)
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int(seconds * 1000) }

  /// The processor time of this thread.
  private static func seconds(_ body: () -> Void) -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    body()
    return now() - start
  }
}

extension SourceGroupPolicy {
  /// The same with a group that denies what its rules leave open.
  fileprivate func with(defaultOf id: String) -> SourceGroupPolicy {
    let groups = groups.map { group in
      SourceGroup(
        id: group.id, priority: group.priority, mode: group.mode, sources: group.sources, rules: group.rules,
        defaultAction: group.id == id ? Located(.deny, at: location) : group.defaultAction,
        priorityLocation: group.priorityLocation, location: group.location)
    }
    return SourceGroupPolicy(name: name, defaultPolicy: defaultPolicy, groups: groups, location: location)
  }
}
