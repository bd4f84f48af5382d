internal import Kubernetes
internal import PolicyModel

/// Where a rule stands, as far as its validity depends on it.
struct CalicoRuleContext {
  let direction: Direction
  /// Whether its policy is a global one.
  let isGlobal: Bool

  /// `spec.ingress[]`.
  var path: String { "spec.\(direction.name)[]" }
}

extension CalicoRule {
  private static let knownFields = [
    "action", "ipVersion", "protocol", "notProtocol", "icmp", "notICMP", "source", "destination", "http",
    "metadata",
  ]

  /// Reads and validates a rule (`validateRule` in `libcalico-go/lib/validator/v3`); nil when it is wrong, which is
  /// reported.
  init?(_ node: Node, _ context: CalicoRuleContext, _ problems: inout [Diagnostic]) {
    let path = context.path
    guard node.content == .mapping else {
      problems.reportWrongType(node, path, expected: "a mapping")
      return nil
    }
    let fields = StrictFields(criteria: node, type: "Rule", known: Self.knownFields, &problems)
    let action = Self.action(fields, node, path, &problems)
    let `protocol` = Self.protocol(fields, "protocol", path, &problems)
    let source = CalicoEntityRule(fields["source"], "source", in: node, context, &problems)
    let destination = CalicoEntityRule(fields["destination"], "destination", in: node, context, &problems)
    let rule = CalicoRule(
      action: action ?? .deny, ipVersion: Self.ipVersion(fields, path, &problems), protocol: `protocol`,
      notProtocol: Self.protocol(fields, "notProtocol", path, &problems),
      icmp: CalicoICMP.located(fields["icmp"], "\(path).icmp", &problems),
      notICMP: CalicoICMP.located(fields["notICMP"], "\(path).notICMP", &problems),
      source: source, destination: destination,
      http: fields["http"].flatMap { CalicoHTTPMatch($0, path, &problems) },
      annotations: Self.annotations(fields["metadata"], path, &problems), location: node.location)
    // A protocol that could not be read has been reported; what depends on it would only repeat that.
    let isProtocolKnown = fields["protocol"] == nil || `protocol` != nil
    if isProtocolKnown {
      rule.checkPorts(&problems)
      rule.checkICMP(fields, &problems)
    }
    rule.checkFamilies(&problems)
    if action == nil { return nil }
    rule.checkHTTP(context, isProtocolKnown: isProtocolKnown, &problems)
    self = rule
  }

  private static func action(
    _ fields: StrictFields, _ node: Node, _ path: String, _ problems: inout [Diagnostic]
  ) -> Action? {
    guard let actionNode = fields["action"] else {
      problems.append(
        Diagnostic(
          .missingField, .error, "a rule needs an `action`: Allow, Deny, Log or Pass", at: node.location))
      return nil
    }
    return actionNode.word("\(path).action", as: Action.self, &problems)
  }

  private static func ipVersion(
    _ fields: StrictFields, _ path: @autoclosure () -> String, _ problems: inout [Diagnostic]
  ) -> AddressFamily? {
    guard let node = fields["ipVersion"], let version = node.integer("\(path()).ipVersion", &problems) else {
      return nil
    }
    switch version {
    case 4: return .ipv4
    case 6: return .ipv6
    default:
      problems.reportInvalid(node, "`\(path()).ipVersion` must be 4 or 6, not \(version)")
      return nil
    }
  }

  private static func `protocol`(
    _ fields: StrictFields, _ name: String, _ path: @autoclosure () -> String, _ problems: inout [Diagnostic]
  ) -> Located<CalicoProtocol>? {
    guard let node = fields[name] else { return nil }
    return CalicoProtocol(node, field: "\(path()).\(name)", &problems).map { Located($0, at: node.location) }
  }

