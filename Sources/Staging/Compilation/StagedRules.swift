internal import Kubernetes
internal import Nftables
internal import PolicyEngine
internal import PolicyModel

/// Rules of policies as conditions of nftables, for one pod after the other.
struct StagedRules {
  /// A rule, wherever it is used.
  struct Place: Hashable {
    let policy: Int
    let rule: Int
  }

  private let world: World
  private let pods: [StagedPod]
  private let addresses: StagedAddresses
  private let portNames: EngineProfile.PortNameReading
  /// What was computed of the peers of rules.
  private var peers: [Place: AddressSet?] = [:]
  /// What was computed of rules that name ports of the peers alone, and so mean the same for every subject.
  private var groups: [Place: [PeerTraffic]] = [:]

  /// Peers with the traffic that a rule means for them.
  private typealias PeerTraffic = (peers: AddressSet?, traffic: TrafficMatches)

  init(_ world: World, _ pods: StagedPods, _ profile: EngineProfile) {
    self.world = world
    self.pods = pods.pods
    addresses = StagedAddresses(world, pods, profile)
    // Where readings differ the answer is undefined, and not asked for.
    portNames = profile.portNameReadings.first ?? .all
  }

  /// The conditions under which a rule matches connections of a pod in its direction: those of one of the lists.
  mutating func alternatives(
    _ rule: PolicyModel.Rule, at place: Place, for pod: StagedPod, _ parts: inout ProgramParts
  ) -> [[Match]] {
    let own = AddressSet(pod.addresses)
    var subject: AddressSet?
    if let wanted = addresses.addresses(of: rule.subject) {
      let common = own.intersection(wanted)
      if common.isEmpty { return [] }
      if common != own { subject = common }
    }
    let allPeers = peers[place] ?? addresses.addresses(of: rule.peers)
    peers[place] = .some(allPeers)
    if allPeers?.isEmpty == true { return [] }
    let (subjectEnd, peerEnd): (End, End) =
      rule.direction == .egress ? (.source, .destination) : (.destination, .source)
    return trafficOfPeers(rule, at: place, for: pod, allPeers).flatMap { peers, traffic in
      families(subject, peers).flatMap { family -> [[Match]] in
        var matches: [Match] = []
        if let family {
          for (set, end) in [(subject, subjectEnd), (peers, peerEnd)] {
            guard let set else { continue }
            matches.append(parts.match(set.of(family), family, end))
          }
        }
        return traffic.alternatives.map { matches + $0 }
      }
    }
  }

  /// The families in which both sets have an address; one nil when there is no condition on addresses.
  private func families(_ subject: AddressSet?, _ peers: AddressSet?) -> [AddressFamily?] {
    let sets = [subject, peers].compactMap { $0 }
    if sets.isEmpty { return [nil] }
    return AddressFamily.allCases.filter { family in sets.allSatisfy { !$0.of(family).isEmpty } }
  }

  /// Peers with the traffic that the rule means for them. They differ where it names ports: a name stands for
  /// something else on each pod.
  private mutating func trafficOfPeers(
    _ rule: PolicyModel.Rule, at place: Place, for pod: StagedPod, _ peers: AddressSet?
  ) -> [PeerTraffic] {
    if let known = groups[place] { return known }
    let (ownTraffic, peerTraffic) =
      rule.direction == .egress ? (rule.sourcePorts, rule.traffic) : (rule.traffic, rule.sourcePorts)
    let own = names(of: pod.endpoint)
    func traffic(_ other: @escaping TrafficMatches.PortNames) -> TrafficMatches {
      rule.direction == .egress
        ? TrafficMatches(rule.traffic, from: rule.sourcePorts, destination: other, source: own)
        : TrafficMatches(rule.traffic, from: rule.sourcePorts, destination: own, source: other)
    }
    if !peerTraffic.namesPorts { return [(peers, traffic { _, _ in .none })] }
    var numbers: [[[Match]]: Int] = [:]
    var groups: [PeerTraffic] = []
    for other in self.pods {
      let reached = peers.map { $0.intersection(AddressSet(other.addresses)) } ?? AddressSet(other.addresses)
      if reached.isEmpty { continue }
      let meant = traffic(names(of: other.endpoint))
      if meant.alternatives.isEmpty { continue }
      if let number = numbers[meant.alternatives] {
        groups[number].peers = groups[number].peers?.union(reached)
      } else {
        numbers[meant.alternatives] = groups.count
        groups.append((reached, meant))
      }
    }
    if !ownTraffic.namesPorts { self.groups[place] = groups }
    return groups
  }

  private func names(of endpoint: Int) -> TrafficMatches.PortNames {
    { [world, portNames] name, transport in
      PortSet(world.endpoints[endpoint].portNumbers(named: name, transport, portNames))
    }
  }
}
