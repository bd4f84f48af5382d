internal import Kubernetes
internal import PolicyModel

extension RuleDestinations {
  /// `anywhere: true`, or blocks, addresses and names.
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard node.isMapping("to", &problems) else { return nil }
    let fields = StrictFields(node, type: "to", known: DocumentFields.destinations, &problems)
    let others = ["cidrs", "addresses", "domainNames"].filter { fields[$0] != nil }
    if let anywhere = fields["anywhere"] {
      if let other = others.first {
        problems.reportInvalid(node, "`anywhere` and `\(other)` of `to` exclude each other")
      }
      guard anywhere.isTrue("to.anywhere", &problems) else { return nil }
      self = .anywhere
      return
    }
    if others.isEmpty {
      problems.append(
        Diagnostic(
          .missingField, .error,
          "`to` says no destination: `cidrs`, `addresses`, `domainNames` or `anywhere` is missing",
          at: node.location, fix: "write to: {anywhere: true} for every destination"))
      return nil
    }
    var names: [Located<DomainPattern>] = []
    for element in fields["domainNames"]?.someElements("domainNames", &problems) ?? [] {
      if let name = DomainPattern.read(element, &problems) {
        names.append(Located(name, at: element.location))
      }
    }
    self = .anyOf(blocks: Located<CIDR>.all(fields, &problems), names: names)
  }
}

extension Located<CIDR> {
  /// The `cidrs` and `addresses` of a part of the document.
  static func all(_ fields: StrictFields, _ problems: inout [Diagnostic]) -> [Located<CIDR>] {
    let blocks = (fields["cidrs"]?.someElements("cidrs", &problems) ?? []).compactMap { node in
      block(node, &problems).map { Located($0, at: node.location) }
    }
    let addresses = (fields["addresses"]?.someElements("addresses", &problems) ?? []).compactMap { node in
      address(node, &problems).map { address in
        Located(CIDR(address, prefixLength: address.family.bitWidth), at: node.location)
      }
    }
    return blocks + addresses
  }

  private static func block(_ node: Node, _ problems: inout [Diagnostic]) -> CIDR? {
    guard node.string("cidrs[]", &problems) != nil, let parsed = node.cidr(&problems) else { return nil }
    if parsed.legacyForms.contains(.hostBits) {
      problems.reportInvalid(
        node, "`\(node.text)` has address bits after its prefix", fix: "write \(parsed.cidr)")
    } else if !parsed.legacyForms.isEmpty {
      problems.reportInvalid(
        node, "`\(node.text)` is an old way to write a CIDR", fix: "write \(parsed.cidr)")
    }
    return parsed.cidr
  }

  private static func address(_ node: Node, _ problems: inout [Diagnostic]) -> IPAddress? {
    guard let text = node.string("addresses[]", &problems) else { return nil }
    if let address = IPAddress(text) { return address }
    problems.reportInvalid(
      node, "`\(text)` is no address such as 192.0.2.1 or 2001:db8::1",
      fix: ParsedCIDR(text) == nil ? nil : "write it in `cidrs`")
    return nil
  }
}

extension DomainPattern {
  /// A name, or `*.` and a name for all names below it, in lower case and without the final dot.
  static func read(_ node: Node, _ problems: inout [Diagnostic]) -> DomainPattern? {
    guard let text = node.string("domainNames[]", &problems) else { return nil }
    guard let problem = problem(with: text) else {
      return sourceGroups(text)
    }
    problems.reportInvalid(node, problem.message, fix: problem.fix)
    return nil
  }

  /// The pattern of a text that has no ``problem(with:)``.
  static func sourceGroups(_ text: String) -> DomainPattern? {
    let lowered = text.lowercased()
    return DomainPattern(networkPolicyAPI: lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered)
  }

  private static func problem(with text: String) -> (message: String, fix: String?)? {
    if text == "*" { return ("`*` is no domain name", "write anywhere: true for every destination") }
    if text.utf8.contains(where: { Array("^$\\()[]{}+?|".utf8).contains($0) }) {
      return (
        "`\(text)` is a regular expression, and `domainNames` has names: one part of it that is not anchored "
          + "would match names of strangers",
        "write the name, or *.example.com for all names below example.com"
      )
    }
    let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
    if name.utf8.contains(UInt8(ascii: "*")) {
      return ("a `*` in `\(text)` does not stand for whole labels at the start", "write *.example.com")
    }
    if IPAddress(name) != nil {
      return ("`\(text)` is an address, and no domain name", "write it in `addresses`")
    }
    if let problem = NameRules.domainNameProblem(name) {
      return ("the domain name `\(text)` \(problem)", nil)
    }
    return sourceGroups(text) == nil ? ("`\(text)` is no domain name", nil) : nil
  }
}