  private static func annotations(
    _ metadata: Node?, _ path: @autoclosure () -> String, _ problems: inout [Diagnostic]
  ) -> [String: String] {
    guard let metadata, metadata.isMapping("\(path()).metadata", &problems) else { return [:] }
    let fields = StrictFields(metadata, type: "RuleMetadata", known: ["annotations"], &problems)
    guard let node = fields["annotations"], node.isMapping("\(path()).metadata.annotations", &problems) else {
      return [:]
    }
    return StrictMetadata.annotations(node, field: "\(path()).metadata.annotations", &problems)
  }
}

extension CalicoICMP {
  /// Reads `icmp` or `notICMP`; nil when it names no type, which is as if it were absent.
  static func located(_ node: Node?, _ field: @autoclosure () -> String, _ problems: inout [Diagnostic])
    -> Located<CalicoICMP>?
  {
    guard let node, node.isMapping(field(), &problems) else { return nil }
    let fields = StrictFields(criteria: node, type: "ICMPFields", known: ["type", "code"], &problems)
    let type = number(fields["type"], "\(field()).type", 0...254, &problems)
    let code = number(fields["code"], "\(field()).code", 0...255, &problems)
    if let codeNode = fields["code"], fields["type"] == nil {
      problems.reportInvalid(codeNode, "`\(field()).code` needs a `type`")
    }
    return type.map { Located(CalicoICMP(type: $0, code: code), at: node.location) }
  }

  private static func number(
    _ node: Node?, _ field: @autoclosure () -> String, _ range: ClosedRange<Int64>,
    _ problems: inout [Diagnostic]
  ) -> UInt8? {
    guard let node, let value = node.integer(field(), &problems) else { return nil }
    guard range.contains(value) else {
      problems.reportInvalid(node, "`\(field())` must be 0 to \(range.upperBound), not \(value)")
      return nil
    }
    return UInt8(value)
  }
}

extension CalicoHTTPMatch {
  private static let mostEntries = 20
  private static let longestPath = 1024

  fileprivate init?(_ node: Node, _ path: String, _ problems: inout [Diagnostic]) {
    let field = "\(path).http"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(criteria: node, type: "HTTPMatch", known: ["methods", "paths"], &problems)
    let methods = fields["methods"]?.strings("\(field).methods", &problems) ?? []
    problems.reportRepeated(methods, field: "\(field).methods")
    let paths = fields["paths"]?.list("\(field).paths", &problems) ?? []
    for name in ["methods", "paths"] {
      guard let list = fields[name], list.elements.count > Self.mostEntries else { continue }
      problems.reportInvalid(list, "`\(field).\(name)` may have at most \(Self.mostEntries) entries")
    }
    self.init(
      methods: methods.map(\.value), paths: paths.compactMap { Self.path($0, "\(field).paths[]", &problems) },
      location: node.location)
  }

  private static func path(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> Path? {
    guard node.content == .mapping else {
      problems.reportWrongType(node, field, expected: "a mapping")
      return nil
    }
    let fields = StrictFields(criteria: node, type: "HTTPPath", known: ["exact", "prefix"], &problems)
    let exact = fields["exact"]?.string("\(field).exact", &problems) ?? ""
    let prefix = fields["prefix"]?.string("\(field).prefix", &problems) ?? ""
    guard exact.isEmpty != prefix.isEmpty, let text = [exact, prefix].first(where: { !$0.isEmpty }) else {
      problems.reportInvalid(node, "`\(field)` needs either `exact` or `prefix`")
      return nil
    }
    guard text.hasPrefix("/"), !text.contains(where: { "? #".contains($0) }) else {
      problems.reportInvalid(node, "the path `\(text)` must start with `/` and have no `?`, `#` or space")
      return nil
    }
    if text.unicodeScalars.count > longestPath {
      problems.reportInvalid(node, "`\(field)` may have at most \(longestPath) characters")
      return nil
    }
    return exact.isEmpty ? .prefix(prefix) : .exact(exact)
  }
}
