package import Kubernetes
package import PolicyModel

/// An entry of `toPorts`. Without ports it matches nothing.
package struct CiliumPortRule: Sendable {
  package let ports: [CiliumPort]
  package let rules: CiliumL7Rules
  /// The names a TLS client may ask for; empty when left out, which narrows nothing.
  package let serverNames: [Located<DomainPattern>]
  package let terminatingTLS: CiliumTLSContext?
  package let originatingTLS: CiliumTLSContext?
  package let listener: CiliumListener?
  package let location: SourceLocation
}

/// The certificates of a connection to or from the proxy.
package struct CiliumTLSContext: Sendable {
  package let secret: CiliumSecret
  package let trustedCA: String?
  package let certificate: String?
  package let privateKey: String?
}

/// A Secret by name.
package struct CiliumSecret: Sendable, Hashable {
  package let name: String
  /// Nil when left out.
  package let namespace: String?
}

/// An Envoy listener to which traffic is sent.
package struct CiliumListener: Sendable {
  /// The kinds of objects that define listeners.
  package enum EnvoyConfigKind: String, Sendable, CaseIterable {
    case namespaced = "CiliumEnvoyConfig"
    case clusterwide = "CiliumClusterwideEnvoyConfig"
  }

  /// Nil when left out.
  package let envoyConfigKind: EnvoyConfigKind?
  package let envoyConfigName: String
  package let name: String
  /// 1…100.
  package let priority: Int?
}

extension CiliumPortRule {
  /// The most entries `ports` may have.
  private static let limit = 40

  init?(_ node: Node, _ role: CiliumRule.Role, _ problems: inout [Diagnostic]) {
    let path = "toPorts[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(
      node, type: role.isDeny ? "PortDenyRule" : "PortRule",
      known: ["ports"] + (role.isDeny ? [] : Self.allowFields),
      consequence: role.isDeny
        ? "(a server that drops it denies more)" : "(a server that drops it allows more)", &problems)
    // Of what a deny rule cannot have, nothing but its being there is reported.
    let allowFields = role.isDeny ? nil : fields
    let rules = allowFields?.mapping("rules", in: path, &problems) { CiliumL7Rules($0, &$1) } ?? .unrestricted
    self.rules = rules
    ports = fields.entries("ports", in: path, &problems) { CiliumPort($0, l7: rules, &$1) } ?? []
    serverNames = allowFields.map { Self.serverNames($0, path, &problems) } ?? []
    terminatingTLS = allowFields?.mapping("terminatingTLS", in: path, &problems) { CiliumTLSContext($0, &$1) }
    originatingTLS = allowFields?.mapping("originatingTLS", in: path, &problems) { CiliumTLSContext($0, &$1) }
    listener = allowFields?.mapping("listener", in: path, &problems) { CiliumListener($0, &$1) }
    location = node.location
    checkCount(fields["ports"], role, &problems)
    guard let allowFields else { return }
    allowFields.warnOfNulls(["rules", "serverNames"], "the rule allows more", &problems)
    checkL7(allowFields, role, &problems)
  }

  private static let allowFields = ["rules", "serverNames", "terminatingTLS", "originatingTLS", "listener"]

  private static func serverNames(
    _ fields: StrictFields, _ path: String, _ problems: inout [Diagnostic]
  ) -> [Located<DomainPattern>] {
    guard let node = fields["serverNames"],
      let names = fields.strings("serverNames", in: path, &problems)
    else { return [] }
    if names.isEmpty {
      problems.reportRefusedByServer(
        at: node.location, "`serverNames` must not be empty", fix: "leave it out to mean any name")
    }
    var seen: Set<String> = []
    return names.compactMap { name in
      if !seen.insert(name.value).inserted {
        problems.reportRefusedByServer(
          at: name.location, "`\(name.value)` stands twice in `serverNames`", fix: "remove one of them")
      }
      guard let pattern = DomainPattern(ciliumMatchPattern: name.value) else {
        problems.reportRefusedByServer(
          at: name.location, "`\(name.value)` is not a server name or a pattern of such")
        return nil
      }
      return Located(pattern, at: name.location)
    }
  }

  /// The schema counts the ports of allow rules, the agent those of deny rules.
  private func checkCount(_ node: Node?, _ role: CiliumRule.Role, _ problems: inout [Diagnostic]) {
    guard let node, node.elements.count > Self.limit else { return }
    let message = "`ports` may have at most \(Self.limit) entries"
    let location = node.elements[Self.limit].location
    if role.isDeny {
      problems.reportIgnoredByAgent(at: location, message)
    } else {
      problems.reportRefusedByServer(at: location, message)
    }
  }

  private func checkL7(_ fields: StrictFields, _ role: CiliumRule.Role, _ problems: inout [Diagnostic]) {
    if let listener = fields["listener"] {
      if role.direction == .ingress {
        problems.reportIgnoredByAgent(at: listener.location, "an ingress rule cannot have a `listener`")
      }
      if rules.isWritten {
        problems.reportIgnoredByAgent(
          at: listener.location, "a `listener` cannot stand beside L7 `rules`")
      }
    }
    guard rules.isWritten, let node = fields["rules"] else { return }
    if !serverNames.isEmpty, terminatingTLS == nil {
      problems.reportIgnoredByAgent(
        at: node.location, "L7 `rules` beside `serverNames` need a `terminatingTLS`")
    }
    switch rules {
    case .unrestricted: break
    case .http(let rules):
      if role.isHostPolicy, role.direction == .ingress || !rules.isEmpty {
        problems.reportIgnoredByAgent(at: node.location, "a policy of nodes cannot have HTTP rules")
      }
    case .dns(let patterns):
      if role.direction == .ingress, role.isHostPolicy || !patterns.isEmpty {
        problems.reportIgnoredByAgent(at: node.location, "an ingress rule cannot have DNS rules")
      }
      if fields["ports"]?.elements.isEmpty ?? true {
        problems.reportIgnoredByAgent(
          at: node.location, "DNS rules need a port", fix: "add ports: [{port: \"53\", protocol: ANY}]")
      }
    }
  }
}

