// As a NetworkPolicy.
extension SyntheticPolicy {
  /// The manifest; nil for what goes beyond one namespace.
  var networkPolicy: String? {
    guard case .namespace(let namespace) = scope else { return nil }
    func rules(_ rules: [Rule]?, peers: String) -> YAMLValue? {
      guard let rules, !rules.isEmpty else { return nil }
      return .list(
        rules.map { rule in
          [
            peers: .filled(rule.peers.map(Self.networkPolicyPeer)),
            "ports": .filled(rule.ports.map(Self.networkPolicyPort)),
          ]
        })
    }
    let types = (ingress == nil ? [] : ["Ingress"]) + (egress == nil ? [] : ["Egress"])
    return YAMLValue.manifest(
      "networking.k8s.io/v1", "NetworkPolicy", name: name, namespace: namespace,
      spec: [
        "policyTypes": .words(types), "podSelector": subject.labelSelector,
        "ingress": rules(ingress, peers: "from"), "egress": rules(egress, peers: "to"),
      ])
  }

  private static func networkPolicyPeer(_ peer: Peer) -> YAMLValue {
    switch peer {
    case .pods(let pods): ["podSelector": pods.labelSelector]
    case .namespaces(let namespaces): ["namespaceSelector": namespaces.labelSelector]
    case .podsInNamespaces(let pods, let namespaces):
      ["namespaceSelector": namespaces.labelSelector, "podSelector": pods.labelSelector]
    case .block(let block, let except):
      ["ipBlock": ["cidr": .quoted(block), "except": .filled(except.map { .quoted($0) })]]
    case .apiServer: ["ipBlock": ["cidr": .quoted(Peer.apiServerBlock)]]
    }
  }

  private static func networkPolicyPort(_ port: Port) -> YAMLValue {
    let transport = YAMLValue.text(port.transport.rawValue)
    return switch port {
    case .named(let name, _): ["port": .text(name), "protocol": transport]
    case .number(let number, _): ["port": .number(number), "protocol": transport]
    case .range(let first, let last, _):
      ["port": .number(first), "endPort": .number(last), "protocol": transport]
    }
  }
}

extension SyntheticPolicy.Selector {
  /// With `matchLabels` and `matchExpressions`, as Kubernetes and Cilium write it.
  var labelSelector: YAMLValue {
    let expressions = expressions.map { expression -> YAMLValue in
      [
        "key": .text(expression.key), "operator": .text(expression.operation.rawValue),
        "values": expression.values.isEmpty ? nil : .words(expression.values),
      ]
    }
    return [
      "matchLabels": labels.isEmpty ? nil : .map(labels.map { ($0.key, .text($0.value)) }),
      "matchExpressions": .filled(expressions),
    ]
  }
}

extension YAMLValue {
  /// A list; nil instead of an empty one.
  static func filled(_ elements: [YAMLValue]) -> YAMLValue? {
    elements.isEmpty ? nil : .list(elements)
  }
}
