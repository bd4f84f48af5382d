extension ReferenceCiliumPolicy {
  /// The object, with absent fields left out.
  var manifest: ReferenceYAML {
    let kind = namespace == nil ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy"
    return Self.map([
      ("apiVersion", .text("cilium.io/v2")), ("kind", .text(kind)),
      ("metadata", ReferenceWorld.metadata(namespace: namespace, name: name)),
      ("spec", spec.map(Self.manifest(of:))),
      ("specs", specs.map { .list($0.map(Self.manifest(of:))) }),
    ])
  }

  private static func manifest(of set: RuleSet) -> ReferenceYAML {
    let subject: (String, ReferenceYAML)
    switch set.subject {
    case .endpoints(let selector): subject = ("endpointSelector", selector.manifest)
    case .nodes(let selector): subject = ("nodeSelector", selector.manifest)
    }
    func rules(_ rules: [Rule]?, _ direction: Direction) -> ReferenceYAML? {
      rules.map { .list($0.map { manifest(of: $0, direction) }) }
    }
    return map([
      subject, ("ingress", rules(set.ingress, .ingress)), ("ingressDeny", rules(set.ingressDeny, .ingress)),
      ("egress", rules(set.egress, .egress)), ("egressDeny", rules(set.egressDeny, .egress)),
      (
        "enableDefaultDeny",
        set.enableDefaultDeny.map { deny in
          map([("ingress", deny.ingress.map { .flag($0) }), ("egress", deny.egress.map { .flag($0) })])
        }
      ),
    ])
  }

  private static func manifest(of rule: Rule, _ direction: Direction) -> ReferenceYAML {
    let side = direction == .ingress ? "from" : "to"
    return map([
      rule.peers.map { manifest(of: $0, side) } ?? ("", nil),
      ("toPorts", rule.toPorts.map { .list($0.map(manifest(of:))) }),
      (
        "icmps",
        rule.icmps.map { .list($0.map { .map([("fields", .list($0.fields.map(manifest(of:))))]) }) }
      ),
    ])
  }

  private static func manifest(of peers: Peers, _ side: String) -> (String, ReferenceYAML?) {
    switch peers {
    case .endpoints(let selectors): return ("\(side)Endpoints", .list(selectors.map(\.manifest)))
    case .entities(let entities): return ("\(side)Entities", .list(entities.map { .text($0.rawValue) }))
    case .cidrs(let blocks): return ("\(side)CIDR", .list(blocks.map { .text("\($0)") }))
    case .cidrSets(let sets): return ("\(side)CIDRSet", .list(sets.map(manifest(of:))))
    case .nodes(let selectors): return ("\(side)Nodes", .list(selectors.map(\.manifest)))
    case .names(let names): return ("toFQDNs", .list(names.map(manifest(of:))))
    case .services(let services): return ("toServices", .list(services.map(manifest(of:))))
    }
  }

  private static func manifest(of set: CIDRSet) -> ReferenceYAML {
    let source: (String, ReferenceYAML)
    switch set.source {
    case .block(let block): source = ("cidr", .text("\(block)"))
    case .group(let name): source = ("cidrGroupRef", .text(name))
    case .groups(let selector): source = ("cidrGroupSelector", selector.manifest)
    }
    return map([source, ("except", set.except.map { .list($0.map { .text("\($0)") }) })])
  }

  private static func manifest(of name: Name) -> ReferenceYAML {
    switch name {
    case .exact(let text): .map([("matchName", .text(text))])
    case .pattern(let text): .map([("matchPattern", .text(text))])
    }
  }

  private static func manifest(of service: ServiceReference) -> ReferenceYAML {
    let namespace = ("namespace", service.namespace.map { ReferenceYAML.text($0) })
    switch service.service {
    case .named(let name): return .map([("k8sService", map([("serviceName", .text(name)), namespace]))])
    case .labelled(let selector):
      return .map([("k8sServiceSelector", map([("selector", selector.manifest), namespace]))])
    }
  }

  // MARK: - Ports

  private static func manifest(of rule: PortRule) -> ReferenceYAML {
    map([
      ("ports", rule.ports.map { .list($0.map(manifest(of:))) }),
      ("rules", rule.hasHTTP ? .map([("http", .list([.map([("method", .text("GET"))])]))]) : nil),
    ])
  }

  private static func manifest(of port: Port) -> ReferenceYAML {
    let text: String
    switch port.port {
    case .number(let number): text = String(number)
    case .name(let name): text = name
    }
    return map([
      ("port", .text(text)), ("endPort", port.endPort.map { .number($0) }),
      ("protocol", port.transport.map { .text($0.rawValue) }),
    ])
  }

  private static func manifest(of field: ICMP.Field) -> ReferenceYAML {
    map([("type", .number(field.type)), ("family", field.family.map { .text($0) })])
  }

  private static func map(_ fields: [(String, ReferenceYAML?)]) -> ReferenceYAML {
    .map(fields.compactMap { key, value in value.map { (key, $0) } })
  }
}

extension ReferenceCIDRGroup {
  var manifest: ReferenceYAML {
    .map([
      ("apiVersion", .text("cilium.io/v2")), ("kind", .text("CiliumCIDRGroup")),
      ("metadata", ReferenceWorld.metadata(name: name, labels: labels)),
      ("spec", .map([("externalCIDRs", .list(blocks.map { .text("\($0)") }))])),
    ])
  }
}

extension ReferenceCilium {
  var manifests: [ReferenceYAML] { policies.map(\.manifest) + groups.map(\.manifest) }
}
