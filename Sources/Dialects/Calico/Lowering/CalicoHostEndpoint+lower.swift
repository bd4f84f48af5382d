package import Kubernetes
package import PolicyModel

/// What holds for host endpoints whatever policies say (SEMANTICS.md §3.5).
extension CalicoLowering {
  /// What Felix lets through to and from hosts before it asks any policy, so that nobody is locked out: the
  /// defaults of `failsafeInboundHostPorts` and `failsafeOutboundHostPorts`.
  func failsafes() -> Tier {
    let common: [(TransportProtocol, UInt16)] = [
      (.tcp, 179), (.tcp, 2379), (.tcp, 2380), (.tcp, 5473), (.tcp, 6443), (.tcp, 6666), (.tcp, 6667),
    ]
    return Tier(
      name: "failsafe", combination: .firstMatch(.denyWins),
      policies: ranked { endpoint in
        func rule(_ direction: Direction, _ ports: [(TransportProtocol, UInt16)], _ path: String) -> Rule {
          Rule(
            direction: direction, path: path, peers: .anyone,
            traffic: .anyOf(
              ports.map { .ports(PortMatch($0.0, .range($0.1...$0.1), location: endpoint.meta.location)) }),
            location: endpoint.meta.location)
        }
        return (
          [],
          [
            rule(.ingress, [(.tcp, 22), (.udp, 68)] + common, "failsafeInboundHostPorts"),
            rule(.egress, [(.udp, 53), (.udp, 67)] + common, "failsafeOutboundHostPorts"),
          ]
        )
      })
  }

  /// What no tier decides is a matter of a host endpoint's profiles, and denied without any.
  func profiles() -> Tier {
    Tier(
      name: "profiles", combination: .firstMatch(.denyWins),
      policies: ranked { endpoint in
        (endpoint.profiles.contains(where: Self.allowsEverything) ? [] : [.ingress, .egress], [])
      }.filter { !$0.isolates.isEmpty })
  }

  /// Profiles that Calico makes itself: that of automatic host endpoints, and those of namespaces.
  private static func allowsEverything(_ profile: String) -> Bool {
    profile == "projectcalico-default-allow" || profile.hasPrefix("kns.")
  }

  private func ranked(
    _ content: (CalicoHostEndpoint) -> (isolates: Set<Direction>, rules: [Rule])
  ) -> [Policy] {
    hostEndpoints.enumerated().map { rank, endpoint in
      let (isolates, rules) = content(endpoint)
      return Policy(
        identity: PolicyIdentity(kind: CalicoKind.hostEndpoint.rawValue, name: endpoint.meta.name),
        location: endpoint.meta.location, subject: .nodes(.named([endpoint.node])),
        subjectLocation: endpoint.meta.location, isolates: isolates, rules: rules, rank: rank)
    }
  }

  /// Warns about what answers about hosts do not tell apart.
  mutating func warnOfHostEndpoints() {
    var first: [String: CalicoHostEndpoint] = [:]
    for endpoint in hostEndpoints {
      let place = endpoint.meta.location
      if let other = first[endpoint.node] {
        report(
          .notEvaluated,
          "node \(endpoint.node) has several host endpoints, such as \(other.meta.name): answers do not tell its interfaces apart",
          at: place)
      } else {
        first[endpoint.node] = endpoint
        if case .named(let interface) = endpoint.interface {
          report(
            .notEvaluated,
            "this host endpoint is \(interface) of node \(endpoint.node): answers take all of the node's traffic to pass there",
            at: place)
        }
      }
      if let unknown = endpoint.profiles.first(where: { !Self.allowsEverything($0) }) {
        report(
          .notEvaluated,
          "the rules of profile \(unknown) are not evaluated: it is taken to allow nothing", at: place)
      }
    }
  }

  /// Warns about what a policy does to packets that flows do not stand for.
  mutating func warn(of stage: CalicoPolicy.PacketStage, at location: SourceLocation) {
    switch stage {
    case .tracked(applyOnForward: false): break
    case .tracked(applyOnForward: true):
      report(
        .notEvaluated,
        "`applyOnForward` is not evaluated: answers about what hosts forward, such as a pod's traffic, are without it",
        at: location)
    case .doNotTrack:
      report(
        .notEvaluated,
        "`doNotTrack` is evaluated for the first packet to or from hosts only: not for replies, which need rules too, and not for what hosts forward",
        at: location)
    case .preDNAT:
      report(
        .notEvaluated,
        "`preDNAT` is evaluated for traffic from elsewhere to hosts only: not for their own pods, node ports, Services and what hosts forward",
        at: location)
    }
  }
}

extension PolicySet {
  /// The nodes that policies of an engine speak about, with the addresses they say.
  package func nodes(_ profile: EngineProfile) -> [ClusterNode] {
    guard profile.enforcer == .calico else { return [] }
    return calico.compactMap { object in
      guard case .hostEndpoint(let endpoint) = object else { return nil }
      return ClusterNode(name: endpoint.node, addresses: endpoint.expectedIPs)
    }
  }
}
