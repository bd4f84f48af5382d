internal import Kubernetes
internal import PolicyModel

extension [PlainPolicy] {
  /// The same policies with as little as says it, in an order that does not depend on that of the input.
  ///
  /// In the normal stage rules are one for each traffic; in the ordered ones they keep their order.
  var tidied: [PlainPolicy] {
    let normalised = compactMap(\.normalised)
    var normal: [Group: PlainPolicy] = [:]
    var ordered: [PlainPolicy] = []
    for policy in normalised {
      guard policy.stage == .normal else {
        ordered.append(policy)
        continue
      }
      let group = Group(identity: policy.identity, subject: policy.subject)
      normal[group] = normal[group].map { $0.merged(with: policy) } ?? policy
    }
    let tidy = normal.values.map { $0.with(rules: PlainRule.grouped($0.rules)) }
    return (tidy + ordered.withoutRepetition).sorted { $0.isBefore($1) }
  }

  private var withoutRepetition: [PlainPolicy] {
    var seen: Set<String> = []
    return filter { seen.insert($0.sortText).inserted }
  }

  private struct Group: Hashable {
    let identity: PolicyIdentity
    let subject: PlainSelector
  }
}

extension PlainPolicy {
  /// Without rules that match nothing; nil when it selects nobody or says nothing.
  fileprivate var normalised: PlainPolicy? {
    guard let subject = subject.normalised else { return nil }
    let isNormal = stage == .normal
    let policy = with(
      subject: subject, isolates: isNormal ? isolates : [],
      rules: rules.compactMap { isNormal && $0.action == .pass ? nil : $0.normalised })
    return policy.directions.isEmpty ? nil : policy
  }

  fileprivate func merged(with other: PlainPolicy) -> PlainPolicy {
    PlainPolicy(
      identity: identity, stage: stage, rank: rank, subject: subject,
      isolates: isolates.union(other.isolates),
      rules: rules + other.rules, location: Swift.min(location, other.location))
  }

  fileprivate func isBefore(_ other: PlainPolicy) -> Bool {
    if stage != other.stage { return stage.place < other.stage.place }
    if stage != .normal, rank != other.rank { return rank < other.rank }
    if identity != other.identity { return identity < other.identity }
    // What is said of more pods comes first.
    if subject.weight != other.subject.weight { return subject.weight < other.subject.weight }
    return sortText < other.sortText
  }

  fileprivate var sortText: String {
    let parts = rules.map { "\($0.direction) \($0.action) \($0.peers.sortKey) \($0.traffic.sortKey)" }
    let head = "\(stage) \(rank) \(identity) \(subject) \(directions.filter(isolates.contains))"
    return ([head] + parts).joined(separator: "\n")
  }
}

extension PlainPolicy.Stage {
  fileprivate var place: Int {
    switch self {
    case .admin: 0
    case .normal: 1
    case .baseline: 2
    }
  }
}

extension PlainRule {
  /// Peers without repetition, sorted; nil when nothing can match.
  fileprivate var normalised: PlainRule? {
    if traffic.isEmpty || action == .log { return nil }
    guard case .anyOf(let peers) = peers else { return self }
    let ends = Self.sorted(
      peers.compactMap { peer -> PlainPeer? in
        switch peer {
        case .pods(let selector): selector.normalised.map { .pods($0) }
        case .nodes(let terms, let placement): terms.and([]).map { .nodes($0, placement) }
        case .block: peer.canonical
        case .domain, .outside, .apiServer, .entity: peer
        }
      })
    return ends.isEmpty ? nil : with(peers: .anyOf(ends))
  }

  static func sorted(_ peers: some Sequence<PlainPeer>) -> [PlainPeer] {
    let distinct = Set(peers)
    if distinct.count < 2 { return Array(distinct) }
    return distinct.map { ($0.sortKey, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private struct Key: Hashable {
    let direction: Direction
    let action: RuleAction
    let peer: PlainPeer?
  }

  private struct TrafficKey: Hashable {
    let direction: Direction
    let action: RuleAction
    let isAnyone: Bool
    let traffic: PlainTraffic
  }

  /// Rules whose order has no meaning, as one for each traffic; without what a rule about anyone says too.
  static func grouped(_ rules: [PlainRule]) -> [PlainRule] {
    var traffic: [Key: PlainTraffic] = [:]
    var places: [Key: SourceLocation] = [:]
    for rule in rules {
      let peers: [PlainPeer?] = rule.peers.isAnyone ? [nil] : rule.peers.simple
      for peer in peers {
        let key = Key(direction: rule.direction, action: rule.action, peer: peer)
        traffic[key] = traffic[key]?.union(rule.traffic) ?? rule.traffic
        places[key] = min(places[key] ?? rule.location, rule.location)
      }
    }
    var groups: [TrafficKey: (peers: [PlainPeer], location: SourceLocation)] = [:]
    for (key, own) in traffic {
      let ofAnyone = traffic[Key(direction: key.direction, action: key.action, peer: nil)]
      if key.peer != nil, ofAnyone?.contains(own) ?? false { continue }
      let group = TrafficKey(
        direction: key.direction, action: key.action, isAnyone: key.peer == nil, traffic: own)
      let place = places[key] ?? .nowhere
      let known = groups[group]
      groups[group] = (
        (known?.peers ?? []) + (key.peer.map { [$0] } ?? []), min(known?.location ?? place, place)
      )
    }
    let found = groups.map { key, group in
      PlainRule(
        direction: key.direction, action: key.action,
        peers: key.isAnyone ? .anyone : .anyOf(sorted(group.peers)), traffic: key.traffic,
        location: group.location)
    }
    if found.count < 2 { return found }
    return found.map { Placed(rule: $0, traffic: $0.traffic.sortKey, peers: $0.peers.sortKey) }
      .sorted { $0.isBefore($1) }.map(\.rule)
  }

  /// A rule with the texts that it is sorted by.
  private struct Placed {
    let rule: PlainRule
    let traffic: String
    let peers: String

    func isBefore(_ other: Placed) -> Bool {
      if rule.direction != other.rule.direction {
        return rule.direction.rawValue < other.rule.direction.rawValue
      }
      if rule.action != other.rule.action { return rule.action.rawValue > other.rule.action.rawValue }
      return (rule.peers.isAnyone ? 0 : 1, traffic, peers)
        < (other.rule.peers.isAnyone ? 0 : 1, other.traffic, other.peers)
    }
  }
}
