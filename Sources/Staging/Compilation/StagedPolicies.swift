internal import Kubernetes
package import Nftables
package import PolicyEngine
package import PolicyModel

/// Policies as a program for the router of a staging network, whose forward hook every packet between two pods crosses.
///
/// The program is made from the tiers alone. It shares no code with what decides verdicts in `PolicyEngine`, so that the
/// kernel's answers are a second opinion. A connection is looked up by its source, goes through a chain for each tier
/// that says something about that pod's egress, then by its destination through those of its ingress. The first packet
/// is judged; what belongs to a connection that was let through follows it.
package struct StagedPolicies: Sendable {
  package let program: NftablesProgram
  /// What of the policies the network does not show, by place.
  package let inexpressible: [Inexpressible]

  /// What a sender hears of a denied connection.
  package enum Denial: Sendable, Hashable {
    /// Nothing, as from most engines.
    case silent
    /// A reset or an ICMP error, which tells "denied" from "lost".
    case told
  }

  package init(
    tiers: [Tier], world: World, pods: StagedPods, profile: EngineProfile, denial: Denial = .silent
  ) {
    var stages = StagedTiers(tiers, world, pods, profile)
    var maps = DispatchMaps()
    for pod in pods.pods {
      let ingress = stages.decision(pod, .ingress, allowed: .goto(Self.allowed))
      let egress = stages.decision(pod, .egress, allowed: .goto(Self.inbound))
      maps.add(pod, egress: egress, ingress: ingress)
    }
    program = NftablesProgram(
      table: "staging", counters: [Self.allowed, Self.denied].map { NamedCounter(Self.counter($0)) },
      sets: stages.parts.sets, maps: maps.maps, chains: Self.frame(denial) + stages.parts.chains)
    inexpressible = tiers.flatMap(\.inexpressible).inOrder
  }

  static let inbound: ChainName = "inbound"
  static let allowed: ChainName = "allowed"
  static let denied: ChainName = "denied"

  private static func counter(_ chain: ChainName) -> CounterName { Name(chain) }

  /// The chains that do not depend on policies.
  private static func frame(_ denial: Denial) -> [Chain] {
    let refusal: [Nftables.Rule] =
      switch denial {
      case .silent: [Nftables.Rule([.verdict(.drop)])]
      case .told:
        [
          Nftables.Rule([.transport(6)], [.reject(.tcpReset)]),
          Nftables.Rule([.reject(.administrativelyProhibited)]),
        ]
      }
    return [
      Chain(
        "forward", base: Chain.Base(.forward, policy: .drop),
        [Nftables.Rule([.connection(.oneOf, [.established, .related])], [], .accept)]
          + DispatchMaps.rules(.egress) + [Nftables.Rule([.verdict(.drop)])],
        note: "every packet between two pods, first the policies on the source"),
      Chain(
        inbound, DispatchMaps.rules(.ingress) + [Nftables.Rule([.verdict(.drop)])],
        note: "what the source may send, now the policies on the destination"),
      Chain(allowed, [Nftables.Rule([.countIn(counter(allowed)), .verdict(.accept)])]),
      Chain(denied, [Nftables.Rule([.countIn(counter(denied))])] + refusal),
    ]
  }
}

/// The maps from addresses to what becomes of a pod's connections.
private struct DispatchMaps {
  private var elements: [MapName: [VerdictMap.Element]] = [:]

  mutating func add(_ pod: StagedPod, egress: Nftables.Verdict, ingress: Nftables.Verdict) {
    for address in pod.addresses {
      for (direction, verdict) in [(Direction.egress, egress), (.ingress, ingress)] {
        elements[Self.name(direction, address.family), default: []].append(
          VerdictMap.Element([.address(address)], verdict))
      }
    }
  }

  var maps: [VerdictMap] {
    Direction.allCases.flatMap { direction in
      AddressFamily.allCases.map { family in
        let name = Self.name(direction, family)
        return VerdictMap(name, KeyStorage([.address(family)]), elements[name] ?? [])
      }
    }
  }

  static func rules(_ direction: Direction) -> [Nftables.Rule] {
    AddressFamily.allCases.map { family in
      Nftables.Rule([
        .verdictMap(
          [.address(family, direction == .egress ? .source : .destination)], name(direction, family))
      ])
    }
  }

  private static func name(_ direction: Direction, _ family: AddressFamily) -> MapName {
    switch (direction, family) {
    case (.egress, .ipv4): "sources4"
    case (.egress, .ipv6): "sources6"
    case (.ingress, .ipv4): "destinations4"
    case (.ingress, .ipv6): "destinations6"
    }
  }
}
