/// SEMANTICS §4.2, selectors of identities, and what other dialects' selectors become.
extension ReferenceCiliumEvaluator {
  /// The labels by which Cilium knows an endpoint.
  struct Identity: Sendable {
    /// By the key with its source (`k8s:app`, `reserved:host`), and without it or with `any`, which is any source.
    private var labels: [String: String] = [:]

    static let namespace = "io.kubernetes.pod.namespace"
    static let namespaceLabels = "io.cilium.k8s.namespace.labels."
    static let cluster = "io.cilium.k8s.policy.cluster"

    /// A pod without the labels that the agent leaves out by default ("Limiting Identity-Relevant Labels").
    static func visible(_ pod: ReferenceEvaluator.PodFacts) -> ReferenceEvaluator.PodFacts {
      var pod = pod
      pod.labels["k8s.io/role"] = nil
      return pod
    }

    init(_ pod: ReferenceEvaluator.PodFacts) {
      for (key, value) in pod.labels { add("k8s", key, value) }
      for (key, value) in pod.namespaceLabels { add("k8s", "\(Self.namespaceLabels)\(key)", value) }
      add("k8s", Self.namespace, pod.namespace)
      add("k8s", "io.cilium.k8s.policy.serviceaccount", pod.serviceAccount)
      add("k8s", Self.cluster, "default")
    }

    init(reserved name: String, isInCluster: Bool) {
      add("reserved", name, "")
      if isInCluster { add("k8s", Self.cluster, "default") }
    }

    private mutating func add(_ source: String, _ name: String, _ value: String) {
      for key in ["\(source):\(name)", "any:\(name)", name] { labels[key] = value }
    }

    subscript(key: String) -> String? { labels[key] }

    var isInCluster: Bool { labels[Self.cluster] == "default" }

    func matches(_ selector: ReferencePolicy.Selector) -> Bool {
      ReferenceEvaluator.matches(selector, labels)
    }
  }

  /// Nil for what no selector ever matches.
  func identity(of half: Half) -> Identity? {
    switch half.peer.nature {
    case .pod(let facts, let identity): facts.mayBePeer ? identity : nil
    case .finishedPod: nil
    case .node: Identity(reserved: half.isOwnNode ? "host" : "remote-node", isInCluster: true)
    case .outside: Identity(reserved: "world", isInCluster: false)
    // Of these, only the ingress proxy is known to be part of the cluster.
    case .entity(let name): Identity(reserved: name, isInCluster: name == "ingress")
    }
  }

  /// The peers of Cilium's own policies, with the terms that are added to them.
  ///
  /// - Parameter namespace: the policy's; nil for a clusterwide one.
  func matches(
    _ selector: ReferencePolicy.Selector, _ identity: Identity, _ namespace: String?
  ) -> Bool {
    let keys = Array((selector.matchLabels ?? [:]).keys) + (selector.matchExpressions ?? []).map(\.key)
    let names = keys.map { key in key.hasPrefix("k8s:") ? String(key.dropFirst(4)) : key }
    guard identity.matches(selector) else { return false }
    if keys.contains(where: { $0.hasPrefix("reserved:") }) { return true }
    if !identity.isInCluster { return false }
    if names.contains(Identity.namespace) { return true }
    guard let namespace else { return identity[Identity.namespace] != nil }
    return names.contains { $0.hasPrefix(Identity.namespaceLabels) }
      || identity[Identity.namespace] == namespace
  }

  /// `nodeSelector`, `fromNodes` and `toNodes`.
  func matches(_ selector: ReferencePolicy.Selector, node labels: [String: String]) -> Bool {
    ReferenceEvaluator.matches(selector, labels)
  }

  // MARK: - Other dialects

  /// A peer of a NetworkPolicy. Its blocks spare pods and nodes, too.
  func matches(_ peer: ReferencePolicy.Peer, _ half: Half, namespace: String) -> Bool {
    if let block = peer.ipBlock {
      guard case .outside(let address, _) = half.peer.nature else { return false }
      return block.cidr.contains(address) && !(block.except ?? []).contains { $0.contains(address) }
    }
    guard let identity = identity(of: half), identity.isInCluster else { return false }
    let pods = Self.prefixed(peer.podSelector ?? .init(), with: "k8s:")
    guard identity.matches(pods) else { return false }
    guard let namespaces = peer.namespaceSelector else {
      return identity[Identity.namespace] == namespace
    }
    return matches(namespaces, identity)
  }

  /// A peer of a ClusterNetworkPolicy.
  func matches(_ peer: ReferenceClusterPolicy.Peer, _ half: Half) -> Bool {
    switch peer {
    case .pods(let pods):
      guard let identity = identity(of: half) else { return false }
      // Where there are only namespaces, the cluster is not asked for.
      if pods.podSelector != nil, !identity.isInCluster { return false }
      return identity.matches(Self.prefixed(pods.podSelector ?? .init(), with: "k8s:"))
        && matches(pods.namespaceSelector ?? .init(), identity)
    case .networks(let blocks):
      guard case .outside(let address, _) = half.peer.nature else { return false }
      return blocks.contains { $0.contains(address) }
    case .nodes(let selector):
      guard case .node(let labels) = half.peer.nature, !half.isOwnNode else { return false }
      return matches(selector, node: labels)
    case .domainNames(let patterns):
      guard case .outside(_, let domain?) = half.peer.nature else { return false }
      return patterns.contains { ReferenceEvaluator.matches(domainName: $0, domain) }
    }
  }

  /// An empty selector asks for a namespace; any other one only for its terms, so that negative ones match what
  /// has no namespace (cilium#46949).
  private func matches(_ namespaces: ReferencePolicy.Selector, _ identity: Identity) -> Bool {
    let isEmpty =
      namespaces.matchLabels?.isEmpty != false && namespaces.matchExpressions?.isEmpty != false
    if isEmpty { return identity[Identity.namespace] != nil }
    return identity.matches(Self.prefixed(namespaces, with: "k8s:\(Identity.namespaceLabels)"))
  }

  private static func prefixed(
    _ selector: ReferencePolicy.Selector, with prefix: String
  ) -> ReferencePolicy.Selector {
    selector.renamingKeys { "\(prefix)\($0)" }
  }
}
