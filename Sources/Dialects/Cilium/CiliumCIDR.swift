package import Kubernetes

/// An element of `fromCIDRSet` or `toCIDRSet`.
package struct CiliumCIDRRule: Sendable {
  package enum Kind: Sendable {
    case cidr(CIDR)
    /// The name of a CiliumCIDRGroup.
    case cidrGroupRef(String)
    /// The labels of CiliumCIDRGroups.
    case cidrGroupSelector(LabelSelector)
  }

  package let kind: Kind
  /// Subtracted from this element only. Inside the block when there is one; a block may be excepted whole.
  package let except: [Located<CIDR>]
  package let location: SourceLocation
}

extension CiliumCIDRRule {
  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard node.isMapping("\(field)[]", &problems) else { return nil }
    let path = "\(field)[]"
    let fields = StrictFields(
      node, type: "CIDRRule", known: ["cidr", "cidrGroupRef", "cidrGroupSelector", "except"], &problems)
    let except =
      fields.entries("except", in: path, &problems) { element, problems in
        CIDR(cilium: element, "\(path).except[]", &problems).map { Located($0, at: element.location) }
      } ?? []
    let kind: Kind?
    switch (fields["cidr"], fields["cidrGroupRef"], fields["cidrGroupSelector"]) {
    case (let cidr?, nil, nil):
      kind = CIDR(cilium: cidr, "\(path).cidr", &problems).map { .cidr($0) }
    case (nil, let name?, nil):
      kind = Self.groupName(name, "\(path).cidrGroupRef", &problems).map { .cidrGroupRef($0) }
    case (nil, nil, let selector?):
      kind = LabelSelector(cidrGroups: selector, field: "\(path).cidrGroupSelector", &problems)
        .map { .cidrGroupSelector($0) }
    default:
      problems.reportRefusedByServer(
        at: node.location,
        "an entry of `\(field)` needs one of `cidr`, `cidrGroupRef` and `cidrGroupSelector`")
      kind = nil
    }
    guard let kind else { return nil }
    self.init(kind: kind, except: except, location: node.location)
    if case .cidr(let cidr) = kind { checkExcepts(within: cidr, &problems) }
  }

  private func checkExcepts(within cidr: CIDR, _ problems: inout [Diagnostic]) {
    for except in except where !cidr.contains(except.value) {
      problems.reportIgnoredByAgent(
        at: except.location, "the `except` \(except.value) is not inside the block \(cidr)")
    }
  }

  private static func groupName(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> String? {
    guard let name = node.string(field, &problems) else { return nil }
    if let problem = NameRules.subdomainProblem(name) {
      problems.reportRefusedByServer(at: node.location, "the CiliumCIDRGroup name `\(name)` \(problem)")
    }
    return name
  }
}

extension CIDR {
  /// Reads a CIDR as Cilium does: Go's `net.ParseCIDR` in the API server, then `netip.ParsePrefix` in the agent.
  ///
  /// - Parameter takesAddresses: whether releases up to 1.19 take an address without a prefix length here.
  init?(cilium node: Node, _ field: String, takesAddresses: Bool = false, _ problems: inout [Diagnostic]) {
    guard let text = node.string(field, &problems) else { return nil }
    guard let parsed = ParsedCIDR(text) else {
      // `::ffff:10.0.0.1` is read as IPv4 by `IPAddress` and as IPv6 by Cilium.
      let address = IPAddress(text).flatMap { $0.family == .ipv4 && text.contains(":") ? nil : $0 }
      guard let address, takesAddresses else {
        problems.reportRefusedByServer(
          at: node.location, "`\(text)` is not a CIDR such as 10.0.0.0/8 or fd00::/8",
          fix: address.map { "add the prefix length: \($0)/\($0.family.bitWidth)" })
        return nil
      }
      self.init(address, prefixLength: address.family.bitWidth)
      problems.append(
        Diagnostic(
          .legacyForm, .warning,
          "`\(text)` has no prefix length; API servers with Cilium 1.20 or later reject it, older ones read \(self)",
          at: node.location, fix: "write \(self)"))
      return
    }
    if parsed.legacyForms.contains(.leadingZeros) {
      // Only the server's parser looks at the address alone, and only the agent's at zeros of the prefix length.
      let isAddressClean = IPAddress(String(text.prefix { $0 != "/" })) != nil
      let message = "`\(text)` has leading zeros"
      let fix = "write \(parsed.cidr)"
      if isAddressClean {
        problems.reportIgnoredByAgent(at: node.location, message, fix: fix)
      } else {
        problems.reportRefusedByServer(at: node.location, message, fix: fix)
      }
    }
    self = parsed.cidr
    if parsed.legacyForms.contains(.ipv4Mapped), family == .ipv4 {
      self.init(IPAddress(.ipv6, bits: 0xFFFF << 32 | bits), prefixLength: prefixLength + 96)
      problems.append(
        Diagnostic(
          .matchesNothing, .warning, "`\(text)` is an IPv6 block to Cilium and matches no IPv4 address",
          at: node.location, fix: "write \(parsed.cidr)"))
    } else if parsed.legacyForms.contains(.hostBits) {
      problems.append(
        Diagnostic(
          .hostBits, .warning, "`\(text)` has bits set after its prefix; Cilium reads \(self)",
          at: node.location, fix: "write \(self)"))
    }
  }
}
