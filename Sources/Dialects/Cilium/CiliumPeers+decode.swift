internal import Kubernetes
internal import PolicyModel

extension CiliumPeers {
  /// A member while a rule is read.
  private struct Member {
    let name: String
    let location: SourceLocation
    let peers: CiliumPeers
    let isEmpty: Bool
    /// Whether an empty list means nobody; otherwise it counts as not written.
    let isNobodyWhenEmpty: Bool
  }

  private static func prefix(_ role: CiliumRule.Role) -> String {
    role.direction == .ingress ? "from" : "to"
  }

  /// The members that a rule of this role has in the API.
  static func fields(_ role: CiliumRule.Role) -> [String] {
    var suffixes = ["Endpoints", "Requires", "CIDR", "CIDRSet", "Entities", "Groups", "Nodes"]
    if role.direction == .egress { suffixes.append("Services") }
    if role.direction == .egress, !role.isDeny { suffixes.append("FQDNs") }
    return suffixes.map { prefix(role) + $0 }
  }

  /// Reads the members of a rule, of which one at most may have entries.
  init(
    _ fields: StrictFields, _ role: CiliumRule.Role, _ path: String, hasTraffic: Bool,
    _ problems: inout [Diagnostic]
  ) {
    Self.checkRequires(fields, role, path, &problems)
    let members = Self.members(fields, role, path, &problems)
    fields.warnOfNulls(
      Self.fields(role),
      members.isEmpty && hasTraffic ? "the rule means every peer" : "it does not count", &problems)
    let filled = members.filter { !$0.isEmpty }
    if let first = filled.first, let second = filled.dropFirst().first {
      problems.reportIgnoredByAgent(
        at: second.location, "combining `\(first.name)` and `\(second.name)` in one rule is not supported",
        fix: "make them two rules")
    }
    if let nobody = members.first(where: { $0.isEmpty && $0.isNobodyWhenEmpty }) {
      problems.append(
        Diagnostic(
          .emptyRule, .warning,
          "an empty `\(nobody.name)` matches nobody: the rule \(role.isDeny ? "denies" : "allows") nothing",
          at: nobody.location, fix: "leave it out to mean everybody"))
      self = .nobody(nobody.location)
      return
    }
    if filled.isEmpty, let unwritten = members.first {
      problems.append(
        Diagnostic(
          .emptyRule, .warning,
          "an empty `\(unwritten.name)` counts as not written: the rule \(hasTraffic ? "means every peer" : "does nothing")",
          at: unwritten.location))
    }
    if case .nodes? = filled.first?.peers, let nodes = filled.first {
      problems.append(
        Diagnostic(
          .versionDependent, .warning,
          "`\(nodes.name)` needs Cilium with enable-node-selector-labels; without it the agent rejects the whole rule set and ignores it: traffic stays open",
          at: nodes.location))
    }
    self = filled.first?.peers ?? .unwritten
  }

  private static func members(
    _ fields: StrictFields, _ role: CiliumRule.Role, _ path: String, _ problems: inout [Diagnostic]
  ) -> [Member] {
    var members: [Member] = []
    func add<Entry>(
      _ suffix: String, isNobodyWhenEmpty: Bool, _ make: ([Entry]) -> CiliumPeers,
      _ read: (Node, String, inout [Diagnostic]) -> Entry?
    ) {
      let name = prefix(role) + suffix
      guard let node = fields[name],
        let entries = fields.entries(name, in: path, &problems, { read($0, name, &$1) })
      else { return }
      members.append(
        Member(
          name: name, location: node.location, peers: make(entries), isEmpty: node.elements.isEmpty,
          isNobodyWhenEmpty: isNobodyWhenEmpty))
    }
    func selector(_ node: Node, _ name: String, _ problems: inout [Diagnostic]) -> CiliumSelector? {
      CiliumSelector(node, field: "\(name)[]", &problems)
    }
    add("Endpoints", isNobodyWhenEmpty: true, CiliumPeers.endpoints, selector)
    add("Entities", isNobodyWhenEmpty: true, CiliumPeers.entities) { node, name, problems in
      CiliumEntity(node, field: name, &problems).map { Located($0, at: node.location) }
    }
    add("CIDR", isNobodyWhenEmpty: true, CiliumPeers.cidr) { node, name, problems in
      CIDR(cilium: node, "\(name)[]", takesAddresses: true, &problems).map { Located($0, at: node.location) }
    }
    add("CIDRSet", isNobodyWhenEmpty: true, CiliumPeers.cidrSet) { CiliumCIDRRule($0, field: $1, &$2) }
    add("Nodes", isNobodyWhenEmpty: true, CiliumPeers.nodes, selector)
    add("Groups", isNobodyWhenEmpty: false, CiliumPeers.groups) { CiliumGroup($0, &$2) }
    if role.direction == .ingress { return members }
    add("Services", isNobodyWhenEmpty: false, CiliumPeers.services) { CiliumService($0, &$2) }
    if role.isDeny { return members }
    add("FQDNs", isNobodyWhenEmpty: false, CiliumPeers.fqdns) { node, name, problems in
      FQDNPattern(node, field: name, &problems).map { Located($0, at: node.location) }
    }
    return members
  }

