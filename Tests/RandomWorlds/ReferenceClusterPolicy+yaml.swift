extension ReferenceClusterPolicy {
  /// The object in the words of its version.
  var manifest: ReferenceYAML {
    var spec: [(String, ReferenceYAML?)] = []
    if kind == .clusterNetworkPolicy { spec.append(("tier", .text(tier.rawValue))) }
    if kind != .baselineAdminNetworkPolicy { spec.append(("priority", .number(priority))) }
    spec.append(("subject", .map([manifest(of: subject)])))
    spec.append(("ingress", ingress.map { .list($0.map { manifest(of: $0, peers: "from") }) }))
    spec.append(("egress", egress.map { .list($0.map { manifest(of: $0, peers: "to") }) }))
    let version = kind == .clusterNetworkPolicy ? "v1alpha2" : "v1alpha1"
    return .map([
      ("apiVersion", .text("policy.networking.k8s.io/\(version)")), ("kind", .text(kind.rawValue)),
      ("metadata", ReferenceWorld.metadata(name: name)), ("spec", Self.map(spec)),
    ])
  }

  private func manifest(of rule: Rule, peers: String) -> ReferenceYAML {
    let isCurrent = kind == .clusterNetworkPolicy
    let action = rule.action == .accept && !isCurrent ? "Allow" : rule.action.rawValue
    return Self.map([
      ("name", rule.name.map { .text($0) }), ("action", .text(action)),
      (peers, .list(rule.peers.map(manifest(of:)))),
      (
        isCurrent ? "protocols" : "ports",
        rule.protocols.map { .list($0.map { isCurrent ? Self.currentPort($0) : oldPort($0) }) }
      ),
    ])
  }

  private func manifest(of peer: Peer) -> ReferenceYAML {
    switch peer {
    case .pods(let pods): .map([manifest(of: pods)])
    case .networks(let blocks): .map([("networks", .list(blocks.map { .text("\($0)") }))])
    case .nodes(let selector): .map([("nodes", selector.manifest)])
    case .domainNames(let names): .map([("domainNames", .list(names.map { .text($0) }))])
    }
  }

  private func manifest(of pods: Pods) -> (String, ReferenceYAML) {
    guard let podSelector = pods.podSelector else {
      return ("namespaces", (pods.namespaceSelector ?? Selector()).manifest)
    }
    return (
      "pods",
      Self.map([
        ("namespaceSelector", pods.namespaceSelector.map(\.manifest)), ("podSelector", podSelector.manifest),
      ])
    )
  }

  private static func currentPort(_ port: Port) -> ReferenceYAML {
    switch port {
    case .numbers(let transport, let start, let end):
      let destination: (String, ReferenceYAML) =
        start == end
        ? ("number", .number(start)) : ("range", .map([("start", .number(start)), ("end", .number(end))]))
      return .map([(transport.rawValue, .map([("destinationPort", .map([destination]))]))])
    case .named(let name): return .map([("destinationNamedPort", .text(name))])
    case .otherProtocol(let name, let number):
      return .map([(name, .map([("destinationPort", .map([("number", .number(number))]))]))])
    }
  }

  private func oldPort(_ port: Port) -> ReferenceYAML {
    switch port {
    case .numbers(let transport, let start, let end):
      let name = transport == .tcp && !spellsTCP ? nil : ReferenceYAML.text(transport.rawValue.uppercased())
      return start == end
        ? .map([("portNumber", Self.map([("protocol", name), ("port", .number(start))]))])
        : .map([
          ("portRange", Self.map([("protocol", name), ("start", .number(start)), ("end", .number(end))]))
        ])
    case .named(let name): return .map([("namedPort", .text(name))])
    case .otherProtocol(let name, let number):
      return .map([("portNumber", .map([("protocol", .text(name)), ("port", .number(number))]))])
    }
  }

  private static func map(_ fields: [(String, ReferenceYAML?)]) -> ReferenceYAML {
    .map(fields.compactMap { key, value in value.map { (key, $0) } })
  }
}

extension ReferencePolicy.Selector {
  /// With absent fields left out.
  var manifest: ReferenceYAML {
    var fields: [(String, ReferenceYAML)] = []
    if let matchLabels { fields.append(("matchLabels", .labels(matchLabels))) }
    if let matchExpressions {
      let items = matchExpressions.map { requirement -> ReferenceYAML in
        var parts: [(String, ReferenceYAML)] = [
          ("key", .text(requirement.key)), ("operator", .text(requirement.operation.rawValue)),
        ]
        if let values = requirement.values { parts.append(("values", .list(values.map { .text($0) }))) }
        return .map(parts)
      }
      fields.append(("matchExpressions", .list(items)))
    }
    return .map(fields)
  }
}
