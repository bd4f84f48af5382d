extension ReferenceCalico {
  /// The objects as documents.
  var manifests: [ReferenceYAML] {
    tiers.map(Self.manifest(of:)) + sets.map(Self.manifest(of:)) + policies.map(Self.manifest(of:))
  }

  private static func object(
    _ kind: String, _ metadata: ReferenceYAML, _ spec: [(String, ReferenceYAML?)]
  ) -> ReferenceYAML {
    .map([
      ("apiVersion", .text("projectcalico.org/v3")), ("kind", .text(kind)), ("metadata", metadata),
      ("spec", map(spec)),
    ])
  }

  private static func manifest(of tier: Tier) -> ReferenceYAML {
    object(
      "Tier", ReferenceWorld.metadata(name: tier.name),
      [
        ("order", tier.order.map { .decimal($0) }),
        ("defaultAction", tier.defaultAction.map { .text($0.rawValue) }),
      ])
  }

  private static func manifest(of set: NetworkSet) -> ReferenceYAML {
    object(
      set.namespace == nil ? "GlobalNetworkSet" : "NetworkSet",
      ReferenceWorld.metadata(namespace: set.namespace, name: set.name, labels: set.labels),
      [("nets", texts(set.nets))])
  }

  private static func manifest(of policy: Policy) -> ReferenceYAML {
    let kind = (policy.isStaged ? "Staged" : "") + (policy.namespace == nil ? "Global" : "") + "NetworkPolicy"
    let selector = { (selector: Selector?) -> ReferenceYAML? in
      selector.map { .text($0.text(spelling: policy.spelling)) }
    }
    return object(
      kind, ReferenceWorld.metadata(namespace: policy.namespace, name: policy.name),
      [
        ("tier", policy.tier.map { .text($0) }),
        ("order", policy.order.map { .decimal($0) }),
        ("selector", selector(policy.selector)),
        ("namespaceSelector", selector(policy.namespaceSelector)),
        ("serviceAccountSelector", selector(policy.serviceAccountSelector)),
        ("types", policy.types.map { .list($0.map { .text($0.rawValue) }) }),
        ("ingress", policy.ingress.map { .list($0.map { manifest(of: $0, policy.spelling) }) }),
        ("egress", policy.egress.map { .list($0.map { manifest(of: $0, policy.spelling) }) }),
      ])
  }

  private static func manifest(of rule: Rule, _ spelling: UInt64) -> ReferenceYAML {
    map([
      ("action", .text(rule.action.rawValue)),
      ("ipVersion", rule.ipVersion.map { .number($0) }),
      ("protocol", rule.transport.map(manifest(of:))),
      ("notProtocol", rule.notTransport.map(manifest(of:))),
      ("icmp", rule.icmp.map(manifest(of:))),
      ("notICMP", rule.notICMP.map(manifest(of:))),
      ("source", rule.source == Entity() ? nil : manifest(of: rule.source, spelling)),
      ("destination", rule.destination == Entity() ? nil : manifest(of: rule.destination, spelling)),
    ])
  }

  private static func manifest(of name: ProtocolName) -> ReferenceYAML {
    name.isNumber ? .number(name.transport.number) : .text(name.transport.calicoName)
  }

  private static func manifest(of message: Message) -> ReferenceYAML {
    map([("type", .number(message.type)), ("code", message.code.map { .number($0) })])
  }

  private static func manifest(of entity: Entity, _ spelling: UInt64) -> ReferenceYAML {
    let selector = { (selector: Selector?) -> ReferenceYAML? in
      selector.map { .text($0.text(spelling: spelling)) }
    }
    let namespaces: ReferenceYAML? =
      switch entity.namespaceSelector {
      case nil: nil
      case .global: .text("global()")
      case .matching(let matching): selector(matching)
      }
    return map([
      ("nets", texts(entity.nets)),
      ("notNets", texts(entity.notNets)),
      ("selector", selector(entity.selector)),
      ("notSelector", selector(entity.notSelector)),
      ("namespaceSelector", namespaces),
      (
        "serviceAccounts",
        entity.serviceAccounts.map { accounts in
          map([
            ("names", accounts.names.map { .list($0.map { .text($0) }) }),
            ("selector", selector(accounts.selector)),
          ])
        }
      ),
      (
        "services",
        entity.service.map { service in
          map([("name", .text(service.name)), ("namespace", service.namespace.map { .text($0) })])
        }
      ),
      ("ports", entity.ports.isEmpty ? nil : .list(entity.ports.map(manifest(of:)))),
      ("notPorts", entity.notPorts.isEmpty ? nil : .list(entity.notPorts.map(manifest(of:)))),
    ])
  }

  private static func manifest(of port: Port) -> ReferenceYAML {
    switch port {
    case .numbers(let start, let end): start == end ? .number(start) : .text("\(start):\(end)")
    case .name(let name): .text(name)
    }
  }

  private static func texts(_ blocks: [ReferenceBlock]) -> ReferenceYAML? {
    blocks.isEmpty ? nil : .list(blocks.map { .text("\($0)") })
  }

  private static func map(_ fields: [(String, ReferenceYAML?)]) -> ReferenceYAML {
    .map(fields.compactMap { key, value in value.map { (key, $0) } })
  }
}

extension ReferenceProtocol {
  fileprivate var calicoName: String {
    switch self {
    case .tcp, .udp, .sctp, .icmp, .gre: rawValue.uppercased()
    case .icmpv6: "ICMPv6"
    case .udplite: "UDPLite"
    }
  }
}
