package import Kubernetes

/// A block of addresses, or one address, of a rule or a network set.
package struct CalicoNet: Sendable {
  package let cidr: CIDR
  package let location: SourceLocation
}

extension CalicoNet {
  /// What the list that a net stands in asks of it.
  enum Use {
    case nets
    case notNets
    /// A network set takes bits after the prefix, which Felix masks.
    case networkSet
  }

  /// Reads a list of nets.
  static func list(
    _ node: Node?, field: @autoclosure () -> String, _ use: Use, _ problems: inout [Diagnostic]
  ) -> [CalicoNet] {
    let entries = node?.strings(field(), &problems) ?? []
    // `notNets` is no set in the published schema.
    if use != .notNets { problems.reportRepeated(entries, field: field()) }
    return entries.compactMap { CalicoNet($0, use, &problems) }
  }

  private init?(_ text: Located<String>, _ use: Use, _ problems: inout [Diagnostic]) {
    guard let cidr = Self.cidr(text, use, &problems) else { return nil }
    if use == .notNets, cidr.prefixLength == 0 {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`notNets` must not exclude every address, as `\(text.value)` does",
          at: text.location))
      return nil
    }
    self.init(cidr: cidr, location: text.location)
  }

  private static func cidr(_ text: Located<String>, _ use: Use, _ problems: inout [Diagnostic]) -> CIDR? {
    if let address = IPAddress(text.value) {
      let cidr = CIDR(address, prefixLength: address.family.bitWidth)
      if use != .networkSet {
        problems.append(
          Diagnostic(
            .legacyForm, .warning,
            "`\(text.value)` has no prefix length: some of Calico's validators reject it, Felix reads \(cidr)",
            at: text.location, fix: "write \(cidr)"))
      }
      return cidr
    }
    // Go reads `/08`, but no address with leading zeros.
    guard let parsed = ParsedCIDR(text.value),
      !parsed.legacyForms.contains(.leadingZeros) || IPAddress(String(text.value.prefix { $0 != "/" })) != nil
    else {
      reportUnreadable(text, use, &problems)
      return nil
    }
    if parsed.legacyForms.contains(.ipv4Mapped) {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(text.value)` is an IPv4 block in IPv6 form", at: text.location,
          fix: "write \(parsed.cidr)"))
      return nil
    }
    if parsed.legacyForms.contains(.hostBits) {
      let isError = use != .networkSet
      problems.append(
        Diagnostic(
          isError ? .invalidValue : .legacyForm, isError ? .error : .warning,
          "`\(text.value)` has bits set after its prefix" + (isError ? "" : "; Felix reads \(parsed.cidr)"),
          at: text.location, fix: "write \(parsed.cidr)"))
      if isError { return nil }
    }
    return parsed.cidr
  }

  private static func reportUnreadable(_ text: Located<String>, _ use: Use, _ problems: inout [Diagnostic]) {
    let message = "`\(text.value)` is neither a CIDR such as 10.0.0.0/8 or fd00::/8 nor an address"
    switch use {
    case .nets: problems.reportInvalid(at: text.location, message, felix: .skipsEntry)
    case .notNets: problems.reportInvalid(at: text.location, message, felix: .skipsExcludedEntry)
    case .networkSet:
      problems.append(Diagnostic(.invalidValue, .error, message, at: text.location))
    }
  }
}
