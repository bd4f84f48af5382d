internal import Kubernetes
package import PolicyModel

extension SourceGroupPolicy {
  /// Destinations that rules are lowered for.
  enum Scope {
    case everywhere
    /// Addresses of one family that no sender has, and names, from senders that carry marks of what their
    /// connections are like.
    case symbolic(SymbolicSources)
  }

  /// The document as one ordered tier about what pods of a world send: a policy for each group, and one for the default
  /// policy. Before them stand denials for stale sources that deny.
  ///
  /// What is only audited becomes ``RuleAction/log``: noted, and the next rule is asked.
  package func tier(_ sources: SourceConditions) -> Tier { tier(sources, for: .everywhere) }

  func tier(_ sources: SourceConditions, for scope: Scope) -> Tier {
    let denials = groups.compactMap { staleDenial($0, sources) }
    let policies = groups.enumerated().map { index, group in
      let rules = group.rules.flatMap { lower($0, group, sources, scope) }
      let last = group.defaultAction.map { action in
        Rule(
          direction: .egress, action: Self.action(action.value, group.mode), path: "defaultAction",
          subject: sources.members(of: group, for: action.value), peers: scope.anywhere(at: action.location),
          traffic: .any,
          location: action.location)
      }
      return policy(
        .group(group.id), rules + (last.map { [$0] } ?? []), rank: index + 1, at: group.location)
    }
    let last = Rule(
      direction: .egress, action: Self.action(defaultPolicy.value, .enforce), path: "defaultPolicy",
      peers: scope.anywhere(at: defaultPolicy.location), traffic: .any, location: defaultPolicy.location)
    let defaults = policy(.document(name), [last], rank: groups.count + 1, at: defaultPolicy.location)
    return Tier(
      name: "source groups", combination: .firstMatch(.isUndefined), policies: denials + policies + [defaults]
    )
  }

  private func policy(
    _ identity: PolicyIdentity, _ rules: [Rule], rank: Int, at location: SourceLocation
  ) -> Policy {
    Policy(
      identity: identity, location: location,
      subject: .endpoints(EndpointSelector(namespaces: .all, pods: .everything)), subjectLocation: location,
      isolates: [], rules: rules, rank: rank)
  }

  /// What denies all that members of stale sources send; nil when the group has none of these, or is only audited.
  private func staleDenial(_ group: SourceGroup, _ sources: SourceConditions) -> Policy? {
    if group.mode == .audit { return nil }
    let rules = group.sources.indices.compactMap { index -> Rule? in
      let key = SourceKey(group: group.id, source: index)
      guard sources.denied.contains(key) else { return nil }
      let location = group.sources[index].location
      return Rule(
        direction: .egress, action: .deny, path: "sources[\(index)] onStale",
        subject: .anyOf([Peer(sources[key], location: location)]), peers: .anyone, traffic: .any,
        location: location)
    }
    return rules.isEmpty ? nil : policy(.group(group.id), rules, rank: 0, at: group.location)
  }

  /// One rule, or two where marks of senders say which addresses they connect to, and names do not.
  private func lower(
    _ rule: SourceGroupRule, _ group: SourceGroup, _ sources: SourceConditions, _ scope: Scope
  ) -> [Rule] {
    let members = sources.members(of: group, for: rule.action)
    func lowered(_ subject: Peers, _ peers: Peers, _ sourcePorts: Traffic = .any) -> Rule {
      Rule(
        direction: .egress, action: Self.action(rule.action, rule.mode), path: "rule \(rule.id)",
        subject: subject, peers: peers, traffic: rule.loweredTraffic, sourcePorts: sourcePorts,
        location: rule.location)
    }
    switch scope {
    case .everywhere: return [lowered(members, scope.peers(of: rule), rule.loweredSourcePorts)]
    case .symbolic(let symbolic):
      let marked = members.and(symbolic.marks(of: rule, destinations: nil))
      guard symbolic.destinations != nil, case .anyOf(_, let names) = rule.destinations else {
        return [lowered(marked, scope.peers(of: rule))]
      }
      let toAddresses = members.and(symbolic.marks(of: rule, destinations: rule.destinations.addresses))
      return [
        lowered(toAddresses, scope.anywhere(at: rule.location)),
        lowered(marked, .anyOf(names.map { Peer(.domain($0.value), location: $0.location) })),
      ]
    }
  }

