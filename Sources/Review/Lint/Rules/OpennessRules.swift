internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let noDefaultDeny = LintRule(
    "MRL027", "no-default-deny", .warning, "nothing closes a namespace by default",
    Explanation(
      trigger:
        "No policy closes ingress of a pod without labels in the namespace, and some workload of it is open. When all workloads that are there are closed one by one it is a note, and so it is for kube-system, kube-public and kube-node-lease.",
      reason: "A pod that nobody thought of, or whose labels change, is open to everyone.",
      exclusion: "Namespaces without workloads in the input.",
      example: """
        # a namespace with policies for app: web and app: db, and a third workload
        """,
      remedy:
        "Add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress]`; `merlon coverage --plan default-deny` writes it with what must stay open."
    )
  ) { $0.defaultDenyFindings() }

  static let internetEgress = LintRule(
    "MRL028", "internet-egress", .note, "every workload of a namespace can connect to the internet",
    Explanation(
      trigger: "All workloads of a namespace can reach about every outside address on some port.",
      reason: "Whatever gets into one of them can load its tools and send what it finds.",
      exclusion: "Namespaces in which some workload cannot.",
      example: """
        # a namespace without any policy for egress
        """,
      remedy: "Close egress by default and allow what is needed.")
  ) { context in
    Dictionary(grouping: context.units) { $0.namespace }.sorted { $0.key < $1.key }.compactMap {
      namespace, units in
      guard units.allSatisfy({ context.reach.reachesInternet[$0.workload] }) else { return nil }
      let name = context.world.namespaces[namespace].name
      return LintFinding(
        .note,
        "namespace \(name): \(units.count == 1 ? "its workload" : "all \(units.count) workloads") can connect to any address outside the cluster",
        at: context.world.namespaces[namespace].location ?? units[0].location,
        about: ObjectName(kind: "Namespace", namespace: name, name: name))
    }
  }

  static let nodesCut = LintRule(
    "MRL029", "nodes-cut", .warning, "a cluster-wide policy keeps nodes and the API server apart",
    Explanation(
      trigger:
        "A policy selects nodes, and the API server certainly cannot connect to their kubelet (TCP 10250), or they cannot connect to it on any port that it uses.",
      reason: "Without the first there are no logs and no exec; without the second the node is lost.",
      exclusion:
        "Ports that the engine always keeps open, and rules with address blocks that may be those of the API server.",
      example: """
        kind: GlobalNetworkPolicy
        spec: {selector: has(role), types: [Ingress, Egress]}   # role is a label of host endpoints
        """,
      remedy: "Allow the kubelet's port and the API server before the rest is denied.")
  ) { $0.nodeFindings() }
}

extension LintContext {
  private static let systemNamespaces: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]

  fileprivate func defaultDenyFindings() -> [LintFinding] {
    Dictionary(grouping: units) { $0.namespace }.sorted { $0.key < $1.key }.compactMap { namespace, units in
      if closesByDefault(namespace) { return nil }
      let name = world.namespaces[namespace].name
      let open = units.filter { !$0.isIngressIsolated && !$0.isDeniedSomething && !$0.hostNetwork }
      let isSystem = Self.systemNamespaces.contains(name)
      let names = LintContext.list(open.map { self.name($0) })
      return LintFinding(
        open.isEmpty || isSystem ? .note : .warning,
        open.isEmpty
          ? "namespace \(name) has no default deny: a pod that no policy names would be open"
          : "namespace \(name) has no default deny, and \(names) \(open.count == 1 ? "is" : "are") open to everyone",
        at: world.namespaces[namespace].location ?? (open.first ?? units[0]).location,
        fix: "add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress]`",
        about: ObjectName(kind: "Namespace", namespace: name, name: name))
    }
  }

  /// Whether a pod of a namespace that has no labels is closed for ingress, or denied everybody.
  private func closesByDefault(_ namespace: Int) -> Bool {
    evaluator.index.byNamespace[namespace].contains { number in
      let policy = evaluator.index.policies[number]
      let isSelected =
        policy.subject.endpoints?.pods.matches { attribute in
          if case .namespaceLabel(let key) = attribute {
            world.namespaces[namespace].labels[key]
          } else {
            nil
          }
        } ?? false
      return isSelected
        && (policy.isolates.contains(.ingress)
          || policy.rules.contains { $0.direction == .ingress && $0.action == .deny && $0.isAboutEveryPod })
    }
  }

  fileprivate func nodeFindings() -> [LintFinding] {
    if evaluator.index.ofNodes.isEmpty { return [] }
    var found: [PolicyIdentity: LintFinding] = [:]
    for node in world.nodes.indices {
      let selecting = evaluator.index.selecting(node: node, in: world)
      if selecting.isEmpty { continue }
      let kubelet = Flow(from: .entity(.apiServer), to: .node(node), .port(.tcp, 10250))
      add(
        denied([kubelet]), "the API server cannot connect to the kubelet of \(world.nodes[node].name)", &found
      )
      let out = NeedCollector.apiServerPorts.map {
        Flow(from: .node(node), to: .entity(.apiServer), .port(.tcp, $0))
      }
      add(denied(out), "node \(world.nodes[node].name) cannot connect to the API server", &found)
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private func add(
    _ cut: NeedOutcome.Cut?, _ what: String, _ found: inout [PolicyIdentity: LintFinding]
  ) {
    guard let cut, let policy = cut.policies.first, found[policy.identity] == nil else { return }
    found[policy.identity] = LintFinding(
      .warning, "\(policy.identity): \(what): \(cut.words)", at: cut.rule?.location ?? policy.location,
      about: ObjectName(policy.identity))
  }

  /// Who cuts flows that are all denied for certain.
  private func denied(_ flows: [Flow]) -> NeedOutcome.Cut? {
    var cut: NeedOutcome.Cut?
    for flow in flows {
      let verdict = evaluator.verdict(flow, onSameNode: false)
      guard verdict.outcome == .denied, let trace = verdict.traces.first else { return nil }
      let direction = trace.egress.isAllowed ? trace.ingress : trace.egress
      guard case .tiers = direction.basis else { return nil }
      cut = cut ?? NeedOutcome.Cut(direction)
    }
    return cut
  }
}

extension Rule {
  /// Whether its peers are all pods by their form.
  fileprivate var isAboutEveryPod: Bool {
    guard case .anyOf(let peers) = peers else { return true }
    return peers.contains { peer in
      if case .endpoints(let selector) = peer.kind { selector.isEveryPod } else { false }
    }
  }
}
