internal import Kubernetes
internal import PolicyModel

extension CiliumRuleSet {
  /// Reads a rule set at `spec` or `specs[]`.
  init?(_ node: Node, _ path: String, _ scope: CiliumPolicy.Scope, _ problems: inout [Diagnostic]) {
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "Rule",
      known: [
        "endpointSelector", "nodeSelector", "ingress", "ingressDeny", "egress", "egressDeny",
        "enableDefaultDeny", "labels", "description", "log",
      ], &problems)
    let subject = Self.subject(fields, path, scope, at: node.location, &problems)
    let isHostPolicy = fields["nodeSelector"] != nil
    func rules(_ direction: Direction, isDeny: Bool) -> [CiliumRule]? {
      let role = CiliumRule.Role(direction: direction, isDeny: isDeny, isHostPolicy: isHostPolicy)
      return fields.entries(role.field, in: path, &problems) { CiliumRule($0, role, &$1) }
    }
    ingress = rules(.ingress, isDeny: false)
    ingressDeny = rules(.ingress, isDeny: true)
    egress = rules(.egress, isDeny: false)
    egressDeny = rules(.egress, isDeny: true)
    enableDefaultDeny =
      fields.mapping("enableDefaultDeny", in: path, &problems) { EnableDefaultDeny($0, &$1) }
      ?? EnableDefaultDeny(ingress: nil, egress: nil)
    labels = fields.entries("labels", in: path, &problems) { Label($0, &$1) } ?? []
    description = fields.string("description", in: path, &problems)
    log = fields.mapping("log", in: path, &problems) { Self.log($0, &$1) }
    location = node.location
    Self.checkRules(fields, at: node.location, &problems)
    guard let subject else { return nil }
    self.subject = subject
    warnOfInertRules(&problems)
    warnOfInertDefaultDeny(fields["enableDefaultDeny"], &problems)
  }

  private static func subject(
    _ fields: StrictFields, _ path: String, _ scope: CiliumPolicy.Scope, at location: SourceLocation,
    _ problems: inout [Diagnostic]
  ) -> Subject? {
    switch (fields["endpointSelector"], fields["nodeSelector"]) {
    case (let node?, nil):
      return CiliumSelector(node, field: "\(path).endpointSelector", &problems).map { .endpoints($0) }
    case (nil, let node?):
      if scope == .namespaced {
        problems.reportIgnoredByAgent(
          at: node.location, "a CiliumNetworkPolicy cannot have a `nodeSelector`",
          fix: "make it a CiliumClusterwideNetworkPolicy")
      }
      return CiliumSelector(node, field: "\(path).nodeSelector", &problems).map { .nodes($0) }
    case (let both?, _?):
      problems.reportRefusedByServer(
        at: both.location, "`\(path)` must not have both an `endpointSelector` and a `nodeSelector`")
      return nil
    case (nil, nil):
      problems.reportMissing(
        at: location, "`\(path)` needs an `endpointSelector` or a `nodeSelector`",
        fix: "write endpointSelector: {} to select all pods")
      return nil
    }
  }

  /// The server wants one of the four lists to be there, the agent wants one to have a rule.
  private static func checkRules(
    _ fields: StrictFields, at location: SourceLocation, _ problems: inout [Diagnostic]
  ) {
    let names = ["ingress", "ingressDeny", "egress", "egressDeny"]
    fields.warnOfNulls(names, "it closes nothing", &problems)
    let lists = names.compactMap { fields[$0] }
    let fix = "write ingress: [{}] to close ingress and allow nothing"
    if lists.isEmpty {
      problems.reportMissing(
        at: location, "a rule set needs `ingress`, `ingressDeny`, `egress` or `egressDeny`", fix: fix)
    } else if lists.allSatisfy({ $0.content == .sequence && $0.elements.isEmpty }) {
      problems.reportIgnoredByAgent(
        at: lists[0].location, "a rule set without any rule closes nothing (from Cilium 1.19 on)", fix: fix)
    }
  }

  private func warnOfInertRules(_ problems: inout [Diagnostic]) {
    for rules in [ingress, egress] {
      guard let rules, rules.count > 1 else { continue }
      for rule in rules where rule.isInert {
        problems.append(
          Diagnostic(
            .inertRules, .warning, "this rule does nothing beside the others", at: rule.location,
            fix: "remove it"))
      }
    }
  }

  private func warnOfInertDefaultDeny(_ node: Node?, _ problems: inout [Diagnostic]) {
    for direction in Direction.allCases where enableDefaultDeny[direction] == true && !hasRules(direction) {
      guard let written = direction == .ingress ? node?["ingress"] : node?["egress"] else { continue }
      problems.append(
        Diagnostic(
          .inertRules, .warning,
          "this closes nothing: Cilium turns default deny on with a rule of the direction, and the rule set has no \(direction.name) rule",
          at: written.location,
          fix: "write \(direction.name): [{}] to close \(direction.name) and allow nothing"))
    }
  }

  /// The schema's `^\PC*$` of at most 32 characters: nothing that cannot be seen.
  private static func log(_ node: Node, _ problems: inout [Diagnostic]) -> String? {
    let fields = StrictFields(node, type: "LogConfig", known: ["value"], &problems)
    guard let value = fields["value"], let text = value.string("log.value", &problems) else { return nil }
    let hasInvisible = text.unicodeScalars.contains {
      switch $0.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned: true
      default: false
      }
    }
    if hasInvisible || text.unicodeScalars.count > 32 {
      problems.reportRefusedByServer(
        at: value.location, "`log.value` must have at most 32 characters, all of them visible")
    }
    return text
  }
}

extension CiliumRuleSet.EnableDefaultDeny {
  fileprivate init(_ node: Node, _ problems: inout [Diagnostic]) {
    let path = "enableDefaultDeny"
    let fields = StrictFields(node, type: "DefaultDenyConfig", known: ["ingress", "egress"], &problems)
    ingress = fields["ingress"]?.bool("\(path).ingress", &problems)
    egress = fields["egress"]?.bool("\(path).egress", &problems)
  }
}

extension CiliumRuleSet.Label {
  fileprivate init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let path = "labels[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(node, type: "Label", known: ["source", "key", "value"], &problems)
    source = fields.string("source", in: path, &problems) ?? ""
    value = fields.string("value", in: path, &problems) ?? ""
    guard let keyNode = fields["key"] else {
      problems.reportMissing(at: node.location, "an entry of `labels` needs a `key`")
      return nil
    }
    guard let key = keyNode.string("\(path).key", &problems) else { return nil }
    if key.isEmpty {
      problems.reportIgnoredByAgent(at: keyNode.location, "`\(path).key` is empty")
    }
    self.key = key
  }
}
