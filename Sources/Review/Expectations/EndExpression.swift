package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Ends that an expectation speaks of.
///
/// `shop/web`, `shop/*`, `shop/deployment/web`, `shop`, each with labels behind it: `shop/*[app=web,tier!=db]`;
/// `any pod`, `any pod in shop`, `any pod outside shop`; `internet`, a CIDR; and whatever a flow line can name: an
/// address, `node/n1`, `service/shop/web`, `entity/kube-apiserver`, a domain name.
package struct EndExpression: Sendable {
  enum Kind: Sendable {
    case workloads(EndPattern, [LabelTerm])
    case podsOutside(namespace: String)
    /// Addresses that are routed on the internet.
    case internet
    case block(CIDR)
    /// An end of a flow line.
    case one
  }

  /// As it was written.
  package let text: String
  package let location: SourceLocation
  let kind: Kind

  /// A condition on one label, as in `kubectl -l`.
  struct LabelTerm: Sendable {
    let key: String
    /// Nil when the key is all that matters.
    let value: String?
    let isNegated: Bool

    func matches(_ labels: Labels) -> Bool {
      let own = labels[key]
      return (value.map { own == $0 } ?? (own != nil)) != isNegated
    }
  }

  /// Reports what cannot be read.
  init?(_ text: String, at location: SourceLocation, _ problems: inout [Diagnostic]) {
    self.text = text
    self.location = location
    let (head, terms) = Self.split(text)
    guard let terms else {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "the labels of `\(text)` cannot be read", at: location,
          fix: "write [key=value,key!=value,key,!key] at the end"))
      return nil
    }
    guard let kind = Self.kind(head, terms) else {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(text)` names no ends", at: location,
          fix:
            "write namespace/name with * for any, any pod outside NAMESPACE, internet, a CIDR, or an end of a flow line"
        ))
      return nil
    }
    self.kind = kind
  }

  private static func kind(_ text: String, _ terms: [LabelTerm]) -> Kind? {
    let words = text.split(separator: " ").map(String.init)
    if words.count > 1 {
      switch (words.prefix(2).joined(separator: " "), words.dropFirst(2).first, words.count) {
      case ("any pod", nil, 2): return .workloads(.workloads(namespace: "*", kind: nil, name: "*"), terms)
      case ("any pod", "in", 4):
        return .workloads(.workloads(namespace: words[3], kind: nil, name: "*"), terms)
      case ("any pod", "outside", 4) where terms.isEmpty: return .podsOutside(namespace: words[3])
      default: return nil
      }
    }
    if text.isEmpty {
      return terms.isEmpty ? nil : .workloads(.workloads(namespace: "*", kind: nil, name: "*"), terms)
    }
    if terms.isEmpty {
      if text == "internet" { return .internet }
      if let block = ParsedCIDR(text) { return block.legacyForms.isEmpty ? .block(block.cidr) : nil }
      if ["node/", "service/", "svc/", "entity/"].contains(where: text.hasPrefix) { return .one }
    }
    switch EndPattern(text) {
    case .workloads(let namespace, let kind, let name)?:
      return .workloads(.workloads(namespace: namespace, kind: kind, name: name), terms)
    case .address?, .domain?, .entity?: return terms.isEmpty ? .one : nil
    case .internet?, nil: return nil
    }
  }

  /// Takes `[…]` off the end; the terms are nil when they cannot be read.
  private static func split(_ text: String) -> (String, [LabelTerm]?) {
    guard text.hasSuffix("]"), let open = text.firstIndex(of: "[") else { return (text, []) }
    let head = String(text[..<open])
    let inner = text[text.index(after: open)...].dropLast()
    var terms: [LabelTerm] = []
    for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
      guard let term = term(part.filter { $0 != " " }) else { return (head, nil) }
      terms.append(term)
    }
    return (head, terms)
  }

  private static func term(_ text: String) -> LabelTerm? {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1:
      let isNegated = text.hasPrefix("!")
      let key = isNegated ? String(text.dropFirst()) : text
      return NameRules.labelKeyProblem(key) == nil
        ? LabelTerm(key: key, value: nil, isNegated: isNegated) : nil
    case 2:
      let isNegated = parts[0].hasSuffix("!")
      let key = isNegated ? String(parts[0].dropLast()) : parts[0]
      guard NameRules.labelKeyProblem(key) == nil, NameRules.labelValueProblem(parts[1]) == nil else {
        return nil
      }
      return LabelTerm(key: key, value: parts[1], isNegated: isNegated)
    default: return nil
    }
  }
}
