internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension LintRule {
  static let dnsCut = LintRule(
    "MRL007", "dns-cut", .warning, "policies let pods out and keep them from looking up names",
    Explanation(
      trigger:
        "A pod may connect to other pods or to the internet, and policies of either side keep it from the pods of cluster DNS on UDP. When only TCP is closed it is a note: answers that do not fit into a datagram are lost.",
      reason:
        "Nearly every program looks up a name before it connects. Everything that the policy allows by name fails.",
      exclusion:
        "Pods that may not connect anywhere, or to a few outside addresses only; pods whose dnsPolicy is Default or None; rules for NodeLocal DNSCache (169.254.20.10). Cluster DNS is what merlon.yaml says, else the pods behind its Service, else pods with k8s-app=kube-dns in kube-system, at their own ports: port 53 of the Service may be 5353 of the pods.",
      example: """
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Egress]
          egress: [{to: [{podSelector: {matchLabels: {app: db}}}]}]
        """,
      remedy:
        "Allow egress to the pods of cluster DNS on UDP and TCP, for all pods of the namespace; when ingress of those pods is what cuts, allow it there."
    )
  ) { $0.dnsFindings() }

  static let apiServerCut = LintRule(
    "MRL008", "api-server-cut", .warning, "a workload that uses the Kubernetes API cannot reach it",
    Explanation(
      trigger:
        "The service account of a workload has rights by a binding, or it is a known controller, and its egress allows no address on any port that API servers use (443, 6443, 8443, 16443).",
      reason:
        "Controllers stop working when the policy takes effect, and often only after their first restart.",
      exclusion:
        "Egress to an address block that may be that of the API server: it depends on where it is. Pods that get no token (automountServiceAccountToken: false), and bindings to roles that only admit pods.",
      example: """
        spec: {podSelector: {matchLabels: {app: operator}}, policyTypes: [Egress], egress: []}
        """,
      remedy:
        "Allow egress to the API server's address and port behind the Service `kubernetes`: TCP 6443 or 443.")
  ) { $0.needFindings(.apiServer, .warning) }

  static let webhookCut = LintRule(
    "MRL009", "webhook-cut", .error, "the API server cannot reach an admission webhook",
    Explanation(
      trigger:
        "A webhook configuration names a Service whose pods let nobody in from outside the cluster's pods on that port.",
      reason: "Requests that the webhook is asked about fail or hang, depending on its failurePolicy.",
      exclusion:
        "Rules with address blocks, which may be meant for the API server, and rules that let in pods of kube-system, through which managed ones come (konnectivity).",
      example: """
        clientConfig: {service: {namespace: ops, name: hook}}   # and a policy closes the pods of ops/hook
        """,
      remedy: "Allow ingress to the webhook's pod port from everywhere, or from the API server's addresses.")
  ) { $0.needFindings(.webhook, .error) }

  static let apiServiceCut = LintRule(
    "MRL010", "api-service-cut", .error, "the API server cannot reach an aggregated API",
    Explanation(
      trigger:
        "An APIService names a Service whose pods let nobody in from outside the cluster's pods on that port.",
      reason: "The API is unavailable, and namespaces can no longer be deleted.",
      exclusion:
        "Rules with address blocks, which may be meant for the API server, and rules that let in pods of kube-system, through which managed ones come (konnectivity).",
      example: """
        kind: APIService
        spec: {service: {namespace: ops, name: metrics}}   # and a policy closes the pods of ops/metrics
        """,
      remedy:
        "Allow ingress to the pod port behind that Service from everywhere, or from the API server's addresses."
    )
  ) { $0.needFindings(.apiService, .error) }

  static let scrapeCut = LintRule(
    "MRL011", "scrape-cut", .warning, "Prometheus cannot reach what a ServiceMonitor or PodMonitor names",
    Explanation(
      trigger: "A monitor selects pods, and policies keep the one Prometheus of the input from their port.",
      reason: "Metrics and alerts of the pods are missing.",
      exclusion:
        "Input without a Prometheus of the Prometheus Operator, or with several: who scrapes is not known then.",
      example: """
        kind: ServiceMonitor
        spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: metrics}]}   # a policy closes app: web
        """,
      remedy: "Allow ingress from the pods of Prometheus to the port that is scraped, and their egress to it."
    )
  ) { $0.needFindings(.scrape, .warning) }

  static let backendCut = LintRule(
    "MRL012", "backend-cut", .warning, "an Ingress or route leads to pods that its controller cannot reach",
    Explanation(
      trigger:
        "An Ingress, or a route of a Gateway, names a Service, and policies keep the one controller of the input from the pods behind it.",
      reason: "Users get an error of the controller (502, 503, 504) instead of the page.",
      exclusion:
        "Input without a controller, or with several, and Ingress classes and Gateways that are not the controller's by its labels.",
      example: """
        kind: Ingress
        spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}   # a policy closes the pods of web
        """,
      remedy:
        "Allow ingress from the pods of the controller to the pods' port, which may be another than the Service's."
    )
  ) { $0.needFindings(.ingress, .warning) }

  static let probeCut = LintRule(
    "MRL013", "probe-cut", .error, "rules deny the kubelet's probes of a pod",
    Explanation(
      trigger:
        "The engine lets rules deny what nodes send to their own pods, as Cilium does, and a rule denies the port of a readiness, liveness or startup probe.",
      reason: "The pod never becomes ready, or is restarted for ever.",
      exclusion:
        "Engines that exempt a pod's own node, as the specification demands; pods that are only isolated; input without nodes.",
      example: """
        kind: CiliumNetworkPolicy
        spec: {endpointSelector: {}, ingressDeny: [{fromEntities: [host]}]}
        """,
      remedy: "Leave the host out of what the rule denies.")
  ) { $0.needFindings(.probe, .error) }

  static let serviceCut = LintRule(
    "MRL014", "service-cut", .warning,
    "a workload names a Service in its environment and cannot reach its pods",
    Explanation(
      trigger:
        "A variable's value is the address of a Service of the input, and policies of either side deny the pods' port.",
      reason: "The workload was told to connect there.",
      exclusion:
        "Values that are no address by their form or by the variable's name, Services of the workload itself, and connections of which some replica is reached.",
      example: """
        env: [{name: CART_ADDR, value: "cart:7070"}]   # a policy closes the pods of cart
        """,
      remedy: "Allow the connection at the side that the message names, on the port of the pods.")
  ) { $0.needFindings(.service, .warning) }
}

