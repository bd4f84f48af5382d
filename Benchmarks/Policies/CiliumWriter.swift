/// Writes policies as Cilium's: CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy, and the CiliumCIDRGroups
/// that they name.
struct CiliumWriter {
  private typealias Rule = SyntheticPolicy.Rule
  private typealias Selector = SyntheticPolicy.Selector

  private static let podNamespace = "k8s:io.kubernetes.pod.namespace"
  private static let namespaceLabels = "k8s:io.cilium.k8s.namespace.labels."

  private let policy: SyntheticPolicy
  private var random: SplitMix64
  private var groups: [String] = []

  /// - Parameter number: differs from policy to policy of the same cluster.
  init(_ policy: SyntheticPolicy, seed: UInt64, number: Int) {
    self.policy = policy.withDenials
    random = SplitMix64(seed: seed, stream: .dialect, index: number)
  }

  /// The policy's manifest, after those of the groups that it names.
  mutating func manifests() -> [String] {
    let ingress = lists(policy.ingress, isIngress: true)
    let egress = lists(policy.egress, isIngress: false)
    var (subject, namespace) = (policy.subject, String?.none)
    // What the platform adds for many must not close what nobody asked to close.
    var defaultDeny: YAMLValue?
    switch policy.scope {
    case .namespace(let name): namespace = name
    case .namespaces(let namespaces):
      subject = subject.and(Self.keys(of: namespaces))
      defaultDeny = [
        "ingress": policy.ingress.map { _ in .flag(false) },
        "egress": policy.egress.map { _ in .flag(false) },
      ]
    }
    let manifest = YAMLValue.manifest(
      "cilium.io/v2", namespace == nil ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
      name: policy.name, namespace: namespace,
      spec: [
        "endpointSelector": subject.labelSelector, "enableDefaultDeny": defaultDeny,
        "ingress": ingress.allowed, "ingressDeny": ingress.denied,
        "egress": egress.allowed, "egressDeny": egress.denied,
      ])
    return groups + [manifest]
  }

  /// What a direction allows and denies; an empty rule closes a direction that allows nothing.
  private mutating func lists(
    _ rules: [Rule]?, isIngress: Bool
  ) -> (allowed: YAMLValue?, denied: YAMLValue?) {
    guard let rules else { return (nil, nil) }
    var (allowed, denied): ([YAMLValue], [YAMLValue]) = ([], [])
    for rule in rules {
      switch rule.action {
      case .allow:
        allowed += members(of: rule, isIngress: isIngress).map { entry($0, rule, isIngress: isIngress) }
        let excluded = rule.blocks.filter(\.block.isWholeFamily)
        if !excluded.isEmpty {
          let inside = Rule(peers: excluded.flatMap(\.except).map { .block($0, except: []) })
          denied += members(of: inside, isIngress: isIngress).map { entry($0, inside, isIngress: isIngress) }
        }
      case .deny:
        denied += members(of: rule, isIngress: isIngress).map { entry($0, rule, isIngress: isIngress) }
      case .pass: continue
      }
    }
    if allowed.isEmpty && denied.isEmpty { allowed = [[:]] }
    return (.filled(allowed), .filled(denied))
  }

  private func entry(_ member: (String, YAMLValue), _ rule: Rule, isIngress: Bool) -> YAMLValue {
    let ports = rule.ports.map(Self.port)
    var portRules: YAMLValue?
    if !isIngress, rule.isDNS { portRules = ["dns": [["matchPattern": "*"]]] }
    return [
      (isIngress ? "from" : "to") + member.0: member.1,
      "toPorts": ports.isEmpty ? nil : [["ports": .list(ports), "rules": portRules]],
    ]
  }

  private static func port(_ port: SyntheticPolicy.Port) -> YAMLValue {
    let transport = YAMLValue.text(port.transport.rawValue)
    return switch port {
    case .named(let name, _): ["port": .text(name), "protocol": transport]
    case .number(let number, _): ["port": .text("\(number)"), "protocol": transport]
    case .range(let first, let last, _):
      ["port": .text("\(first)"), "endPort": .number(last), "protocol": transport]
    }
  }
}

