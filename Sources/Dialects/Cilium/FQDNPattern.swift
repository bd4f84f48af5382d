internal import Kubernetes
package import PolicyModel

/// The DNS names of a `toFQDNs` entry or of a DNS rule (SEMANTICS.md §4.7).
package enum FQDNPattern: Sendable, Hashable {
  case matchName(DomainPattern)
  case matchPattern(DomainPattern)

  package var domains: DomainPattern {
    switch self {
    case .matchName(let domains), .matchPattern(let domains): domains
    }
  }

  /// Whether a name is meant, in any letter case, with or without the final dot. O(name).
  package func matches(_ name: String) -> Bool { domains.matches(name) }
}

extension FQDNPattern: CustomStringConvertible {
  /// `matchPattern *.cilium.io`.
  package var description: String {
    switch self {
    case .matchName(let domains): "matchName \(domains)"
    case .matchPattern(let domains): "matchPattern \(domains)"
    }
  }
}

extension FQDNPattern {
  /// Reads an entry, which has exactly one of the two members.
  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard node.isMapping("\(field)[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "FQDNSelector", known: ["matchName", "matchPattern"], &problems)
    switch (fields["matchName"], fields["matchPattern"]) {
    case (let name?, nil):
      guard let text = name.string("\(field)[].matchName", &problems) else { return nil }
      guard let domains = DomainPattern(ciliumMatchName: text) else {
        problems.reportRefusedByServer(
          at: name.location, "`\(text)` is not a DNS name of at most 255 letters, digits, `-`, `_` and dots",
          fix: DomainPattern(ciliumMatchPattern: text).map { "write matchPattern: \"\($0)\"" })
        return nil
      }
      self = .matchName(domains)
    case (nil, let pattern?):
      guard let text = pattern.string("\(field)[].matchPattern", &problems) else { return nil }
      guard let domains = DomainPattern(ciliumMatchPattern: text) else {
        problems.reportRefusedByServer(
          at: pattern.location,
          "`\(text)` is not a pattern of at most 255 letters, digits, `-`, `_`, `*` and dots")
        return nil
      }
      self = .matchPattern(domains)
    default:
      problems.reportRefusedByServer(
        at: node.location, "an entry of `\(field)` needs either a `matchName` or a `matchPattern`")
      return nil
    }
  }
}
