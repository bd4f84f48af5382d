internal import Dialects
internal import Kubernetes
internal import PolicyModel

extension TrafficValuesReader {
  /// Keys of `networkPolicy` that are no ports.
  private static let keys = [
    "enabled", "engine", "defaultDeny", "additionalIngress", "egress", "cilium", "calico",
    "clusterNetworkPolicy",
  ]

  /// What the values mean.
  mutating func values() throws(Problems) -> TrafficValues {
    let values = readValues()
    guard let values, !problems.contains(where: { $0.severity == .error }) else { throw Problems(problems) }
    return values
  }

  private mutating func readValues() -> TrafficValues? {
    guard let policy = root["networkPolicy"] else {
      problems.append(
        Diagnostic(.missingField, .error, "the values have no `networkPolicy`", at: root.location))
      return nil
    }
    let ports = readPorts()
    guard policy.isMapping("networkPolicy", known: Self.keys + ports.map(\.name), &problems) else {
      return nil
    }
    // Without a workload the rest is read for its problems only.
    let (subject, others) =
      workloads(declaring: ports) ?? (Workload("workload", in: "default", labels: [:]), [])
    let isEnabled = enabled(policy, "networkPolicy")
    if policy["enabled"] == nil {
      problems.append(
        Diagnostic(
          .noEffect, .warning, "`networkPolicy.enabled` is missing, which is false: nothing is rendered",
          at: policy.location, fix: "write enabled: true"))
    }
    let dialect = engine(policy)
    var places = TrafficValues.Places()
    var rules = ingress(policy, ports, of: subject)
    let egress = readEgress(policy["egress"], of: subject, &places)
    rules += egress ?? []
    var policies = [
      Policy(
        subject.name, subject.pods, egress == nil ? .ingress : .both, .normal, rules,
        CallSite(policy.location))
    ]
    if let deny = readDefaultDeny(policy["defaultDeny"], of: subject, closesEgress: egress != nil, &places) {
      policies.append(deny)
    }
    let passthrough = Self.engines.flatMap { dialect in
      readPassthrough(policy[dialect.rawValue], dialect, closesEgress: egress != nil, &places)
    }
    let items =
      ([subject] + others).map { IntentItem.workload($0) } + policies.map { IntentItem.policy($0) }
    return TrafficValues(
      isEnabled: isEnabled, dialect: dialect,
      intent: Intent(items, for: cluster, CallSite(policy.location)), workload: subject,
      passthrough: passthrough, findings: problems, places: places)
  }

  /// Engines that have lists of their own rules.
  private static let engines: [Dialect] = [.cilium, .calico, .clusterNetworkPolicy]

  mutating func enabled(_ node: LayeredNode, _ field: String) -> Bool {
    node["enabled"]?.last.bool("\(field).enabled", &problems) ?? false
  }

  private mutating func engine(_ policy: LayeredNode) -> Dialect {
    guard let node = policy["engine"]?.last, let text = node.string("networkPolicy.engine", &problems) else {
      return .kubernetes
    }
    let names = Dialect.allCases.map(\.rawValue)
    guard let dialect = Dialect(rawValue: text) else {
      problems.reportInvalid(
        node,
        "`networkPolicy.engine` must be one of \(names.sorted().joined(separator: ", ")), not `\(text)`",
        fix: Suggestion.nearest(to: text, among: names).map { "did you mean `\($0)`?" })
      return .kubernetes
    }
    return dialect
  }

  // MARK: - Ingress

  private mutating func ingress(
    _ policy: LayeredNode, _ ports: [ValuesPort], of workload: Workload
  ) -> [Rule] {
    var rules: [Rule] = []
    var open: [String] = []
    for port in ports {
      let section = policy[port.name]
      let field = "networkPolicy.\(port.name)"
      var peers: [Peer]?
      if let section, section.isMapping(field, known: ["from"], &problems) {
        peers = section["from"].map { self.peers($0.last, "\(field).from", workload.namespace) }
      }
      if !port.isOpen {
        if let section, peers?.isEmpty == false {
          problems.append(
            Diagnostic(
              .noEffect, .warning, "`\(field).from` has no effect, as `\(port.name).enabled` is false",
              at: section.location))
        }
        continue
      }
      if port.isForProbes, peers == nil {
        problems.append(
          Diagnostic(
            .probePort, .note,
            "the port `\(port.name)` gets no rule: a pod's own node, which probes it, may always connect",
            at: port.location, fix: "write \(field).from for whoever else may, [] for anyone"))
        continue
      }
      if peers?.isEmpty ?? true { open.append("`\(port.name)`") }
      let named = peers.flatMap { $0.isEmpty ? nil : $0 } ?? [.anyone]
      rules.append(
        Rule(
          direction: .ingress, peers: named,
          ports: PortSet([.range(port.transport, port.number, port.number)]),
          site: CallSite(section?["from"]?.location ?? port.location)))
      check(port, of: workload)
    }
    if !open.isEmpty {
      problems.append(
        Diagnostic(
          .openPort, .note,
          "anyone may connect to \(open.sorted().joined(separator: ", ")), for which no `from` is written",
          at: policy.location))
    }
    return rules + additionalIngress(policy["additionalIngress"], of: workload)
  }

