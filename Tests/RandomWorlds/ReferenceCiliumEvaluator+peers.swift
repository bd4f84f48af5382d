/// SEMANTICS §4.2 to §4.5: who and what a rule matches.
extension ReferenceCiliumEvaluator {
  // MARK: - §4.3 Rules

  /// By which member the first rule that matches names its peers; nil if none does.
  ///
  /// - Parameter namespace: the policy's; nil for a clusterwide one.
  func match(
    _ set: ReferenceCiliumPolicy.RuleSet, _ half: Half, _ namespace: String?, denies: Bool
  ) -> ReferenceCiliumPolicy.Member? {
    set.rules(half.direction, denies: denies).first { matches($0, half, namespace, denies: denies) }?.member
  }

  private func matches(
    _ rule: ReferenceCiliumPolicy.Rule, _ half: Half, _ namespace: String?, denies: Bool
  ) -> Bool {
    var peers = rule.peers
    // Deny rules do not find Services: the member is as if it were not there.
    if denies, case .services = peers { peers = nil }
    // An empty list of names is no member either.
    if case .names([]) = peers { peers = nil }
    guard let peers else {
      // Without peers a rule needs ports, or it is inert.
      let hasTraffic = rule.toPorts?.isEmpty == false || rule.icmps?.isEmpty == false
      return hasTraffic && traffic(rule, half)
    }
    return matches(peers, half, namespace) && traffic(rule, half)
  }

  private func matches(_ peers: ReferenceCiliumPolicy.Peers, _ half: Half, _ namespace: String?) -> Bool {
    switch peers {
    case .endpoints(let selectors):
      guard let identity = identity(of: half) else { return false }
      return selectors.contains { matches($0, identity, namespace) }
    case .entities(let entities): return entities.contains { matches($0, half) }
    case .cidrs(let blocks): return blocks.contains { contains($0, half.peer) }
    case .cidrSets(let sets): return sets.contains { matches($0, half.peer) }
    case .nodes(let selectors):
      // Never the own node.
      guard case .node(let labels) = half.peer.nature, !half.isOwnNode else { return false }
      return selectors.contains { matches($0, node: labels) }
    case .names(let names):
      guard case .outside(_, let domain?) = half.peer.nature else { return false }
      return names.contains { Self.matches($0, domain) }
    case .services(let references): return references.contains { matches($0, half.peer) }
    }
  }

  // MARK: - Ports

  /// `toPorts: []` is everything, `[{}]` nothing; ICMP needs `icmps`.
  private func traffic(_ rule: ReferenceCiliumPolicy.Rule, _ half: Half) -> Bool {
    if let icmps = rule.icmps, !icmps.isEmpty {
      return icmps.flatMap(\.fields).contains { field in
        half.transport == (field.family == "IPv6" ? .icmpv6 : .icmp) && field.type == half.port
      }
    }
    guard let portRules = rule.toPorts, !portRules.isEmpty else { return true }
    return portRules.flatMap { $0.ports ?? [] }.contains { matches($0, half) }
  }

  private func matches(_ port: ReferenceCiliumPolicy.Port, _ half: Half) -> Bool {
    switch (port.transport ?? .any, half.transport) {
    case (.any, .tcp), (.any, .udp), (.any, .sctp), (.tcp, .tcp), (.udp, .udp), (.sctp, .sctp): break
    default: return false
    }
    switch port.port {
    case .number(0): return true
    case .number(let low): return low <= half.port && half.port <= max(low, port.endPort ?? low)
    case .name(let name): return half.names.numbers(name, half.transport).contains(half.port)
    }
  }

  // MARK: - §4.4 Entities

  private func matches(_ entity: ReferenceCiliumPolicy.Entity, _ half: Half) -> Bool {
    switch (entity, half.peer.nature) {
    case (.all, _): true
    case (.world, .outside): true
    case (.cluster, .pod(let facts, _)): facts.mayBePeer
    case (.cluster, .node), (.cluster, .entity): true
    case (.cluster, .outside): half.peer.isAPIServer
    case (.host, .node): half.isOwnNode
    case (.remoteNode, .node): !half.isOwnNode
    case (.apiServer, _): half.peer.isAPIServer
    case (_, .entity(let name)): entity.rawValue == name
    default: false
    }
  }

  // MARK: - §4.5 CIDR

  /// Only what is outside the cluster, never pods and nodes.
  private func contains(_ block: ReferenceBlock, _ peer: Party) -> Bool {
    if case .outside(let address, _) = peer.nature { block.contains(address) } else { false }
  }

  /// `except` subtracts inside this element only.
  private func matches(_ set: ReferenceCiliumPolicy.CIDRSet, _ peer: Party) -> Bool {
    let blocks: [ReferenceBlock]
    switch set.source {
    case .block(let block): blocks = [block]
    case .group(let name): blocks = world.cilium.groups.filter { $0.name == name }.flatMap(\.blocks)
    case .groups(let selector):
      blocks = world.cilium.groups.filter { ReferenceEvaluator.matches(selector, $0.labels) }.flatMap(
        \.blocks)
    }
    return blocks.contains { contains($0, peer) } && !(set.except ?? []).contains { contains($0, peer) }
  }

  // MARK: - Services

  /// The pods that the Service's selector takes.
  private func matches(_ reference: ReferenceCiliumPolicy.ServiceReference, _ peer: Party) -> Bool {
    guard case .pod(let pod, _) = peer.nature, pod.mayBePeer else { return false }
    return world.services.contains { service in
      let isMeant =
        switch reference.service {
        case .named(let name): service.name == name
        case .labelled(let selector): ReferenceEvaluator.matches(selector, service.labels)
        }
      return isMeant && service.namespace == reference.namespace ?? service.namespace
        && pod.namespace == service.namespace
        && service.selector.allSatisfy { pod.labels[$0.key] == $0.value }
    }
  }

  // MARK: - §4.7 toFQDNs

  private static func matches(_ name: ReferenceCiliumPolicy.Name, _ domain: String) -> Bool {
    var labels = labels(of: domain)
    switch name {
    case .exact(let text): return self.labels(of: text) == labels
    case .pattern(let text):
      if text == "*" || text == "**" { return true }
      var patterns = self.labels(of: text)
      if patterns.first == "**" {
        // One or more whole labels.
        guard labels.count >= patterns.count else { return false }
        patterns.removeFirst()
        labels = labels.suffix(patterns.count)
      }
      return labels.count == patterns.count
        && zip(patterns, labels).allSatisfy { glob(Array($0.utf8)[...], Array($1.utf8)[...]) }
    }
  }

  /// Letter case and a final dot mean nothing.
  private static func labels(of name: String) -> [String] {
    name.lowercased().split(separator: ".").map(String.init)
  }

  /// `*` is zero or more characters of one label, and so is `**`.
  private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
      if glob(pattern.dropFirst(), text) { return true }
      return !text.isEmpty && glob(pattern, text.dropFirst())
    }
    return text.first == first && glob(pattern.dropFirst(), text.dropFirst())
  }
}
