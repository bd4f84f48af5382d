package import Kubernetes
package import PolicyEngine
package import PolicyModel

/// A document with the addresses that its sources have at the moment, to be asked about connections.
package struct ResolvedSourceGroups: Sendable {
  /// Where a connection goes.
  package enum Destination: Sendable, Hashable {
    case address(IPAddress)
    /// Whatever addresses answers for this name give.
    case domain(String)
  }

  package let policy: SourceGroupPolicy
  /// The addresses of each source, those that the document itself names among them.
  package let members: [SourceKey: AddressSet]
  private let denied: Set<SourceKey>
  private let unresolved: Set<SourceKey>

  /// - Parameters:
  ///   - members: the addresses of each source that follows a cluster.
  ///   - denied: sources that have been stale for longer than they may, and deny then.
  ///   - unresolved: sources of which nobody can tell the members, and that may have any.
  package init(
    _ policy: SourceGroupPolicy, members: [SourceKey: AddressSet], denied: Set<SourceKey> = [],
    unresolved: Set<SourceKey> = []
  ) {
    self.policy = policy
    self.members = Dictionary(
      policy.sources.map { ($0.key, $0.source.writtenAddresses ?? members[$0.key] ?? .empty) }
    ) { first, _ in first }
    self.denied = denied
    self.unresolved = unresolved
  }

  /// The document with what its sets contain.
  package init(_ policy: SourceGroupPolicy, _ identities: IdentitySnapshot) {
    var members: [SourceKey: AddressSet] = [:]
    var (denied, unresolved): (Set<SourceKey>, Set<SourceKey>) = ([], [])
    for group in policy.groups {
      for (place, source) in (identities[group.id]?.sources ?? []).enumerated() {
        let key = SourceKey(group: group.id, source: place)
        if source.state != .fixed { members[key] = source.addresses }
        if source.state == .denied { denied.insert(key) }
        if source.isUnresolved { unresolved.insert(key) }
      }
    }
    self.init(policy, members: members, denied: denied, unresolved: unresolved)
  }

  /// Whether a sender may open a connection, and why.
  ///
  /// O(rules + sources × log members). A name is not known by its addresses: rules about addresses can make the answer undefined.
  ///
  /// - Parameter zone: where its packets come in; nil for anywhere that no source is bound to.
  package func trace(
    from source: IPAddress, to destination: Destination, _ traffic: FlowTraffic, zone: String? = nil
  ) throws(FlowLineError) -> SourceGroupTrace {
    try Self.check(source, destination, traffic)
    let verdict = verdict(source, destination, traffic, zone)
    let zones = Set(policy.groups.flatMap(\.sources).compactMap(\.zone)).subtracting([zone].compactMap { $0 })
    return SourceGroupTrace(
      source: source, destination: destination, traffic: traffic, zone: zone, verdict: verdict,
      otherZones: zones.sorted().filter { name in
        self.verdict(source, destination, traffic, name).outcome != verdict.outcome
      }, policy: policy, members: members)
  }

  /// The verdict of the engine, in a world with the sender and nobody else: what it need not be asked is who else is a
  /// member.
  private func verdict(
    _ source: IPAddress, _ destination: Destination, _ traffic: FlowTraffic, _ zone: String?
  ) -> Verdict {
    let own = members.mapValues { $0.contains(source) ? AddressSet(source) : .empty }
    let tier = policy.tier(
      SourceConditions(resolving: policy, members: own, denied: denied, unresolved: unresolved))
    let labels = Labels(zone.map { [SourceConditions.zoneLabel: $0] } ?? [:])
    var manifests = ManifestSet()
    manifests.pods = [
      Pod(
        meta: ObjectMeta(name: "sender", namespace: "senders", labels: labels, location: policy.location),
        template: PodTemplate(labels: labels), addresses: .known([source]))
    ]
    let world = World(manifests, policies: tier.policies, policyNamespaces: [])
    let end: FlowEnd =
      switch destination {
      case .address(let address): .address(address)
      case .domain(let name): .domain(name)
      }
    return FlowEvaluator(world: world, tiers: [tier], profile: .sourceGroups)
      .verdict(Flow(from: .endpoint(0), to: end, traffic))
  }

  /// Reports what is no connection.
  private static func check(
    _ source: IPAddress, _ destination: Destination, _ traffic: FlowTraffic
  ) throws(FlowLineError) {
    switch destination {
    case .address(let address) where address.family != source.family:
      throw FlowLineError("\(source) cannot reach \(address): they are of different families")
    case .domain(let name):
      if let problem = NameRules.domainNameProblem(name) {
        throw FlowLineError("the domain name `\(name)` \(problem)")
      }
    case .address: break
    }
    if case .other(let message) = traffic, let family = message.icmpFamily, family != source.family {
      throw FlowLineError(
        "`\(message.text)` is not sent from \(source)",
        fix: "write \(source.family == .ipv4 ? "icmp" : "icmpv6")")
    }
  }
}

extension EngineProfile {
  /// Source groups are about addresses, whoever has them.
  static let sourceGroups = EngineProfile.kubernetes.meaningBlocks()
}