  private mutating func peers(_ node: Node, _ field: String, _ namespace: String) -> [Peer] {
    (node.list(field, &problems) ?? []).compactMap { entry in
      if isMisplaced(entry, ["from", "ports"], "`\(field)[]` is a peer", "a rule", "its `from` alone") {
        return nil
      }
      return NetworkPolicy.Peer(entry, &problems).map { Peer($0, in: namespace) }
    }
  }

  /// Whether an entry has members that belong into another kind of list, which is the most frequent mistake.
  private mutating func isMisplaced(
    _ node: Node, _ keys: [String], _ expectation: String, _ owner: String, _ remedy: String
  ) -> Bool {
    guard node.content == .mapping,
      let key = node.members.first(where: { keys.contains($0.key.keyText) })?.key
    else { return false }
    problems.append(
      Diagnostic(
        .unknownField, .error, "\(expectation), and `\(key.keyText)` is part of \(owner)", at: key.location,
        fix: "write \(remedy)"))
    return true
  }

  /// Warns when the manifests say that nothing answers there.
  private mutating func check(_ port: ValuesPort, of workload: Workload) {
    let declared = workload.containerPorts
    if declared.isEmpty { return }
    if declared.contains(where: { $0.number == port.number && $0.transport == port.transport.model }) {
      return
    }
    problems.append(
      Diagnostic(
        .unknownPortName, .warning,
        "\(workload) declares no port \(port.number), which `ports.\(port.name)` is", at: port.location,
        related: [.init(message: "the workload", location: workload.site.location)]))
  }

  private mutating func additionalIngress(_ list: LayeredNode?, of workload: Workload) -> [Rule] {
    (list?.last.list("networkPolicy.additionalIngress", &problems) ?? []).compactMap { entry in
      rule(entry, .ingress, "networkPolicy.additionalIngress[]", workload.namespace)
    }
  }

  /// A rule in the words of a NetworkPolicy.
  mutating func rule(_ node: Node, _ direction: Direction, _ field: String, _ namespace: String) -> Rule? {
    let list = direction == .ingress ? "from" : "to"
    let keys = ["ipBlock", "podSelector", "namespaceSelector"]
    if isMisplaced(node, keys, "`\(field)` is a rule", "a peer", "- \(list): […] with the peer in it") {
      return nil
    }
    guard let rule = NetworkPolicy.Rule(node, direction, &problems) else { return nil }
    if let place = rule.emptyPeerList {
      problems.append(
        Diagnostic(
          .emptyRule, .warning, "an empty `\(list)` is everybody, not nobody", at: place,
          fix: "leave `\(list)` out if everybody is meant"))
    }
    return Rule(rule, direction, in: namespace)
  }

  // MARK: - The namespace

  private mutating func readDefaultDeny(
    _ deny: LayeredNode?, of workload: Workload, closesEgress: Bool, _ places: inout TrafficValues.Places
  ) -> Policy? {
    let field = "networkPolicy.defaultDeny"
    guard let deny, deny.isMapping(field, known: ["enabled", "order"], &problems) else { return nil }
    let order = deny["order"]?.last
    let number = order?.number("\(field).order", &problems)
    guard enabled(deny, field) else { return nil }
    if let order, let number { places.order = Located(number, at: order.location) }
    let site = CallSite(deny.location)
    return Policy(
      "\(workload.name)-default-deny", Pods(.everything, .named([workload.namespace]), nil, site),
      closesEgress ? .both : .ingress, .normal, [], site)
  }
}

extension Diagnostic.Code {
  /// A port that only probes need.
  static let probePort = Self(rawValue: "probe-port")
  /// A port that is open to anyone.
  static let openPort = Self(rawValue: "open-port")
}
