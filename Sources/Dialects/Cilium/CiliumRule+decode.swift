internal import Kubernetes
internal import PolicyModel

extension CiliumRule {
  init?(_ node: Node, _ role: Role, _ problems: inout [Diagnostic]) {
    let path = "\(role.field)[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(
      node, type: role.typeName,
      known: CiliumPeers.fields(role) + ["toPorts", "icmps"] + (role.isDeny ? [] : ["authentication"]),
      consequence: role.isDeny
        ? "(a server that drops it denies more)" : "(a server that drops it can open the rule to everyone)",
      &problems)
    fields.warnOfNulls(["toPorts", "icmps"], "the rule means every protocol and port", &problems)
    traffic = CiliumTraffic(fields, role, path, &problems)
    peers = CiliumPeers(fields, role, path, hasTraffic: traffic.isWritten, &problems)
    authentication = fields.mapping("authentication", in: path, &problems) { node, problems in
      Self.authentication(node, &problems)
    }
    location = node.location
    if case .services = peers, case .toPorts = traffic {
      problems.append(
        Diagnostic(
          .versionDependent, .warning,
          "Cilium before 1.20 rejects a rule set with `toServices` and `toPorts` in one rule and ignores it: traffic stays open there",
          at: node.location))
    }
  }

  private static func authentication(_ node: Node, _ problems: inout [Diagnostic]) -> CiliumAuthentication? {
    let fields = StrictFields(node, type: "Authentication", known: ["mode"], &problems)
    if fields["mode"] == nil {
      problems.reportMissing(at: node.location, "`authentication` needs a `mode`")
    }
    return fields.choice("mode", in: "authentication", &problems)
  }
}

extension CiliumRule.Role {
  fileprivate var typeName: String {
    (direction == .ingress ? "Ingress" : "Egress") + (isDeny ? "DenyRule" : "Rule")
  }
}

extension CiliumTraffic {
  fileprivate init(
    _ fields: StrictFields, _ role: CiliumRule.Role, _ path: String, _ problems: inout [Diagnostic]
  ) {
    let portRules =
      fields.entries("toPorts", in: path, &problems) { CiliumPortRule($0, role, &$1) } ?? []
    let icmps =
      fields.entries("icmps", in: path, &problems) { CiliumICMPRule($0, field: "icmps", &$1) } ?? []
    if !portRules.isEmpty, !icmps.isEmpty, let node = fields["icmps"] {
      problems.reportIgnoredByAgent(
        at: node.location, "`icmps` cannot stand beside `toPorts`", fix: "make them two rules")
    }
    if !portRules.isEmpty {
      self = .toPorts(portRules)
    } else if !icmps.isEmpty {
      self = .icmps(icmps)
    } else {
      self = .unwritten
    }
  }
}
