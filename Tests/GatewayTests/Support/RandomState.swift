import Gateway
import Kubernetes
import PolicyModel
import SourceGroups

@testable import SourceGroupDocuments

/// A random document, with what is known of its sources: who their members are, and how fresh that is.
struct RandomState {
  enum Freshness: CaseIterable {
    case fresh
    case stale
    case neverSynced
  }

  let literal: LiteralDocument
  private(set) var policy: SourceGroupPolicy
  private(set) var members: [SourceKey: [IPAddress]] = [:]
  private(set) var freshness: [Lease: Freshness] = [:]

  /// - Parameter isFresh: whether everything is known, and members are those of the literal document.
  init(_ literal: LiteralDocument, isFresh: Bool = false, _ generator: inout SplitMix64) throws {
    self.literal = literal
    let policy = try Gateways.policy(text: literal.text)
    self.policy = isFresh ? policy : policy.varied(&generator)
    for (key, source) in clusterSources {
      let isKnown = isFresh || Bool.random(using: &generator)
      freshness[Self.need(of: source)] =
        isKnown ? .fresh : Freshness.allCases.randomElement(using: &generator)
      members[key] = literal.members(of: key)
    }
    if !isFresh { for _ in 0..<6 { change(&generator) } }
  }

  /// The same document with something else known of it.
  mutating func change(_ generator: inout SplitMix64) {
    guard let (key, source) = clusterSources.randomElement(using: &generator) else { return }
    if Int.random(in: 0..<3, using: &generator) == 0 {
      freshness[Self.need(of: source)] = Freshness.allCases.randomElement(using: &generator)
    }
    let senders = LiteralDocument.senders.compactMap { IPAddress($0.address.text) }
    members[key] = (0..<Int.random(in: 0...5, using: &generator)).compactMap { _ in
      senders.randomElement(using: &generator)
    }
  }

  /// Another document, with the same known of sources that both have.
  func with(_ literal: LiteralDocument, _ generator: inout SplitMix64) throws -> RandomState {
    var next = try RandomState(literal, &generator)
    for (need, value) in freshness where next.freshness[need] != nil { next.freshness[need] = value }
    for (key, value) in members where next.members[key] != nil { next.members[key] = value }
    return next
  }

  /// The same sources with the rules of others.
  func withOtherRules(_ generator: inout SplitMix64) throws -> RandomState {
    var next = self
    next.policy = policy.withRules(shuffledBy: &generator)
    return next
  }

  var clusterSources: [(key: SourceKey, source: Source)] {
    policy.sources.filter { if case .cluster = $0.source.origin { true } else { false } }
  }

  /// What must be fresh for the source, also where nothing becomes of stale members.
  private static func need(of source: Source) -> Lease {
    guard case .cluster(let integration, let selection) = source.origin else {
      return Lease(integration: "", grace: .zero, kinds: [])
    }
    return Lease(integration: integration, grace: source.staleGrace, kinds: selection.observedKinds)
  }

  // MARK: - What a gateway is told

  func status(of key: SourceKey, _ source: Source) -> SourceStatus {
    switch freshness[Self.need(of: source)] ?? .neverSynced {
    case .fresh: return SourceStatus(.following)
    case .stale:
      switch source.onStale {
      case .clear: return SourceStatus(.cleared)
      case .keep: return SourceStatus(.kept)
      case .deny: return SourceStatus(.denied)
      }
    case .neverSynced:
      let canAllow = policy.identityGroups.first { $0.id == key.group }?.canAllow ?? false
      return SourceStatus(.waiting, isUnresolved: !canAllow || source.onStale != .clear)
    }
  }

  var identities: [SourceKey: SourceIdentities] {
    var identities: [SourceKey: SourceIdentities] = [:]
    for (key, source) in clusterSources {
      let status = status(of: key, source)
      let isEmpty = status.state == .waiting || status.state == .cleared
      identities[key] = SourceIdentities(status, isEmpty ? [] : members[key] ?? [])
    }
    return identities
  }

  var leases: [Lease: Duration] {
    let fresh = clusterSources.compactMap(\.source.lease).filter { freshness[$0] == .fresh }
    return Dictionary(fresh.map { ($0, .seconds(300)) }) { first, _ in first }
  }

  var gateway: Gateway { Gateway(policy, identities, leases: leases, Gateways.settings) }