extension LintContext {
  /// Needs of a kind that policies cut, each by itself.
  fileprivate func needFindings(_ kind: Need.Kind, _ severity: Diagnostic.Severity) -> [LintFinding] {
    needs.compactMap { need, outcome in
      guard need.kind == kind, case .cut(let cut) = outcome else { return nil }
      if case .apiServer = need.source, mayUseTunnel(need, cut) { return nil }
      return LintFinding(
        severity, "\(need.summary), and cannot: \(cut.words)", at: need.location, related: cut.related,
        about: need.object)
    }
  }

  /// Whether the API server may come through pods of the cluster, as managed ones do (konnectivity, a VPN), and rules
  /// let those in.
  private func mayUseTunnel(_ need: Need, _ cut: NeedOutcome.Cut) -> Bool {
    let isNamed = cut.policies.contains { policy in
      policy.rules.contains { $0.direction == .ingress && "\($0.peers.words)".contains("konnectivity") }
    }
    if isNamed { return true }
    let system = world.workloads.indices.filter { number in
      world.namespaces[world.workloads[number].namespace].name == "kube-system"
        && !world.workloads[number].endpoints.isEmpty
    }
    return need.targets.contains { target in
      guard case .workload(let group) = target.end else { return false }
      return system.contains { number in
        let flow = Flow(
          from: .workload(number), to: .workload(group), .port(target.transport, target.port))
        return number != group && evaluator.verdict(flow).ingress != .denied
      }
    }
  }

  /// Who keeps workloads from DNS, and at which side.
  private struct CutKey: Hashable {
    let direction: Direction
    let policies: [PolicyIdentity]
  }

  /// Workloads that the same policies keep from DNS are one finding, at the first of these policies.
  fileprivate func dnsFindings() -> [LintFinding] {
    var cuts: [CutKey: (cut: NeedOutcome.Cut, udp: Set<Int>, tcp: Set<Int>, at: String)] = [:]
    for (need, outcome) in needs where need.kind == .dns {
      guard case .cut(let cut) = outcome, case .workload(let group) = need.source, mayNeedNames(group),
        let target = need.targets.first, case .workload(let dns) = target.end
      else { continue }
      if cut.direction == .egress, usesNodeLocalDNS(group, target) { continue }
      let key = CutKey(direction: cut.direction, policies: cut.policies.map(\.identity))
      let isAssumed = AssumedPods.contains(world.workloads[dns].location)
      var known =
        cuts[key]
        ?? (
          cut, [], [],
          isAssumed
            ? "the pods of cluster DNS (taken to be those with k8s-app=kube-dns in kube-system)"
            : world.qualifiedName(world.workloads[dns])
        )
      if target.transport == .udp { known.udp.insert(group) } else { known.tcp.insert(group) }
      cuts[key] = known
    }
    return cuts.values.flatMap { cut, udp, tcp, dns -> [LintFinding] in
      guard let policy = cut.policies.first else { return [] }
      func finding(_ groups: Set<Int>, _ severity: Diagnostic.Severity, _ what: String) -> LintFinding? {
        if groups.isEmpty { return nil }
        let names = groups.sorted().map { world.qualifiedName(world.workloads[$0]) }
        return LintFinding(
          severity, "\(Self.list(names)) cannot reach \(dns) \(what): \(cut.words)",
          at: cut.rule?.location ?? policy.location,
          related: Array(cut.related.dropFirst()),
          fix: cut.direction == .egress
            ? "allow egress to the pods of cluster DNS on UDP and TCP"
            : "allow ingress to the pods of cluster DNS on UDP and TCP", about: ObjectName(policy.identity))
      }
      return [
        finding(udp, .warning, "to look up names"),
        finding(tcp.subtracting(udp), .note, "over TCP, for long answers"),
      ].compactMap(\.self)
    }
  }

  /// Whether a workload may connect to something that it would look up.
  private func mayNeedNames(_ group: Int) -> Bool {
    reach.reachesPods[group] || reach.reachesInternet[group]
  }

  /// Whether the node's own cache can be asked instead (NodeLocal DNSCache).
  private func usesNodeLocalDNS(_ group: Int, _ target: Need.Target) -> Bool {
    guard let cache = IPAddress("169.254.20.10") else { return false }
    let flow = Flow(
      from: .workload(group), to: .address(cache), .port(target.transport, 53))
    return evaluator.verdict(flow).outcome != .denied
  }
}

extension Peers {
  /// What is asked of peers, in words.
  fileprivate var words: String {
    if case .anyOf(let peers) = self { peers.map(\.description).joined(separator: ", ") } else { "anyone" }
  }
}
