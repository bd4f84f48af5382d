/// How each part of a world gets simpler while it stays legal.
extension Shrink {
  // MARK: - Pods, workloads and nodes

  static func simplerPods(_ pod: ReferenceWorld.Pod) -> [ReferenceWorld.Pod] {
    var pods: [ReferenceWorld.Pod] = []
    pods += variants(of: pod, \.initContainers, without(pod.initContainers))
    pods += variants(of: pod, \.initContainers, oneSimpler(pod.initContainers, simplerInitContainers))
    if pod.containers.count > 1 { pods += variants(of: pod, \.containers, without(pod.containers)) }
    pods += variants(of: pod, \.containers, oneSimpler(pod.containers, simplerContainers))
    pods += variants(of: pod, \.labels, without(pod.labels))
    if pod.hostNetwork { pods += variants(of: pod, \.hostNetwork, [false]) }
    // A host-network pod that has an address runs somewhere.
    if pod.nodeName != nil, !pod.hostNetwork || pod.status?.addresses.isEmpty != false {
      pods += variants(of: pod, \.nodeName, [nil])
    }
    if let status = pod.status {
      var simpler = variants(of: status, \.addresses, without(status.addresses))
      if status.phase != .running { simpler += variants(of: status, \.phase, [.running]) }
      pods += variants(of: pod, \.status, simpler.map { Optional($0) })
    }
    return pods.filter { !sharesAddresses($0, before: pod) }
  }

  /// A finished or hostNetwork pod may have somebody else's address; an ordinary pod must not get it.
  private static func sharesAddresses(_ pod: ReferenceWorld.Pod, before: ReferenceWorld.Pod) -> Bool {
    let wasOrdinary = !before.hostNetwork && !before.isFinished
    let isOrdinary = !pod.hostNetwork && !pod.isFinished
    return isOrdinary && !wasOrdinary && pod.status?.addresses.isEmpty == false
  }

  static func simplerWorkloads(_ workload: ReferenceWorld.Workload) -> [ReferenceWorld.Workload] {
    var items: [ReferenceWorld.Workload] = []
    items += variants(of: workload, \.initContainers, without(workload.initContainers))
    items += variants(
      of: workload, \.initContainers, oneSimpler(workload.initContainers, simplerInitContainers))
    if workload.containers.count > 1 {
      items += variants(of: workload, \.containers, without(workload.containers))
    }
    items += variants(of: workload, \.containers, oneSimpler(workload.containers, simplerContainers))
    items += variants(of: workload, \.objectLabels, without(workload.objectLabels))
    if workload.labels.count > 1 { items += variants(of: workload, \.labels, without(workload.labels)) }
    if workload.hostNetwork { items += variants(of: workload, \.hostNetwork, [false]) }
    return items
  }

  static func simplerNodes(_ node: ReferenceWorld.Node) -> [ReferenceWorld.Node] {
    variants(of: node, \.labels, without(node.labels))
      + (node.addresses.count > 1 ? variants(of: node, \.addresses, without(node.addresses)) : [])
  }

  private static func simplerInitContainers(
    _ item: ReferenceWorld.InitContainer
  ) -> [ReferenceWorld.InitContainer] {
    variants(of: item, \.container, simplerContainers(item.container))
  }

  private static func simplerContainers(
    _ container: ReferenceWorld.Container
  ) -> [ReferenceWorld.Container] {
    variants(of: container, \.ports, without(container.ports))
  }

  // MARK: - Policies

  static func simplerPolicies(_ policy: ReferencePolicy) -> [ReferencePolicy] {
    var policies: [ReferencePolicy] = []
    policies += variants(of: policy, \.ingress, simplerLists(policy.ingress, simplerRules))
    policies += variants(of: policy, \.egress, simplerLists(policy.egress, simplerRules))
    policies += variants(of: policy, \.policyTypes, simplerLists(policy.policyTypes) { _ in [] })
    policies += variants(of: policy, \.podSelector, simplerSelectors(policy.podSelector))
    if policy.spellsNull { policies += variants(of: policy, \.spellsNull, [false]) }
    return policies
  }

  private static func simplerRules(_ rule: ReferencePolicy.Rule) -> [ReferencePolicy.Rule] {
    variants(of: rule, \.peers, simplerLists(rule.peers, simplerPeers))
      + variants(of: rule, \.ports, simplerLists(rule.ports, simplerPorts))
  }

  /// A peer keeps at least one member.
  private static func simplerPeers(_ peer: ReferencePolicy.Peer) -> [ReferencePolicy.Peer] {
    var peers: [ReferencePolicy.Peer] = []
    peers += variants(of: peer, \.podSelector, simplerSelectors(peer.podSelector))
    peers += variants(of: peer, \.namespaceSelector, simplerSelectors(peer.namespaceSelector))
    if let block = peer.ipBlock {
      let simpler = variants(of: block, \.except, simplerLists(block.except) { _ in [] })
      peers += variants(of: peer, \.ipBlock, simpler.map { Optional($0) })
    }
    return peers.filter { $0 != ReferencePolicy.Peer() }
  }

  private static func simplerPorts(_ port: ReferencePolicy.Port) -> [ReferencePolicy.Port] {
    var ports: [ReferencePolicy.Port] = []
    if port.endPort != nil { ports += variants(of: port, \.endPort, [nil]) }
    if port.port != nil, port.endPort == nil { ports += variants(of: port, \.port, [nil]) }
    if port.transport != nil { ports += variants(of: port, \.transport, [nil]) }
    return ports
  }

  static func simplerSelectors(
    _ selector: ReferencePolicy.Selector?
  ) -> [ReferencePolicy.Selector?] {
    guard let selector else { return [] }
    var selectors: [ReferencePolicy.Selector] = []
    if let labels = selector.matchLabels {
      let simpler: [[String: String]?] = [nil] + without(labels).map { Optional($0) }
      selectors += variants(of: selector, \.matchLabels, simpler)
    }
    selectors += variants(
      of: selector, \.matchExpressions, simplerLists(selector.matchExpressions, simplerRequirements))
    return [nil] + selectors.map { Optional($0) }
  }

  /// `In` and `NotIn` keep at least one value.
  private static func simplerRequirements(
    _ requirement: ReferencePolicy.Requirement
  ) -> [ReferencePolicy.Requirement] {
    if requirement.operation == .bogus { return [] }
    let minimum = [.isIn, .notIn].contains(requirement.operation) ? 1 : 0
    return variants(
      of: requirement, \.values, simplerLists(requirement.values, atLeast: minimum) { _ in [] })
  }
}
