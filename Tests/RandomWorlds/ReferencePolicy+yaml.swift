extension ReferencePolicy {
  /// The NetworkPolicy object; absent fields are left out, or written as `null` if `spellsNull`.
  var manifest: ReferenceYAML {
    let types = policyTypes.map { ReferenceYAML.list($0.map { .text($0.rawValue) }) }
    return .map([
      ("apiVersion", .text("networking.k8s.io/v1")), ("kind", .text("NetworkPolicy")),
      ("metadata", ReferenceWorld.metadata(namespace: namespace, name: name)),
      (
        "spec",
        map([
          ("podSelector", podSelector.map(manifest(of:))),
          ("policyTypes", types),
          ("ingress", ingress.map { .list($0.map { manifest(of: $0, peers: "from") }) }),
          ("egress", egress.map { .list($0.map { manifest(of: $0, peers: "to") }) }),
        ])
      ),
    ])
  }

  /// A `null` rule is a rule without members: it allows everything.
  private func manifest(of rule: Rule, peers: String) -> ReferenceYAML {
    if spellsNull, rule == Rule() { return .null }
    return map([
      (peers, rule.peers.map { .list($0.map(manifest(of:))) }),
      ("ports", rule.ports.map { .list($0.map(manifest(of:))) }),
    ])
  }

  private func manifest(of peer: Peer) -> ReferenceYAML {
    map([
      ("podSelector", peer.podSelector.map(manifest(of:))),
      ("namespaceSelector", peer.namespaceSelector.map(manifest(of:))),
      ("ipBlock", peer.ipBlock.map(manifest(of:))),
    ])
  }

  private func manifest(of block: IPBlock) -> ReferenceYAML {
    map([
      ("cidr", .text("\(block.cidr)")),
      ("except", block.except.map { .list($0.map { .text("\($0)") }) }),
    ])
  }

  private func manifest(of port: Port) -> ReferenceYAML {
    let value: ReferenceYAML?
    switch port.port {
    case nil: value = nil
    case .number(let number): value = .number(number)
    case .name(let name): value = .text(name)
    }
    return map([
      ("protocol", port.transport.map { .text($0.rawValue.uppercased()) }),
      ("port", value),
      ("endPort", port.endPort.map { .number($0) }),
    ])
  }

  private func manifest(of selector: Selector) -> ReferenceYAML {
    map([
      ("matchLabels", selector.matchLabels.map { .labels($0) }),
      ("matchExpressions", selector.matchExpressions.map { .list($0.map(manifest(of:))) }),
    ])
  }

  private func manifest(of requirement: Requirement) -> ReferenceYAML {
    map([
      ("key", .text(requirement.key)),
      ("operator", .text(requirement.operation.rawValue)),
      ("values", requirement.values.map { .list($0.map { .text($0) }) }),
    ])
  }

  private func map(_ fields: [(String, ReferenceYAML?)]) -> ReferenceYAML {
    .map(
      fields.compactMap { key, value in
        if let value { return (key, value) }
        return spellsNull ? (key, .null) : nil
      })
  }
}