  /// `fromRequires` and `toRequires` are still in the schema, but only as empty lists.
  private static func checkRequires(
    _ fields: StrictFields, _ role: CiliumRule.Role, _ path: String, _ problems: inout [Diagnostic]
  ) {
    let name = prefix(role) + "Requires"
    guard let entry = fields[name]?.list("\(path).\(name)", &problems)?.first else { return }
    problems.reportRefusedByServer(
      at: entry.location, "`\(name)` must be empty since Cilium 1.19, older releases take entries",
      fix: "write the requirements into each selector of \(prefix(role))Endpoints")
  }
}

extension CiliumService {
  fileprivate init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let path = "toServices[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(
      node, type: "Service", known: ["k8sService", "k8sServiceSelector"], &problems)
    k8sService = fields.mapping("k8sService", in: path, &problems) { node, problems in
      let fields = StrictFields(
        node, type: "K8sServiceNamespace", known: ["serviceName", "namespace"], &problems)
      return Named(
        serviceName: fields.string("serviceName", in: "k8sService", &problems) ?? "",
        namespace: fields.string("namespace", in: "k8sService", &problems))
    }
    k8sServiceSelector = fields.mapping("k8sServiceSelector", in: path, &problems) { node, problems in
      Self.selected(node, &problems)
    }
    location = node.location
    let isNamed = k8sService?.serviceName.isEmpty == false
    if !isNamed, fields["k8sServiceSelector"] == nil {
      problems.append(
        Diagnostic(.emptyRule, .warning, "this entry of `toServices` names no Service", at: node.location))
    }
  }

  private static func selected(_ node: Node, _ problems: inout [Diagnostic]) -> Selected? {
    let field = "k8sServiceSelector"
    let fields = StrictFields(
      node, type: "K8sServiceSelectorNamespace", known: ["selector", "namespace"], &problems)
    let namespace = fields.string("namespace", in: field, &problems)
    guard let selectorNode = fields["selector"] else {
      problems.reportMissing(at: node.location, "`\(field)` needs a `selector`")
      return nil
    }
    return CiliumSelector(selectorNode, field: "\(field).selector", &problems)
      .map { Selected(selector: $0, namespace: namespace) }
  }
}

extension CiliumGroup {
  fileprivate init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard node.isMapping("groups[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "Groups", known: ["aws"], &problems)
    aws = fields.mapping("aws", in: "groups[]", &problems) { AWS($0, &$1) }
    location = node.location
  }
}

extension CiliumGroup.AWS {
  fileprivate init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let path = "aws"
    let fields = StrictFields(
      node, type: "AWSGroup", known: ["labels", "region", "securityGroupsIds", "securityGroupsNames"],
      &problems)
    var labels: [String: String] = [:]
    if let node = fields["labels"], node.isMapping("\(path).labels", &problems) {
      for (key, value) in node.members {
        labels[key.keyText] = value.string("\(path).labels.\(key.keyText)", &problems)
      }
    }
    self.labels = labels
    region = fields.string("region", in: path, &problems)
    securityGroupsIds = fields.strings("securityGroupsIds", in: path, &problems)?.map(\.value) ?? []
    securityGroupsNames = fields.strings("securityGroupsNames", in: path, &problems)?.map(\.value) ?? []
  }
}
