/// `policy.networking.k8s.io`, straight from the text of SEMANTICS §2.
extension ReferenceEvaluator {
  /// One direction of a connection as its subject's policies see it.
  struct Half {
    var direction: ReferencePolicy.Direction
    var subject: PodFacts
    var peer: Party
    /// The peer's address.
    var address: ReferenceAddress?
    var reading: Reading

    func address(seenByBlock: Bool) -> ReferenceAddress? {
      guard seenByBlock, direction == .egress, let service = reading.serviceSeenByBlocks else {
        return address
      }
      return service.address
    }

    func port(seenByBlock: Bool) -> Int {
      guard seenByBlock, direction == .egress, let service = reading.serviceSeenByBlocks else {
        return reading.port
      }
      return service.port
    }
  }

  /// What a tier of the network policy API comes to.
  private enum Decision: Hashable {
    case accept, deny
    /// No rule matched, or a Pass rule left the tier.
    case next
  }

  // MARK: - §2.2 Evaluation

  /// Admin, then NetworkPolicy, then Baseline, then allow. Two answers where policies of one priority disagree,
  /// because their order is undefined.
  ///
  /// - Parameter networkPolicy: what NetworkPolicies come to; nil if none isolates the subject in the direction.
  func outcomes(of half: Half, networkPolicy: Bool?) -> Set<Bool> {
    var outcomes: Set<Bool> = []
    for admin in decisions(of: .admin, half) {
      switch admin {
      case .accept: outcomes.insert(true)
      case .deny: outcomes.insert(false)
      case .next:
        if let networkPolicy {
          outcomes.insert(networkPolicy)
        } else {
          // In Baseline a Pass is the default: allow.
          for baseline in decisions(of: .baseline, half) { outcomes.insert(baseline != .deny) }
        }
      }
    }
    return outcomes
  }

  /// By priority; of one priority every policy that matches may be the first.
  private func decisions(of tier: ReferenceClusterPolicy.Tier, _ half: Half) -> Set<Decision> {
    let policies = world.clusterPolicies.filter { $0.tier == tier && selects($0.subject, half.subject) }
    for priority in Set(policies.map(\.priority)).sorted() {
      let found = policies.filter { $0.priority == priority }.compactMap { decision(of: $0, half) }
      if !found.isEmpty { return Set(found) }
    }
    return [.next]
  }

  /// The first rule that matches decides.
  private func decision(of policy: ReferenceClusterPolicy, _ half: Half) -> Decision? {
    for rule in policy.rules(half.direction) {
      // A peer that nobody can read: Accept matches nothing by it, anything else denies everything.
      if rule.action != .accept, rule.peers.contains(where: \.isUnreadable) { return .deny }
      let isMatch = rule.peers.contains { peer in
        let isBlock = if case .networks = peer { true } else { false }
        return matches(peer, half)
          && matches(rule.protocols, half.reading, port: half.port(seenByBlock: isBlock))
      }
      if !isMatch { continue }
      switch rule.action {
      case .accept: return .accept
      case .deny: return .deny
      case .pass: return .next
      }
    }
    return nil
  }

  // MARK: - §2.1, §2.2 Matching

  /// Never a hostNetwork pod, neither as subject nor as peer.
  func selects(_ pods: ReferenceClusterPolicy.Pods, _ facts: PodFacts) -> Bool {
    if facts.isHostNetwork || pods.isUnreadable { return false }
    return Self.matches(pods.namespaceSelector ?? ReferencePolicy.Selector(), facts.namespaceLabels)
      && Self.matches(pods.podSelector ?? ReferencePolicy.Selector(), facts.labels)
  }

  func matches(_ peer: ReferenceClusterPolicy.Peer, _ half: Half) -> Bool {
    if peer.isUnreadable { return false }
    switch peer {
    case .pods(let pods):
      guard half.peer.role == .pod, let facts = half.peer.facts, facts.mayBePeer else { return false }
      return selects(pods, facts)
    // Any destination in the range, pods and nodes included.
    case .networks(let blocks):
      return blocks.contains { half.address(seenByBlock: true).map($0.contains) ?? false }
    // The addresses of nodes, which are those of hostNetwork pods too.
    case .nodes(let selector):
      guard half.peer.facts?.mayBePeer != false, let labels = half.peer.nodeLabels else { return false }
      return Self.matches(selector, labels)
    case .domainNames(let patterns):
      guard let name = half.peer.domainName else { return false }
      return patterns.contains { Self.matches(domainName: $0, name) }
    }
  }

  /// `*.x` is one or more labels below x, and not x itself. Letter case and a final dot mean nothing.
  static func matches(domainName pattern: String, _ name: String) -> Bool {
    func labels(_ text: String) -> [Substring] { text.lowercased().split(separator: ".") }
    let (wanted, actual) = (labels(pattern), labels(name))
    if wanted.first == "*" {
      return actual.count >= wanted.count && actual.suffix(wanted.count - 1) == wanted.dropFirst()
    }
    return wanted == actual
  }

  /// Absent: everything, ICMP included. Entries never match ICMP; a name is any protocol that declares it.
  func matches(
    _ protocols: [ReferenceClusterPolicy.Port]?, _ reading: Reading, port: Int
  ) -> Bool {
    guard let protocols else { return true }
    return protocols.contains { entry in
      switch entry {
      case .numbers(let transport, let start, let end):
        transport == reading.transport && start <= port && port <= end
      case .named(let name):
        reading.namedPorts.numbers(name, reading.transport).contains(reading.port)
      case .otherProtocol: false
      }
    }
  }
}
