internal import Kubernetes

/// A source as it is written.
struct SourceEntry {
  let origin: Source.Origin
  /// Nil for what the group's place says.
  let onStale: Located<StaleAction>?
  let staleGrace: Duration
  let zone: String?
  let location: SourceLocation

  /// - Parameter isAudited: whether nothing of the group is enforced.
  init?(_ node: Node, isAudited: Bool, _ problems: inout [Diagnostic]) {
    guard node.isMapping("sources[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "a source", known: DocumentFields.source, &problems)
    zone = fields["zone"]?.identifier("zone", &problems)
    onStale = fields["onStale"].flatMap { field in
      let action: StaleAction? = field.word("onStale", &problems)
      return action.map { Located($0, at: field.location) }
    }
    let seconds = fields["staleGraceSeconds"]?.integer("staleGraceSeconds", in: 1...86400, &problems)
    staleGrace = .seconds(seconds ?? Self.usualGrace)
    location = node.location
    if let onStale, onStale.value == .deny, isAudited {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`onStale: deny` would deny connections in a group that is only audited",
          at: onStale.location, fix: "write onStale: keep"))
    }
    guard let origin = Self.origin(fields, node, &problems) else { return nil }
    self.origin = origin
  }

  static let usualGrace = 300

  private static func origin(
    _ fields: StrictFields, _ node: Node, _ problems: inout [Diagnostic]
  ) -> Source.Origin? {
    let isAddresses = fields["cidrs"] != nil || fields["addresses"] != nil
    if let kubernetes = fields["kubernetes"] {
      if isAddresses {
        problems.reportInvalid(
          node, "a source has its members from addresses or from `kubernetes`, not from both",
          fix: "make them two elements of `sources`")
      }
      return ClusterSelection.read(kubernetes, &problems).map { .cluster(integration: $0.0, $0.1) }
    }
    guard isAddresses else {
      problems.append(
        Diagnostic(
          .missingField, .error, "the source has no members: `cidrs`, `addresses` or `kubernetes` is missing",
          at: node.location))
      return nil
    }
    for name in ["onStale", "staleGraceSeconds"] {
      guard let field = fields[name] else { continue }
      problems.reportInvalid(
        field, "addresses that are written in the document are never stale", fix: "remove `\(name)`")
    }
    let blocks = Located<CIDR>.all(fields, &problems)
    return blocks.isEmpty ? nil : .addresses(blocks.map(\.value))
  }
}

extension ClusterSelection {
  /// What a source takes from which integration.
  static func read(_ node: Node, _ problems: inout [Diagnostic]) -> (String, ClusterSelection)? {
    guard node.isMapping("kubernetes", &problems) else { return nil }
    let fields = StrictFields(node, type: "kubernetes", known: DocumentFields.kubernetes, &problems)
    let integration = fields.required(
      "integration", of: "`kubernetes`", node, fix: "name the integration whose cluster is meant", &problems
    )?.identifier("kubernetes.integration", &problems)
    let kinds = ["pods", "nodes", "serviceEndpoints"]
    let written = fields.only(
      of: kinds, in: "`kubernetes`", node,
      fix: "write one of \(Node.choice(kinds)), and another source for another one", &problems)
    guard let written, let selection = selection(written.name, written.value, &problems), let integration
    else { return nil }
    return (integration, selection)
  }

  private static func selection(
    _ kind: String, _ node: Node, _ problems: inout [Diagnostic]
  ) -> ClusterSelection? {
    guard node.isMapping("kubernetes.\(kind)", &problems) else { return nil }
    switch kind {
    case "pods": return PodSelection(node, &problems).map(ClusterSelection.pods)
    case "nodes": return NodeSelection(node, &problems).map(ClusterSelection.nodes)
    default: return service(node, &problems).map(ClusterSelection.serviceEndpoints)
    }
  }

  private static func service(_ node: Node, _ problems: inout [Diagnostic]) -> NamespacedName? {
    let fields = StrictFields(
      node, type: "serviceEndpoints", known: DocumentFields.serviceEndpoints, &problems)
    func part(_ name: String) -> String? {
      guard let field = fields.required(name, of: "`serviceEndpoints`", node, &problems),
        let text = field.string("serviceEndpoints.\(name)", &problems)
      else { return nil }
      if let problem = NameRules.labelNameProblem(text) {
        problems.reportInvalid(field, "`serviceEndpoints.\(name)` \(problem)")
      }
      return text
    }
    guard let namespace = part("namespace"), let name = part("name") else { return nil }
    return NamespacedName(namespace: namespace, name: name)
  }
}

extension PodSelection {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(node, type: "pods", known: DocumentFields.pods, &problems)
    let namespaces = Requirements.read("namespaceSelector", of: fields, node, every: "namespace", &problems)
    let pods = Requirements.read("podSelector", of: fields, node, every: "pod", &problems)
    var accounts: Set<String>?
    if let list = fields["serviceAccounts"]?.someElements("serviceAccounts", &problems) {
      accounts = []
      for element in list {
        guard let name = element.string("serviceAccounts[]", &problems) else { continue }
        if let problem = NameRules.subdomainProblem(name) {
          problems.reportInvalid(element, "`serviceAccounts[]` \(problem)")
        }
        accounts?.insert(name)
      }
    }
    let includesHostNetwork = fields["includeHostNetwork"]?.bool("includeHostNetwork", &problems) ?? false
    guard let namespaces, let pods else { return nil }
    self.init(
      namespaces: namespaces, pods: pods, serviceAccounts: accounts, includesHostNetwork: includesHostNetwork)
  }
}

extension NodeSelection {
  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let fields = StrictFields(node, type: "nodes", known: DocumentFields.nodes, &problems)
    let nodes = Requirements.read("nodeSelector", of: fields, node, every: "node", &problems)
    var kinds: Set<ObservedNode.Address.Kind> = []
    for element in fields["addressTypes"]?.someElements("addressTypes", &problems) ?? [] {
      if let kind: ObservedNode.Address.Kind = element.word("addressTypes[]", &problems) {
        kinds.insert(kind)
      }
    }
    guard let nodes else { return nil }
    self.init(nodes: nodes, addressKinds: kinds.isEmpty ? [.internalIP] : kinds)
  }
}

extension Requirements {
  /// A selector that must say what it selects: everything is `all: true`.
  ///
  /// - Parameter every: what an empty selector would select, in the singular.
  static func read(
    _ name: String, of fields: StrictFields, _ owner: Node, every: String, _ problems: inout [Diagnostic]
  ) -> Requirements? {
    let fix = "write \(name): {all: true} for every \(every)"
    guard let node = fields.required(name, of: "the selection", owner, fix: fix, &problems),
      node.isMapping(name, &problems)
    else { return nil }
    let keys = node.members.map(\.key.keyText)
    if keys.contains("all") {
      let all = StrictFields(node, type: "a selector", known: DocumentFields.selector, &problems)
      let others = keys.filter { $0 != "all" && DocumentFields.selector.contains($0) }
      if let other = others.first {
        problems.reportInvalid(node, "`all` and `\(other)` of `\(name)` exclude each other")
      }
      return all["all"]?.isTrue("\(name).all", &problems) ?? false ? Requirements.none : nil
    }
    guard let selector = LabelSelector(node, field: name, &problems) else { return nil }
    if selector.requirements.isEmpty {
      problems.append(
        Diagnostic(
          .emptySelector, .error, "`\(name)` is empty, which would select every \(every)", at: node.location,
          fix: fix))
      return nil
    }
    return Requirements(selector.requirements.map(\.value))
  }
}