// MARK: - Peers

extension CiliumWriter {
  /// A rule has one kind of peers, so that one rule of the other dialects may be several here.
  private mutating func members(of rule: Rule, isIngress: Bool) -> [(String, YAMLValue)] {
    if rule.peers.isEmpty { return [("Entities", .words(["cluster", "world"]))] }
    var members: [(String, YAMLValue)] = []
    let endpoints = rule.peers.compactMap(Self.endpoints).map(\.labelSelector)
    if !endpoints.isEmpty { members.append(("Endpoints", .list(endpoints))) }
    if rule.peers.contains(where: \.isAPIServer) { members.append(("Entities", .words(["kube-apiserver"]))) }
    let blocks = rule.blocks
    if blocks.contains(where: \.block.isWholeFamily) {
      members.append(("Entities", .words(["world"])))
    } else if !isIngress, rule.isToProviders, random.chance(percent: 50) {
      members.append(("FQDNs", .list(blocks.map { _ in provider() })))
    } else if blocks.count > 1 {
      members.append(("CIDRSet", [group(blocks, isIngress: isIngress)]))
    } else if let only = blocks.first {
      members.append(
        ("CIDRSet", [["cidr": .quoted(only.block), "except": .filled(only.except.map { .quoted($0) })]]))
    }
    return members
  }

  /// Writes a group of these blocks and answers the reference to it.
  private mutating func group(
    _ blocks: [(block: String, except: [String])], isIngress: Bool
  ) -> YAMLValue {
    let home: String
    switch policy.scope {
    case .namespace(let name): home = "\(name)-"
    case .namespaces: home = ""
    }
    let name = "\(home)\(policy.name)-\(isIngress ? "sources" : "destinations")"
    groups.append(
      YAMLValue.manifest(
        "cilium.io/v2", "CiliumCIDRGroup", name: name,
        spec: ["externalCIDRs": .list(blocks.map { .quoted($0.block) })]))
    return [
      "cidrGroupRef": .text(name), "except": .filled(blocks.flatMap(\.except).map { .quoted($0) }),
    ]
  }

  /// A provider by name, where other dialects know its addresses only.
  private mutating func provider() -> YAMLValue {
    let domain = "\(Vocabulary.application(random.below(56))).example"
    return random.chance(percent: 30)
      ? ["matchPattern": .text("*.\(domain)")]
      : ["matchName": .text("\(random.pick(["api", "events", "files"])).\(domain)")]
  }

  private static func endpoints(_ peer: SyntheticPolicy.Peer) -> Selector? {
    switch peer {
    case .pods(let pods): pods
    case .namespaces(let namespaces): keys(of: namespaces)
    case .podsInNamespaces(let pods, let namespaces): pods.and(keys(of: namespaces))
    case .block, .apiServer: nil
    }
  }

  /// A selector of namespaces in terms of what pods know of theirs.
  private static func keys(of namespaces: Selector) -> Selector {
    func key(_ label: String) -> String {
      label == "kubernetes.io/metadata.name" ? podNamespace : namespaceLabels + label
    }
    var selector = Selector(
      labels: namespaces.labels.map { .init(key($0.key), $0.value) },
      expressions: namespaces.expressions.map { expression in
        .init(key: key(expression.key), operation: expression.operation, values: expression.values)
      })
    // Without a positive word about namespaces, Cilium takes what is in none as well.
    let isPositive =
      !namespaces.labels.isEmpty
      || namespaces.expressions.contains { $0.operation == .isIn || $0.operation == .exists }
    if !isPositive { selector = selector.and(.where(podNamespace, .exists)) }
    return selector
  }
}

extension SyntheticPolicy.Peer {
  fileprivate var isAPIServer: Bool {
    if case .apiServer = self { true } else { false }
  }
}

extension SyntheticPolicy.Rule {
  private func has(_ number: Int) -> Bool {
    ports.contains { if case .number(number, _) = $0 { true } else { false } }
  }

  fileprivate var isDNS: Bool { has(53) }
  fileprivate var isToProviders: Bool { has(443) }
}
