internal import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy.Peer {
  init?(_ node: Node, _ rule: RuleHead, _ problems: inout [Diagnostic]) {
    let path = "\(rule.path).\(rule.peersField)[]"
    guard node.isMappingItem(path, &problems) else { return nil }
    let names = rule.kind.peerFields(rule.direction)
    let fields = StrictFields(
      node, type: rule.kind.peerType(rule.direction), known: names, elsewhere: Self.elsewhere(rule), &problems
    )
    let only = fields.exactlyOne(
      of: names, in: node, "a peer", several: "make them two entries of the list", &problems)
    guard let only, let kind = Kind(only.name, only.value, "\(path).\(only.name)", rule, &problems) else {
      return nil
    }
    self.init(kind: kind, location: node.location)
  }

  /// What to say of fields that other peers have.
  private static func elsewhere(_ rule: RuleHead) -> [String: String] {
    var hints = ClusterNetworkPolicy.NamespacedPod.fieldsOfPods
    hints["domainNames"] = "a BaselineAdminNetworkPolicy cannot match names"
    if rule.direction == .ingress {
      for field in ["networks", "nodes", "domainNames"] {
        hints[field] = "only peers of egress rules have it"
      }
    } else {
      hints["ipBlock"] = "write `networks`"
    }
    return hints
  }
}

extension ClusterNetworkPolicy.Peer.Kind {
  /// Reads the value of the one field of a peer.
  fileprivate init?(
    _ field: String, _ node: Node, _ path: String, _ rule: RuleHead, _ problems: inout [Diagnostic]
  ) {
    let outcome = rule.outcomeOfUnreadablePeer
    switch field {
    case "namespaces":
      let selector = UnvalidatedSelector(
        node, field: path, whenUnreadable: outcome,
        elsewhere: ClusterNetworkPolicy.NamespacedPod.fieldsOnceInNamespaces, &problems)
      guard let selector else { return nil }
      self = .namespaces(selector)
    case "pods":
      let pods = ClusterNetworkPolicy.NamespacedPod(
        node, field: path, rule.kind, whenUnreadable: outcome, &problems)
      guard let pods else { return nil }
      self = .pods(pods)
    case "nodes":
      guard let selector = UnvalidatedSelector(node, field: path, whenUnreadable: outcome, &problems) else {
        return nil
      }
      self = .nodes(selector)
    case "networks":
      let networks = node.stringSet(path, upTo: 25, &problems)
      self = .networks(networks.compactMap { Self.network($0.text, $0.node, &problems) })
    default:
      let names = node.stringSet(path, upTo: 25, &problems)
      self = .domainNames(names.compactMap { Self.domainName($0.text, $0.node, &problems) })
      if let action = rule.action, action != .accept {
        problems.append(
          Diagnostic(
            .unspecifiedUse, .warning,
            "`domainNames` are for \(rule.kind.name(of: .accept)) rules; servers admit them in this \(rule.actionName) rule, and the API does not say what they do there",
            at: node.location))
      }
    }
  }

  /// What CEL's `isCIDR` takes: host bits, but no leading zeros and no IPv4 in IPv6 form.
  private static func network(
    _ text: String, _ node: Node, _ problems: inout [Diagnostic]
  ) -> Located<CIDR>? {
    if text.unicodeScalars.count > 43 {
      problems.reportInvalid(node, "\(node.excerpt) has more than 43 characters")
      return nil
    }
    guard let parsed = node.cidr(&problems) else { return nil }
    if parsed.legacyForms.contains(.leadingZeros) || parsed.legacyForms.contains(.ipv4Mapped) {
      let what =
        parsed.legacyForms.contains(.ipv4Mapped) ? "is an IPv4 block in IPv6 form" : "has leading zeros"
      problems.reportInvalid(node, "`\(text)` \(what)", fix: "write \(parsed.cidr)")
      return nil
    }
    if parsed.legacyForms.contains(.hostBits) {
      problems.append(
        Diagnostic(
          .hostBits, .warning, "`\(text)` has bits set after its prefix; it means \(parsed.cidr)",
          at: node.location, fix: "write \(parsed.cidr)"))
    }
    return Located(parsed.cidr, at: node.location)
  }

  private static func domainName(
    _ text: String, _ node: Node, _ problems: inout [Diagnostic]
  ) -> ClusterNetworkPolicy.DomainName? {
    guard ClusterNetworkPolicy.DomainName.isPattern(text) else {
      problems.reportInvalid(
        node,
        "`\(text)` is not a domain name such as example.com or *.example.com: at least two labels, and `*` only as the first of three or more"
      )
      return nil
    }
    if let address = IPAddress(text) {
      problems.append(
        Diagnostic(
          .matchesNothing, .warning,
          "`\(text)` is an address: the server takes it for a name, which no DNS answer has",
          at: node.location, fix: "write networks: [\(address)/\(address.family.bitWidth)]"))
    }
    return ClusterNetworkPolicy.DomainName(text: text, location: node.location)
  }
}

extension ClusterNetworkPolicy.DomainName {
  /// Whether the pattern of the published schema takes the text: an optional `*.`, two labels or more, an
  /// optional final dot. O(text).
  ///
  /// The pattern's first class is `[a-zA-z0-9]`, which lets labels start with what ASCII has between `Z` and `a`.
  fileprivate static func isPattern(_ text: String) -> Bool {
    var rest = text[...]
    if rest.hasPrefix("*.") { rest = rest.dropFirst(2) }
    if rest.hasSuffix(".") { rest = rest.dropLast() }
    let labels = rest.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy(isLabel)
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    guard let first = label.first, let last = label.last else { return false }
    let startsWell = isAlphanumeric(first) || (UInt8(ascii: "Z")...UInt8(ascii: "a")).contains(first)
    if label.count == 1 { return startsWell }
    return startsWell && isAlphanumeric(last)
      && label.dropFirst().allSatisfy {
        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
