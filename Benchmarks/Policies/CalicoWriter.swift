/// Writes policies as Calico's: NetworkPolicy, GlobalNetworkPolicy, and the NetworkSets that they name.
///
/// A stage is a tier. Only the last one denies what nobody decided; the others pass on to it.
struct CalicoWriter {
  private typealias Selector = SyntheticPolicy.Selector

  private static let version = "projectcalico.org/v3"

  private let policy: SyntheticPolicy
  private let tier: SyntheticPolicy.Stage
  private let order: Int?
  private var sets: [String] = []

  /// - Parameters:
  ///   - tier: the stage in whose tier the policy stands.
  ///   - place: among the policies that may select the same pods.
  init(_ policy: SyntheticPolicy, tier: SyntheticPolicy.Stage, place: Int) {
    self.policy = policy.withDenials
    self.tier = tier
    // Without rules, nothing depends on the order.
    let hasRules = policy.ingress?.isEmpty == false || policy.egress?.isEmpty == false
    order = hasRules ? 10 * (place + 1) : nil
  }

  /// The tiers of all stages.
  static var tiers: [String] {
    SyntheticPolicy.Stage.allCases.enumerated().map { place, stage in
      let isLast = stage == .fallback
      return YAMLValue.manifest(
        version, "Tier", name: stage.rawValue,
        spec: [
          "order": .number(isLast ? 1_000_000 : 100 * (place + 1)), "defaultAction": isLast ? "Deny" : "Pass",
        ])
    }
  }

  /// The policy's manifest, after those of the sets that it names.
  mutating func manifests() -> [String] {
    let ingress = policy.ingress?.flatMap { rules(of: $0, isIngress: true) }
    let egress = policy.egress?.flatMap { rules(of: $0, isIngress: false) }
    var (namespace, namespaces) = (String?.none, YAMLValue?.none)
    switch policy.scope {
    case .namespace(let name): namespace = name
    case .namespaces(let selector): namespaces = .text(selector.calicoText(ofNamespaces: true))
    }
    let types = (ingress == nil ? [] : ["Ingress"]) + (egress == nil ? [] : ["Egress"])
    let manifest = YAMLValue.manifest(
      Self.version, namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy", name: policy.name,
      namespace: namespace,
      spec: [
        "tier": .text(tier.rawValue), "order": order.map { .number($0) },
        "namespaceSelector": namespaces, "selector": .text(policy.subject.calicoText()),
        "types": .words(types), "ingress": ingress.flatMap(YAMLValue.filled),
        "egress": egress.flatMap(YAMLValue.filled),
      ])
    return sets + [manifest]
  }

  /// One rule for each peer and transport, as a rule has one of each.
  private mutating func rules(of rule: SyntheticPolicy.Rule, isIngress: Bool) -> [YAMLValue] {
    let peers = ends(of: rule, isIngress: isIngress)
    let transports = SyntheticCluster.Transport.allCases.filter { transport in
      rule.ports.contains { $0.transport == transport }
    }
    let ports: [(transport: SyntheticCluster.Transport, ports: YAMLValue)] = transports.map { transport in
      (transport, .list(rule.ports.filter { $0.transport == transport }.map(Self.port)))
    }
    let action = YAMLValue.text(rule.action.calicoText)
    return peers.flatMap { peer -> [YAMLValue] in
      let version = peer.isIPv6.map { YAMLValue.number($0 ? 6 : 4) }
      func entry(_ transport: YAMLValue?, _ ports: YAMLValue?) -> YAMLValue {
        let near = ports.map { ["ports": $0] as YAMLValue }
        let far = peer.fields + (isIngress ? [] : ports.map { [("ports", $0)] } ?? [])
        let end: YAMLValue? = far.isEmpty ? nil : .map(far)
        return [
          "action": action, "ipVersion": version, "protocol": transport, "source": isIngress ? end : nil,
          "destination": isIngress ? near : end,
        ]
      }
      if ports.isEmpty { return [entry(nil, nil)] }
      return ports.map { entry(.text($0.transport.rawValue), $0.ports) }
    }
  }

  private static func port(_ port: SyntheticPolicy.Port) -> YAMLValue {
    switch port {
    case .named(let name, _): .text(name)
    case .number(let number, _): .number(number)
    case .range(let first, let last, _): .quoted("\(first):\(last)")
    }
  }
}

// MARK: - Peers

extension CalicoWriter {
  /// The fields of `source` or `destination`; for one family only, if it says which.
  private struct End {
    var fields: [(key: String, value: YAMLValue)]
    var isIPv6: Bool?
  }