extension CiliumTLSContext {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let field = "TLS"
    let fields = StrictFields(
      node, type: "TLSContext", known: ["secret", "trustedCA", "certificate", "privateKey"], &problems)
    trustedCA = fields.string("trustedCA", in: field, &problems)
    certificate = fields.string("certificate", in: field, &problems)
    privateKey = fields.string("privateKey", in: field, &problems)
    guard fields["secret"] != nil else {
      problems.reportMissing(at: node.location, "a TLS context needs a `secret`")
      return nil
    }
    guard let secret = fields.mapping("secret", in: field, &problems, { CiliumSecret($0, &$1) }) else {
      return nil
    }
    self.secret = secret
  }
}

extension CiliumSecret {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(node, type: "Secret", known: ["name", "namespace"], &problems)
    namespace = fields.string("namespace", in: "secret", &problems)
    guard let nameNode = fields["name"] else {
      problems.reportMissing(at: node.location, "`secret` needs a `name`")
      return nil
    }
    guard let name = nameNode.string("secret.name", &problems) else { return nil }
    self.name = name
  }
}

extension CiliumListener {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(
      node, type: "Listener", known: ["envoyConfig", "name", "priority"], &problems)
    name = fields.requiredString("name", in: "listener", at: node.location, &problems) ?? ""
    priority = fields["priority"].flatMap { Self.priority($0, &problems) }
    guard let config = fields["envoyConfig"] else {
      problems.reportMissing(at: node.location, "`listener` needs an `envoyConfig`")
      return nil
    }
    guard config.isMapping("listener.envoyConfig", &problems) else { return nil }
    let configFields = StrictFields(config, type: "EnvoyConfig", known: ["kind", "name"], &problems)
    envoyConfigKind = configFields.choice("kind", in: "listener.envoyConfig", &problems)
    envoyConfigName =
      configFields.requiredString("name", in: "listener.envoyConfig", at: config.location, &problems) ?? ""
  }

  private static func priority(_ node: Node, _ problems: inout [Diagnostic]) -> Int? {
    guard let number = node.integer("listener.priority", &problems) else { return nil }
    if !(1...100).contains(number) {
      problems.reportRefusedByServer(
        at: node.location, "`listener.priority` must be 1 to 100, not \(number)")
    }
    return Int(number)
  }
}