  private static func action(_ action: GroupAction, _ mode: GroupMode) -> RuleAction {
    switch (mode, action) {
    case (.audit, _): .log
    case (.enforce, .allow): .allow
    case (.enforce, .deny): .deny
    }
  }
}

extension PolicyIdentity {
  fileprivate static func group(_ id: String) -> PolicyIdentity {
    PolicyIdentity(kind: "SourceGroup", name: id)
  }

  fileprivate static func document(_ name: String) -> PolicyIdentity {
    PolicyIdentity(kind: SourceGroupPolicy.kind, name: name)
  }
}

extension SourceConditions {
  /// Whom an action of a group is for: the members of any of its sources.
  fileprivate func members(of group: SourceGroup, for action: GroupAction) -> Peers {
    .anyOf(
      group.sources.enumerated().map { index, source in
        Peer(self[SourceKey(group: group.id, source: index), action], location: source.location)
      })
  }
}

extension Peers {
  /// Those of them that carry marks. Labels and marks are one condition: marks of other members than these are not
  /// told apart then.
  fileprivate func and(_ marks: LabelExpression) -> Peers {
    guard case .anyOf(let peers) = self, !marks.isEverything else { return self }
    return .anyOf(
      peers.map { peer in
        guard case .endpoints(let selector) = peer.kind else { return peer }
        let marked = EndpointSelector(namespaces: selector.namespaces, pods: .all([selector.pods, marks]))
        return Peer(.endpoints(marked), location: peer.location)
      })
  }
}

extension SourceGroupPolicy.Scope {
  fileprivate func anywhere(at location: SourceLocation) -> Peers {
    switch self {
    case .everywhere: .anyone
    case .symbolic: .anyOf([Peer(.outside, location: location)])
    }
  }

  fileprivate func peers(of rule: SourceGroupRule) -> Peers {
    guard case .anyOf(let blocks, let names) = rule.destinations else { return anywhere(at: rule.location) }
    let addresses = blocks.compactMap { block -> Peer? in
      let condition = PeerCondition.addresses(AddressBlock(cidr: block.value))
      switch self {
      case .everywhere: return Peer(condition, location: block.location)
      case .symbolic(let symbolic):
        return block.value.family == symbolic.family
          ? Peer(.all([condition, .outside]), location: block.location) : nil
      }
    }
    return .anyOf(addresses + names.map { Peer(.domain($0.value), location: $0.location) })
  }
}

extension SourceGroupRule {
  fileprivate var loweredTraffic: Traffic {
    var matches: [TrafficMatch] = []
    for entry in traffic {
      let location = entry.location
      switch entry.value {
      case .any: return .any
      case .ports(let transport, let range):
        matches.append(.ports(PortMatch(transport, range.map { .range($0) } ?? .all, location: location)))
      case .icmp(let family, let type, let code):
        matches.append(.icmp(ICMPMatch(family, type: type, code: code, location: location)))
      case .other(let number): matches.append(.protocols(OtherProtocols([number], location: location)))
      }
    }
    return .anyOf(matches)
  }
}

extension SourceGroupRule {
  /// Its source ports for each protocol that it is about.
  fileprivate var loweredSourcePorts: Traffic {
    if sourcePorts.isEmpty { return .any }
    let transports = Set(traffic.compactMap(\.value.transport))
    return .anyOf(
      TransportProtocol.allCases.filter(transports.contains).flatMap { transport in
        sourcePorts.map { .ports(PortMatch(transport, .range($0.value), location: $0.location)) }
      })
  }
}

extension RuleTraffic {
  fileprivate var transport: TransportProtocol? {
    if case .ports(let transport, _) = self { transport } else { nil }
  }
}
