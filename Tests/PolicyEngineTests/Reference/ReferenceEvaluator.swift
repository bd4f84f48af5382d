/// Slow and literal evaluation of NetworkPolicies, straight from the text of SEMANTICS §1.3 and §1.4.
///
/// A flow stands for every concrete situation (reading) that the specification leaves open or that the
/// manifests do not determine. The readings are enumerated in `ReferenceEvaluator+readings.swift`; this
/// file answers each one with a plain yes or no.
struct ReferenceEvaluator: Sendable {
  let world: ReferenceWorld
  /// One address of each interval between the boundaries of all blocks of the assumed family.
  let everyAddress: [ReferenceAddress]

  init(_ world: ReferenceWorld) {
    self.world = world
    self.everyAddress = Self.representatives(of: world)
  }

  /// Who an end is in one reading.
  struct Party {
    enum Role {
      /// A pod that policies select and selectors match.
      case pod
      /// Succeeded or failed: neither policed nor a peer.
      case finishedPod
      /// A node, or a hostNetwork pod that counts as its node.
      case node
      case external
    }

    var role: Role
    /// The pod's facts, for the first two roles.
    var facts: PodFacts?
  }

  /// One concrete situation, except for the two addresses.
  struct Reading {
    var source: Party
    var destination: Party
    /// One end is a node, the other a pod on that node.
    var sameNode: Bool
    /// Pod to own node escapes egress policies.
    var exemptsOwnNode: Bool
    /// What the named ports of the destination pod stand for.
    var namedPorts: NamedPorts
    /// Whether isolated pods may use ICMP.
    var allowsICMP: Bool
    var transport: ReferenceProtocol
    var port: Int
  }

  // MARK: - §1.4 Evaluation

  /// `egressOK(src)`: not policed, own node (open), not isolated, or a rule that matches.
  func egressIsAllowed(_ reading: Reading, to address: ReferenceAddress?) -> Bool {
    guard reading.source.role == .pod, let subject = reading.source.facts else { return true }
    if reading.destination.role == .node, reading.sameNode, reading.exemptsOwnNode { return true }
    return isAllowed(.egress, subject: subject, peer: reading.destination, at: address, reading)
  }

  /// `ingressOK(dst)`: not policed, from its own node, not isolated, or a rule that matches.
  func ingressIsAllowed(_ reading: Reading, from address: ReferenceAddress?) -> Bool {
    guard reading.destination.role == .pod, let subject = reading.destination.facts else { return true }
    if reading.source.role == .node, reading.sameNode { return true }
    return isAllowed(.ingress, subject: subject, peer: reading.source, at: address, reading)
  }

  private func isAllowed(
    _ direction: ReferencePolicy.Direction, subject: PodFacts, peer: Party,
    at address: ReferenceAddress?, _ reading: Reading
  ) -> Bool {
    let policies = world.policies.filter { isolates($0, subject, direction) }
    if policies.isEmpty { return true }
    if reading.transport == .icmp { return reading.allowsICMP }
    return policies.contains { policy in
      let rules = (direction == .ingress ? policy.ingress : policy.egress) ?? []
      return rules.contains { rule in
        peersMatch(rule.peers, namespace: policy.namespace, peer, address)
          && portsMatch(rule.ports, reading)
      }
    }
  }

  /// The policy selects the pod, and the direction is in its (defaulted) policyTypes.
  private func isolates(
    _ policy: ReferencePolicy, _ subject: PodFacts, _ direction: ReferencePolicy.Direction
  ) -> Bool {
    policy.namespace == subject.namespace
      && Self.effectiveTypes(of: policy).contains(direction)
      && Self.matches(policy.podSelector ?? ReferencePolicy.Selector(), subject.labels)
  }

  /// Length 0: Ingress, and Egress iff there is an egress rule.
  static func effectiveTypes(of policy: ReferencePolicy) -> [ReferencePolicy.Direction] {
    if let types = policy.policyTypes, !types.isEmpty { return types }
    return (policy.egress ?? []).isEmpty ? [.ingress] : [.ingress, .egress]
  }

  // MARK: - §1.3 Matching

  /// Absent or empty: any peer. Otherwise one entry must match.
  private func peersMatch(
    _ peers: [ReferencePolicy.Peer]?, namespace: String, _ party: Party, _ address: ReferenceAddress?
  ) -> Bool {
    guard let peers, !peers.isEmpty else { return true }
    return peers.contains { peer in
      if let block = peer.ipBlock { return Self.matches(block, address) }
      guard party.role == .pod, let pod = party.facts, pod.mayBePeer else { return false }
      if let selector = peer.namespaceSelector {
        guard Self.matches(selector, pod.namespaceLabels) else { return false }
      } else if pod.namespace != namespace {
        return false
      }
      return Self.matches(peer.podSelector ?? ReferencePolicy.Selector(), pod.labels)
    }
  }

  /// In the block, and in no except of the same entry.
  private static func matches(_ block: ReferencePolicy.IPBlock, _ address: ReferenceAddress?) -> Bool {
    guard let address else { return false }
    return block.cidr.contains(address) && !(block.except ?? []).contains { $0.contains(address) }
  }

  /// Absent or empty: any protocol and port. Otherwise one entry must match.
  private func portsMatch(_ ports: [ReferencePolicy.Port]?, _ reading: Reading) -> Bool {
    guard let ports, !ports.isEmpty else { return true }
    return ports.contains { entry in
      let transport = entry.transport ?? .tcp
      guard transport == reading.transport else { return false }
      switch entry.port {
      case nil: return true
      case .number(let low): return low <= reading.port && reading.port <= entry.endPort ?? low
      case .name(let name): return reading.namedPorts.numbers(name, transport).contains(reading.port)
      }
    }
  }

  /// matchLabels and matchExpressions, all of them; an empty selector matches everything.
  static func matches(_ selector: ReferencePolicy.Selector, _ labels: [String: String]) -> Bool {
    (selector.matchLabels ?? [:]).allSatisfy { labels[$0.key] == $0.value }
      && (selector.matchExpressions ?? []).allSatisfy { requirement in
        let value = labels[requirement.key]
        let listed = value.map { (requirement.values ?? []).contains($0) } ?? false
        switch requirement.operation {
        case .isIn: return listed
        case .notIn: return !listed
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        }
      }
  }
}
