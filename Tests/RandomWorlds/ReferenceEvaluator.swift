/// Slow and literal evaluation of NetworkPolicies, straight from the text of SEMANTICS §1.3 and §1.4, and of what
/// stands around them, §2, in `ReferenceEvaluator+clusterPolicies.swift`.
///
/// A flow stands for every concrete situation (reading) that the specification leaves open or that the
/// manifests do not determine. The readings are enumerated in `ReferenceEvaluator+readings.swift`; this
/// file answers each one with a yes or no, or with both where the order of policies is undefined.
struct ReferenceEvaluator: Sendable {
  let world: ReferenceWorld
  /// One address of the assumed family of each kind that blocks tell apart.
  let everyAddress: [ReferenceAddress]
  /// The same for addresses outside the cluster, of which only the family is known.
  let everyOutsideAddress: [ReferenceAddress]
  /// Nodes that hostNetwork pods may run on if nothing says which; empty if no rule tells nodes apart.
  let possibleNodes: [NodeFacts]
  /// Network sets, and what selectors see of them.
  private(set) var calicoSets: [(nets: [ReferenceBlock], item: CalicoItem)] = []

  init(_ world: ReferenceWorld) {
    self.world = world
    self.everyAddress = Self.representatives(of: world, inPools: true)
    self.everyOutsideAddress = Self.representatives(of: world, inPools: false)
    self.possibleNodes = Self.possibleNodes(in: world)
    self.calicoSets = world.calico.sets.map { ($0.nets, calicoItem(of: $0)) }
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
    /// The labels of the node whose addresses it has; nil if they are no node's.
    var nodeLabels: [String: String]?
    var domainName: String?
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
    /// Whether NetworkPolicies let a pod through that reaches itself through a Service; nil for others.
    var hairpin: Bool?
    /// The Service whose address and port blocks of egress rules are compared with; nil: those of the pod.
    var serviceSeenByBlocks: ReferenceWorld.Service?
    var transport: ReferenceProtocol
    var port: Int
  }

  // MARK: - §1.4 Evaluation

  /// `egressOK(src)`: not policed, or what the tiers come to.
  func egressAnswers(_ reading: Reading, to address: ReferenceAddress?) -> Set<Bool> {
    guard reading.source.role == .pod, let subject = reading.source.facts else { return [true] }
    let half = Half(
      direction: .egress, subject: subject, peer: reading.destination, address: address, reading: reading)
    let isExempt = reading.destination.role == .node && reading.sameNode && reading.exemptsOwnNode
    return outcomes(of: half, networkPolicy: networkPolicyAnswer(half, isExempt: isExempt))
  }

  /// `ingressOK(dst)`: not policed, from its own node, or what the tiers come to.
  func ingressAnswers(_ reading: Reading, from address: ReferenceAddress?) -> Set<Bool> {
    guard reading.destination.role == .pod, let subject = reading.destination.facts else { return [true] }
    if reading.source.role == .node, reading.sameNode { return [true] }
    let half = Half(
      direction: .ingress, subject: subject, peer: reading.source, address: address, reading: reading)
    return outcomes(of: half, networkPolicy: networkPolicyAnswer(half, isExempt: false))
  }

  /// What NetworkPolicies say; nil if none of them isolates the subject.
  ///
  /// - Parameter isExempt: whether they let the connection through whatever they say.
  private func networkPolicyAnswer(_ half: Half, isExempt: Bool) -> Bool? {
    let policies = world.policies.filter { isolates($0, half.subject, half.direction) }
    if policies.isEmpty { return nil }
    if isExempt { return true }
    if let hairpin = half.reading.hairpin { return hairpin }
    if !half.reading.transport.hasPorts { return half.reading.allowsICMP }
    return policies.contains { policy in
      let rules = (half.direction == .ingress ? policy.ingress : policy.egress) ?? []
      return rules.contains { rule in
        // Blocks may be compared with a Service, selectors only with the pod behind it.
        guard let peers = rule.peers, !peers.isEmpty else { return portsMatch(rule.ports, half.reading) }
        return peers.contains { peer in
          let isBlock = peer.ipBlock != nil
          return matches(peer, namespace: policy.namespace, half.peer, half.address(seenByBlock: isBlock))
            && portsMatch(rule.ports, half.reading, port: half.port(seenByBlock: isBlock))
        }
      }
    }
  }

  /// The policy selects the pod, and the direction is in its (defaulted) policyTypes.
  func isolates(
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

  /// One entry of `from` or `to`.
  func matches(
    _ peer: ReferencePolicy.Peer, namespace: String, _ party: Party, _ address: ReferenceAddress?
  ) -> Bool {
    if let block = peer.ipBlock { return Self.matches(block, address) }
    guard party.role == .pod, let pod = party.facts, pod.mayBePeer else { return false }
    if let selector = peer.namespaceSelector {
      guard Self.matches(selector, pod.namespaceLabels) else { return false }
    } else if pod.namespace != namespace {
      return false
    }
    return Self.matches(peer.podSelector ?? ReferencePolicy.Selector(), pod.labels)
  }

  /// In the block, and in no except of the same entry.
  private static func matches(_ block: ReferencePolicy.IPBlock, _ address: ReferenceAddress?) -> Bool {
    guard let address else { return false }
    return block.cidr.contains(address) && !(block.except ?? []).contains { $0.contains(address) }
  }

  /// Absent or empty: any protocol and port. Otherwise one entry must match.
  ///
  /// - Parameter port: the number that is compared, if it is not the pod's.
  func portsMatch(_ ports: [ReferencePolicy.Port]?, _ reading: Reading, port: Int? = nil) -> Bool {
    guard let ports, !ports.isEmpty else { return true }
    return ports.contains { entry in
      let transport = entry.transport ?? .tcp
      guard transport == reading.transport else { return false }
      switch entry.port {
      case nil: return true
      case .number(let low):
        return low <= port ?? reading.port && port ?? reading.port <= entry.endPort ?? low
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
        case .bogus: return false
        }
      }
  }
}