  /// What makes what a gateway knows of another state of this one.
  func changes(from old: RandomState) -> [SourceChange] {
    let before = old.identities
    return identities.map { key, identities in
      var (joined, left): ([IPAddress], [IPAddress]) = ([], [])
      let known = before[key]?.addresses ?? [:]
      for address in Set(known.keys).union(identities.addresses.keys) {
        let difference = (identities.addresses[address] ?? 0) - (known[address] ?? 0)
        joined += Array(repeating: address, count: max(difference, 0))
        left += Array(repeating: address, count: max(-difference, 0))
      }
      return SourceChange(
        key, status: before[key]?.status == identities.status ? nil : identities.status, joined: joined,
        left: left)
    }
  }

  // MARK: - What is true

  /// The document with its addresses, when some leases have run out.
  func resolved(lapsed: Set<Lease> = []) -> ResolvedSourceGroups {
    var addresses: [SourceKey: AddressSet] = [:]
    var (denied, unresolved): (Set<SourceKey>, Set<SourceKey>) = ([], [])
    for (key, source) in clusterSources {
      let identities = identities[key]
      let isLapsed = source.lease.map(lapsed.contains) ?? false
      let hasLeft = isLapsed && source.onStale == .clear
      addresses[key] = (hasLeft ? [:] : identities?.addresses ?? [:]).keys.reduce(.empty) {
        $0.union(AddressSet($1))
      }
      if identities?.status.state == .denied || isLapsed && source.onStale == .deny { denied.insert(key) }
      if identities?.status.isUnresolved ?? false { unresolved.insert(key) }
    }
    return ResolvedSourceGroups(policy, members: addresses, denied: denied, unresolved: unresolved)
  }
}

extension LiteralDocument {
  fileprivate func members(of key: SourceKey) -> [IPAddress] {
    guard let group = groups.first(where: { $0.id == key.group }), group.sources.indices.contains(key.source)
    else { return Self.senders.compactMap { IPAddress($0.address.text) } }
    return Self.senders.filter { Self.isMember($0, group.sources[key.source].source) }
      .compactMap { IPAddress($0.address.text) }
  }
}

extension SourceGroupPolicy {
  /// Perhaps another source, of whom everybody may be a member.
  private static func others(of group: SourceGroup, _ generator: inout SplitMix64) -> [Source] {
    if Bool.random(using: &generator) { return [] }
    let everyPod = ClusterSelection.pods(PodSelection(namespaces: .none, pods: .none))
    return [
      Source(
        .cluster(integration: "edge", everyPod), onStale: .clear,
        zone: LiteralDocument.zones.randomElement(using: &generator) ?? nil, location: group.location)
    ]
  }

  /// The same with other orders of rules and another default policy.
  fileprivate func withRules(shuffledBy generator: inout SplitMix64) -> SourceGroupPolicy {
    let groups = groups.map { group in
      SourceGroup(
        id: group.id, priority: group.priority, mode: group.mode, sources: group.sources,
        rules: Array(
          group.rules.shuffled(using: &generator).dropLast(Int.random(in: 0...1, using: &generator))),
        defaultAction: Bool.random(using: &generator) ? group.defaultAction : nil,
        priorityLocation: group.priorityLocation, location: group.location)
    }
    let action = GroupAction.allCases.randomElement(using: &generator) ?? .deny
    return SourceGroupPolicy(
      name: name, defaultPolicy: Located(action, at: location), groups: groups, location: location)
  }

  /// The same with sources of other clusters, that do other things when they are stale.
  fileprivate func varied(_ generator: inout SplitMix64) -> SourceGroupPolicy {
    let groups = groups.map { group in
      SourceGroup(
        id: group.id, priority: group.priority, mode: group.mode,
        sources: group.sources.map { source in
          guard case .cluster(_, let selection) = source.origin else { return source }
          let action = StaleAction.allCases.randomElement(using: &generator) ?? .clear
          let name = Bool.random(using: &generator) ? "prod" : "edge"
          return Source(
            .cluster(integration: name, selection),
            onStale: group.mode == .audit && action == .deny ? .keep : action,
            staleGrace: source.staleGrace, zone: source.zone, location: source.location)
        } + Self.others(of: group, &generator),
        rules: group.rules, defaultAction: group.defaultAction, priorityLocation: group.priorityLocation,
        location: group.location)
    }
    return SourceGroupPolicy(name: name, defaultPolicy: defaultPolicy, groups: groups, location: location)
  }
}
