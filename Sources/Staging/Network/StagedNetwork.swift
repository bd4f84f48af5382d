internal import Kubernetes
internal import Netlink
package import Nftables
package import PolicyEngine

/// Pods as network namespaces around a router that enforces policies, and real packets between them.
package final class StagedNetwork: Sendable {
  package let pods: StagedPods
  private let lab: Lab

  /// Makes the namespaces and puts the program into force. The network is gone with this value.
  ///
  /// - Throws: when the system lets nobody make namespaces, or nft does not take the program.
  package init(_ pods: StagedPods, in world: World, enforcing program: NftablesProgram) throws(LabError) {
    self.pods = pods
    lab = try Lab(
      pods.pods.map { pod in
        let name = world.qualifiedName(world.endpoints[pod.endpoint])
        return Endpoint("\(name)[\(pod.replica)]", pod.addresses.map(NetworkAddress.init))
      })
    for text in NftablesTransaction(replacing: nil, with: program).texts(ofAtMost: Self.longestText) {
      try lab.load(ruleset: text)
    }
  }

  /// What nft makes of so much text is less than user namespaces may send at once, often 200 kB.
  private static let longestText = 20_000

  /// Whether packets that open these connections arrive; nil for traffic that no probe carries: messages of ICMP other
  /// than echo requests, and protocols without ports.
  package func answers(_ flows: [StagedFlow]) throws(LabError) -> [Bool?] {
    let probes = flows.map(probe)
    var deliveries = try lab.probe(probes.compactMap { $0 }).makeIterator()
    return probes.map { $0 == nil ? nil : deliveries.next().map { $0 == .delivered } }
  }

  private func probe(_ flow: StagedFlow) -> Probe? {
    let transport: Probe.Transport
    switch flow.traffic {
    case .port(.tcp, let port): transport = .tcp(port)
    case .port(.udp, let port): transport = .udp(port)
    case .port(.sctp, let port): transport = .sctp(port)
    case .other(let traffic):
      let echo = OtherTraffic.Message(type: flow.family == .ipv4 ? 8 : 128)
      guard traffic.icmpFamily == flow.family, traffic.message == echo else { return nil }
      transport = .echo
    }
    return lab.probe(
      from: flow.source, to: flow.destination, transport, isIPv4: flow.family == .ipv4)
  }
}

extension NetworkAddress {
  fileprivate init(_ address: IPAddress) {
    self =
      address.family == .ipv4
      ? .v4(UInt32(truncatingIfNeeded: address.bits)) : .v6(address.bits)
  }
}