  private mutating func ends(of rule: SyntheticPolicy.Rule, isIngress: Bool) -> [End] {
    if rule.peers.isEmpty { return [End(fields: [])] }
    let blocks = rule.blocks
    let named = rule.peers.compactMap(Self.end)
    if blocks.count < 2 || blocks.contains(where: \.block.isWholeFamily) {
      return named
        + blocks.map { block, except in
          End(fields: [("nets", [.quoted(block)])] + Self.notNets(except))
        }
    }
    return named + set(of: blocks, isIngress: isIngress)
  }

  private static func end(_ peer: SyntheticPolicy.Peer) -> End? {
    switch peer {
    case .pods(let pods): End(fields: [("selector", .text(pods.calicoText(ofPeers: true)))])
    case .namespaces(let namespaces):
      End(fields: [("namespaceSelector", .text(namespaces.calicoText(ofNamespaces: true)))])
    case .podsInNamespaces(let pods, let namespaces):
      End(fields: [
        ("namespaceSelector", .text(namespaces.calicoText(ofNamespaces: true))),
        ("selector", .text(pods.calicoText(ofPeers: true))),
      ])
    case .apiServer: End(fields: [("nets", [.quoted(SyntheticPolicy.Peer.apiServerBlock)])])
    case .block: nil
    }
  }

  private static func notNets(_ except: [String]) -> [(key: String, value: YAMLValue)] {
    except.isEmpty ? [] : [("notNets", .list(except.map { .quoted($0) }))]
  }

  /// Writes a set of these blocks and answers what selects it: once, or for each family if blocks have
  /// exceptions, as a rule with such excludes the other family.
  private mutating func set(
    of blocks: [(block: String, except: [String])], isIngress: Bool
  ) -> [End] {
    let (name, label) = ("\(policy.name)-\(isIngress ? "sources" : "destinations")", "networks")
    var namespace: String?
    var fields: [(key: String, value: YAMLValue)] = []
    if case .namespace(let home) = policy.scope {
      namespace = home
    } else {
      fields.append(("namespaceSelector", "global()"))
    }
    fields.append(("selector", .text(Selector.label(label, name).calicoText())))
    sets.append(
      YAMLValue.manifest(
        Self.version, namespace == nil ? "GlobalNetworkSet" : "NetworkSet", name: name, namespace: namespace,
        labels: [label: .text(name)], spec: ["nets": .list(blocks.map { .quoted($0.block) })]))
    let exceptions = blocks.flatMap(\.except)
    if exceptions.isEmpty { return [End(fields: fields)] }
    return [false, true].filter { family in blocks.contains { $0.block.isIPv6 == family } }.map { family in
      End(fields: fields + Self.notNets(exceptions.filter { $0.isIPv6 == family }), isIPv6: family)
    }
  }
}

extension SyntheticPolicy.Action {
  fileprivate var calicoText: String {
    switch self {
    case .allow: "Allow"
    case .deny: "Deny"
    case .pass: "Pass"
    }
  }
}

// MARK: - Selectors

extension SyntheticPolicy.Selector {
  /// In Calico's language.
  ///
  /// - Parameters:
  ///   - ofPeers: whether network sets, which have no orchestrator, would be found by "everything".
  ///   - ofNamespaces: whether the labels are those of namespaces.
  fileprivate func calicoText(ofPeers: Bool = false, ofNamespaces: Bool = false) -> String {
    let isPositive =
      !labels.isEmpty || expressions.contains { $0.operation == .isIn || $0.operation == .exists }
    var terms = labels.map { "\(Self.key($0.key)) == '\($0.value)'" } + expressions.map(Self.term)
    // What is in no namespace has none of its labels either.
    if ofNamespaces, !isPositive, !terms.isEmpty { terms.insert("has(projectcalico.org/name)", at: 0) }
    if ofPeers, !isPositive { terms.insert("projectcalico.org/orchestrator == 'k8s'", at: 0) }
    return terms.isEmpty ? "all()" : terms.joined(separator: " && ")
  }

  private static func term(_ expression: SyntheticPolicy.Expression) -> String {
    let key = key(expression.key)
    let values = expression.values.map { "'\($0)'" }
    let list = "{\(values.joined(separator: ", "))}"
    return switch expression.operation {
    case .isIn: values.count == 1 ? "\(key) == \(values[0])" : "\(key) in \(list)"
    case .isNotIn: values.count == 1 ? "\(key) != \(values[0])" : "\(key) not in \(list)"
    case .exists: "has(\(key))"
    case .doesNotExist: "!has(\(key))"
    }
  }

  private static func key(_ label: String) -> String {
    label == "kubernetes.io/metadata.name" ? "projectcalico.org/name" : label
  }
}
