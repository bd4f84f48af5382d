internal import Dialects
internal import Kubernetes
internal import PolicyModel
package import Review

extension Intent {
  /// The intent that existing policies have: one ``Policy`` for each of theirs, and namespaces whose labels are known.
  ///
  /// cdk8s-plus selects pods by a label of its own (`cdk8s.io/metadata.addr`); that is a label like any other.
  ///
  /// - Throws: everything in the policies that an intent cannot say, with its place.
  package init(importing translation: Translation) throws(Problems) {
    var importing = PolicyImport()
    for policy in translation.plain { importing.add(policy) }
    let losses = translation.readingLosses.filter { !$0.effect.isEmpty }.map {
      Diagnostic(.init(rawValue: $0.name.rawValue), .error, $0.message, at: $0.location)
    }
    let problems = importing.problems + losses + translation.problems.filter { $0.severity == .error }
    if !problems.isEmpty { throw Problems(problems) }
    let namespaces = translation.namespaces.map { namespace in
      IntentItem.namespace(
        KnownNamespace(
          namespace.name,
          labels: Dictionary(
            namespace.labels.entries.filter { $0.key != Namespace.nameLabel }.map { ($0.key, $0.value) }
          ) { first, _ in first }))
    }
    self.init(namespaces + importing.items, for: .unknown, CallSite("imported", 1))
  }
}

/// Turns plain policies into those of an intent.
private struct PolicyImport {
  private(set) var items: [IntentItem] = []
  private(set) var problems: [Diagnostic] = []
  /// Names of policies, with their namespaces.
  private var names: Set<String> = []

  mutating func add(_ policy: PlainPolicy) {
    guard let subject = pods(policy.subject, policy.location) else { return }
    let stage: Policy.Stage =
      switch policy.stage {
      case .admin: .admin(priority: policy.rank)
      case .normal: .normal
      case .baseline: .baseline(priority: policy.rank)
      }
    let rules = policy.rules.compactMap { rule($0) }
    var directions: Directions = []
    for direction in policy.isolates { directions.insert(direction == .ingress ? .ingress : .egress) }
    items.append(
      .policy(
        Policy(
          name(of: policy, subject), subject, policy.stage == .normal ? directions : nil, stage, rules,
          CallSite(policy.location))))
  }

  /// Policies of several alternatives become several, each with a name of its own.
  private mutating func name(of policy: PlainPolicy, _ subject: Pods) -> String {
    var name = policy.identity.name
    var number = 2
    while !names.insert("\(subject.namespaces) \(name)").inserted {
      name = "\(policy.identity.name)-\(number)"
      number += 1
    }
    return name
  }

  private mutating func report(_ what: String, _ location: SourceLocation) {
    problems.append(Diagnostic(.invalidValue, .error, "an intent cannot say \(what)", at: location))
  }

  private mutating func pods(_ selector: PlainSelector, _ location: SourceLocation) -> Pods? {
    guard let labels = requirements(selector.pods), selector.serviceAccountLabels.isEmpty else {
      report("this selector: \(selector)", location)
      return nil
    }
    let namespaces: Namespaces
    switch selector.namespaces {
    case .named(let names): namespaces = .named(names)
    case .matching(let terms):
      guard let labels = requirements(terms) else {
        report("these namespaces: \(selector)", location)
        return nil
      }
      namespaces = terms.isEmpty ? .all : .labelled(labels)
    }
    var account: String?
    for test in selector.serviceAccounts {
      guard case .isIn(let names) = test.test, !test.isNegated, names.count == 1, account == nil else {
        report("these service accounts: \(selector)", location)
        return nil
      }
      account = names[0]
    }
    return Pods(labels, namespaces, account, CallSite(location))
  }

  private func requirements(_ terms: [LabelTerm]) -> Selector? {
    var found: [Selector.Requirement] = []
    for term in terms {
      if term.test.isNegated { return nil }
      switch term.test.test {
      case .isIn(let values): found.append(.isIn(term.key, values.sorted()))
      case .isNotIn(let values): found.append(.isNotIn(term.key, values.sorted()))
      case .exists: found.append(.exists(term.key))
      case .doesNotExist: found.append(.doesNotExist(term.key))
      case .contains, .startsWith, .endsWith: return nil
      }
    }
    return Selector(found)
  }

  private mutating func rule(_ rule: PlainRule) -> Rule? {
    var peers: [Peer] = []
    switch rule.peers {
    case .anyone: peers = [.anyone]
    case .anyOf(let plain):
      for peer in plain {
        if let own = self.peer(peer, rule.location) { peers.append(own) }
      }
    }
    guard let ports = PortSet(rule.traffic) else {
      report("these ports: \(rule.traffic)", rule.location)
      return nil
    }
    return Rule(
      direction: rule.direction, action: rule.action, peers: peers, ports: ports,
      site: CallSite(rule.location))
  }

  private mutating func peer(_ peer: PlainPeer, _ location: SourceLocation) -> Peer? {
    switch peer {
    case .pods(let selector): return pods(selector, location).map { .pods($0) }
    case .block(let block, let holes): return .cidr("\(block)", except: holes.map(\.description))
    case .outside: return .world
    case .apiServer: return .apiServer
    case .entity(let name): return .entity(name)
    case .domain(let pattern):
      if let text = pattern.networkPolicyAPI { return .domain(text) }
    case .nodes(let terms, let placement):
      switch placement {
      case .anywhere: if let labels = requirements(terms) { return .nodes(labels) }
      case .own: if terms.isEmpty { return .host }
      case .other: break
      }
    }
    report("this peer: \(peer)", location)
    return nil
  }
}

extension PortSet {
  /// Nil for messages but some, which it cannot say.
  fileprivate init?(_ traffic: PlainTraffic) {
    if traffic.isAny {
      self = .any
      return
    }
    var entries: [Entry] = []
    for transport in TransportProtocol.allCases {
      let ports = traffic.ports[transport]
      entries +=
        ports.isAll
        ? [.all(Transport(transport))]
        : ports.ranges.map { .range(Transport(transport), $0.lowerBound, $0.upperBound) }
    }
    entries += traffic.names.map { .named($0.name, Transport($0.transport)) }
    for message in traffic.messages {
      if message.isNegated { return nil }
      entries.append(.icmp(message.family, type: message.type, code: message.code))
    }
    for number in traffic.protocols {
      switch number {
      case 1: entries.append(.icmp(.ipv4, type: nil, code: nil))
      case 58: entries.append(.icmp(.ipv6, type: nil, code: nil))
      default: entries.append(.other(number))
      }
    }
    self.init(entries)
  }
}
