package import Kubernetes

/// `toPorts[].rules`: what of the traffic of its ports a rule means.
package enum CiliumL7Rules: Sendable {
  /// Not written: all of it.
  case unrestricted
  /// Requests that any of these matches.
  case http([CiliumHTTPRule])
  /// DNS requests for names that any of these matches.
  case dns([Located<FQDNPattern>])

  package var isWritten: Bool {
    if case .unrestricted = self { false } else { true }
  }

  /// Whether there are DNS rules.
  var isDNS: Bool {
    if case .dns(let patterns) = self { !patterns.isEmpty } else { false }
  }

  /// Whether the agent takes them beside TCP ports only; it counts an empty `dns` among these.
  var needsTCP: Bool { isWritten && !isDNS }
}

extension CiliumL7Rules: CustomStringConvertible {
  /// `HTTP GET /path or HTTP POST`, `DNS matchPattern *.cilium.io`; empty when nothing is narrowed.
  package var description: String {
    switch self {
    case .unrestricted: ""
    case .http(let rules): rules.isEmpty ? "HTTP" : rules.map(\.description).joined(separator: " or ")
    case .dns(let patterns):
      patterns.isEmpty ? "DNS" : patterns.map { "DNS \($0.value)" }.joined(separator: " or ")
    }
  }
}

extension CiliumL7Rules {
  /// Members of releases up to 1.19. Servers with the newer schema drop them, and reject the empty rest.
  private static let removed = ["kafka", "l7proto", "l7"]

  /// Reads `rules`, which has exactly one of its members.
  init(_ node: Node, _ problems: inout [Diagnostic]) {
    self = .unrestricted
    let path = "rules"
    let fields = StrictFields(
      node, type: "L7Rules", known: ["http", "dns"] + Self.removed,
      consequence: "(a server that drops it narrows the traffic less)", &problems)
    for name in Self.removed {
      guard let member = fields[name] else { continue }
      problems.reportRefusedByServer(
        at: member.location, "`\(name)` rules are gone since Cilium 1.20, older releases take them")
      return
    }
    let http = fields.entries("http", in: path, &problems) { CiliumHTTPRule($0, &$1) }
    let dns = fields.entries("dns", in: path, &problems) { element, problems in
      FQDNPattern(element, field: "dns", &problems).map { Located($0, at: element.location) }
    }
    switch (http, dns) {
    case (let rules?, nil): self = .http(rules)
    case (nil, let patterns?): self = .dns(patterns)
    default:
      // A member that is no list has been reported as that.
      if (fields["http"] == nil) == (fields["dns"] == nil) {
        problems.reportRefusedByServer(at: node.location, "`rules` needs either `http` or `dns`")
      }
    }
  }
}

/// HTTP requests (`PortRuleHTTP`). An empty or absent member does not narrow.
package struct CiliumHTTPRule: Sendable {
  /// A header that must have a value (`HeaderMatch`).
  package struct HeaderMatch: Sendable {
    /// What the proxy does to a request whose header differs; it lets the request pass then.
    package enum Mismatch: String, Sendable, CaseIterable {
      case log = "LOG"
      case add = "ADD"
      case delete = "DELETE"
      case replace = "REPLACE"
    }

    package let name: String
    package let value: String
    package let secret: CiliumSecret?
    /// Nil when the request is refused.
    package let mismatch: Mismatch?
    package let location: SourceLocation
  }

  /// Regular expressions.
  package let path: String
  package let method: String
  package let host: String
  /// Headers that must be there, as `NAME` or `NAME: VALUE`.
  package let headers: [String]
  package let headerMatches: [HeaderMatch]
  package let location: SourceLocation
}

extension CiliumHTTPRule: CustomStringConvertible {
  /// `HTTP GET /path`, `HTTP any request`, `HTTP GET host example.com header X-Team`.
  package var description: String {
    var parts = [method, path].filter { !$0.isEmpty }
    if !host.isEmpty { parts.append("host \(host)") }
    parts += headers.map { "header \($0)" }
    parts += headerMatches.map { "header \($0.name)" + ($0.value.isEmpty ? "" : ": \($0.value)") }
    return "HTTP " + (parts.isEmpty ? "any request" : parts.joined(separator: " "))
  }
}

extension CiliumHTTPRule {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let field = "http[]"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "PortRuleHTTP", known: ["path", "method", "host", "headers", "headerMatches"],
      consequence: "(a server that drops it narrows the traffic less)", &problems)
    path = fields.string("path", in: field, &problems) ?? ""
    method = fields.string("method", in: field, &problems) ?? ""
    host = fields.string("host", in: field, &problems) ?? ""
    for (name, expression) in [("path", path), ("method", method)] {
      guard let node = fields[name], let problem = RegularExpressionSyntax.problem(of: expression) else {
        continue
      }
      problems.reportIgnoredByAgent(
        at: node.location, "`\(expression)` is not a regular expression: \(problem)")
    }
    headers = fields.strings("headers", in: field, &problems)?.map(\.value) ?? []
    headerMatches = fields.entries("headerMatches", in: field, &problems) { HeaderMatch($0, &$1) } ?? []
    location = node.location
  }
}

extension CiliumHTTPRule.HeaderMatch {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let field = "headerMatches[]"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "HeaderMatch", known: ["name", "value", "secret", "mismatch"], &problems)
    name = fields.requiredString("name", in: field, at: node.location, &problems) ?? ""
    value = fields.string("value", in: field, &problems) ?? ""
    secret = fields.mapping("secret", in: field, &problems) { CiliumSecret($0, &$1) }
    mismatch = fields.choice("mismatch", in: field, &problems)
    location = node.location
  }
}
