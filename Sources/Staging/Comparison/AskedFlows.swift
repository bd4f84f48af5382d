internal import Kubernetes
package import PolicyEngine
package import PolicyModel

/// The flows to ask so that everything is asked that policies tell apart: for each pair of pods and each family that both
/// have, every port that a rule on either of them mentions with its neighbours and one that none mentions, in each
/// protocol; messages of ICMP and other protocols in the same way.
///
/// A pod does not ask itself: what it sends to its own address never leaves it.
package struct AskedFlows: Sendable {
  private let world: World
  private let pods: StagedPods
  /// What egress rules on each pod mention.
  private let egress: [TrafficMentions]
  private let ingress: [TrafficMentions]

  /// O(pods × policies).
  package init(tiers: [Tier], world: World, pods: StagedPods) {
    self.world = world
    self.pods = pods
    let policies = tiers.flatMap(\.policies)
    func mentions(_ direction: Direction) -> [TrafficMentions] {
      var ofEndpoints: [Int: TrafficMentions] = [:]
      return pods.pods.map { pod in
        if let known = ofEndpoints[pod.endpoint] { return known }
        var mentions = TrafficMentions()
        for policy in policies
        where policy.subject.endpoints?.selects(world.endpoints[pod.endpoint], in: world) == true {
          for rule in policy.rules where rule.direction == direction { mentions.add(rule) }
        }
        ofEndpoints[pod.endpoint] = mentions
        return mentions
      }
    }
    egress = mentions(.egress)
    ingress = mentions(.ingress)
  }

  /// Everything to ask of two pods, which are indices into ``StagedPods/pods``.
  package func flows(from source: Int, to destination: Int) -> [StagedFlow] {
    if source == destination { return [] }
    var mentions = egress[source]
    mentions.formUnion(ingress[destination])
    mentions.resolveNames(world.endpoints[pods.pods[destination].endpoint])
    return AddressFamily.allCases.flatMap { family -> [StagedFlow] in
      guard pods.pods[source].address(family) != nil, pods.pods[destination].address(family) != nil else {
        return []
      }
      return mentions.traffic(family).map { StagedFlow(from: source, to: destination, family, $0) }
    }
  }

  /// Calls `body` with the flows of one source after the other, in the order of destinations.
  package func forEachSource(_ body: (Int, [StagedFlow]) throws -> Void) rethrows {
    for source in pods.pods.indices {
      try body(source, pods.pods.indices.flatMap { flows(from: source, to: $0) })
    }
  }
}
