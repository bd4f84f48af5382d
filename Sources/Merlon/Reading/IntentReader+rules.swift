internal import Kubernetes
internal import PolicyModel

extension IntentReader {
  mutating func readPolicy(_ node: Node) {
    guard node.isMapping("policies[]", &problems) else { return }
    let fields = StrictFields(
      node, type: "a policy",
      known: ["name", "for", "isolate", "stage", "priority", "ingress", "egress"], &problems)
    let rules = self.rules(fields, .ingress) + self.rules(fields, .egress)
    let isolating = fields["isolate"].map { directions($0, "policies[].isolate") }
    let stage = self.stage(fields, node)
    guard let name = required(fields, "name", node) else { return }
    guard let subject = fields["for"] else {
      problems.append(
        Diagnostic(
          .missingField, .error, "the policy `\(name)` does not say whom it is for", at: node.location,
          fix: "write for: namespace/workload, or for: {labels: {…}, namespace: NAME}"))
      return
    }
    guard let pods = podSelecting(subject, "policies[].for")?.pods, let stage else { return }
    append(.policy(Policy(name, pods, isolating, stage, rules, CallSite(node.location))))
  }

  private mutating func stage(_ fields: StrictFields, _ node: Node) -> Policy.Stage? {
    let priority = fields["priority"]?.integer("policies[].priority", &problems).map { Int($0) }
    let name = fields["stage"]?.string("policies[].stage", &problems) ?? "normal"
    switch (name, priority) {
    case ("normal", nil): return .normal
    case ("admin", let priority?): return .admin(priority: priority)
    case ("baseline", let priority?): return .baseline(priority: priority)
    case ("admin", nil), ("baseline", nil):
      problems.append(
        Diagnostic(
          .missingField, .error, "a policy of the stage \(name) needs a `priority`", at: node.location))
    case ("normal", _):
      problems.append(
        Diagnostic(
          .invalidValue, .error, "policies of the stage normal have no order, so no `priority`",
          at: node.location))
    default:
      problems.reportInvalid(
        fields["stage"] ?? node, "`stage` must be normal, admin or baseline, not `\(name)`")
    }
    return nil
  }

  private mutating func rules(_ fields: StrictFields, _ direction: Direction) -> [Rule] {
    let list = fields[direction.name]?.list("policies[].\(direction.name)", &problems) ?? []
    return list.compactMap { rule($0, direction) }
  }

  private mutating func rule(_ node: Node, _ direction: Direction) -> Rule? {
    let field = direction == .ingress ? "from" : "to"
    guard node.isMapping("policies[].\(direction.name)[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "a rule", known: [field, "ports", "action"], &problems)
    let actions: [String: RuleAction] = ["allow": .allow, "deny": .deny, "pass": .pass]
    var action = RuleAction.allow
    if let written = fields["action"], let text = written.string("action", &problems) {
      if let known = actions[text] {
        action = known
      } else {
        problems.reportInvalid(written, "`action` must be allow, deny or pass, not `\(text)`")
      }
    }
    let ports = self.ports(fields["ports"], "ports")
    guard let written = fields[field] else {
      problems.append(
        Diagnostic(
          .missingField, .error, "the rule does not say whom it is about: `\(field)` is missing",
          at: node.location,
          fix: "write \(field): anyone for everybody"))
      return nil
    }
    let before = problems.count
    let peers = self.peers(written, field)
    // What is no peer has been reported, and is not an empty list.
    if peers.isEmpty, problems.count > before { return nil }
    return Rule(
      direction: direction, action: action, peers: peers, ports: ports, site: CallSite(node.location))
  }

  private mutating func directions(_ node: Node, _ field: String) -> Directions {
    let list = node.content == .sequence ? node.elements : [node]
    var found: Directions = []
    for element in list {
      switch element.string("\(field)[]", &problems) {
      case "ingress": found.insert(.ingress)
      case "egress": found.insert(.egress)
      case "both": found.formUnion(.both)
      case let other?: problems.reportInvalid(element, "`\(field)` has ingress and egress, not `\(other)`")
      case nil: break
      }
    }
    return found
  }

  mutating func readFlow(_ node: Node) {
    guard node.isMapping("flows[]", &problems) else { return }
    let fields = StrictFields(node, type: "a flow", known: ["from", "to", "ports", "isolate"], &problems)
    guard let from = fields["from"], let to = fields["to"] else {
      problems.append(
        Diagnostic(.missingField, .error, "a flow needs `from` and `to`", at: node.location))
      return
    }
    guard let source = end(from, "flows[].from"), let target = end(to, "flows[].to") else { return }
    if source.end.pods == nil, target.end.pods == nil {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "neither end of the flow is pods, so no policy can be about it",
          at: node.location))
      return
    }
    var isolating: Ends = source.end.pods == nil ? .target : target.end.pods == nil ? .source : .both
    if let written = fields["isolate"], let text = written.string("flows[].isolate", &problems) {
      let known: [String: Ends] = ["both": .both, "source": .source, "target": .target, "none": .none]
      if let ends = known[text] {
        isolating = ends
      } else {
        problems.reportInvalid(written, "`isolate` must be both, source, target or none, not `\(text)`")
      }
    }
    append(
      .flow(
        Flow(
          source: source.end, target: target.end,
          ports: ports(fields["ports"], "flows[].ports") ?? target.declaredPorts, isolating: isolating,
          site: CallSite(node.location))))
  }

  private mutating func end(_ node: Node, _ field: String) -> (end: Flow.End, declaredPorts: PortSet?)? {
    let peers = self.peers(node, field)
    if peers.isEmpty { return nil }
    guard peers.count == 1, case .pods(let pods) = peers[0].kind else { return (.peers(peers), nil) }
    return (.pods(pods), workloads.values.first { $0.pods == pods }?.declaredPorts)
  }

  mutating func readDefault(_ node: Node) {
    guard node.isMapping("defaults[]", &problems) else { return }
    let fields = StrictFields(
      node, type: "a default", known: ["deny", "allow", "namespace", "namespaces", "namespaceLabels"],
      &problems)
    guard let namespaces = namespaces(fields, node, "defaults[]") else { return }
    let (denied, allowed) = (
      fields["deny"].map { directions($0, "defaults[].deny") } ?? [],
      fields["allow"].map { directions($0, "defaults[].allow") } ?? []
    )
    if denied.isEmpty, allowed.isEmpty {
      problems.append(
        Diagnostic(
          .missingField, .error, "the default says neither `deny` nor `allow`", at: node.location))
    }
    if !denied.isDisjoint(with: allowed) {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "a direction is denied and allowed: what is allowed counts",
          at: node.location))
    }
    let location = node.location
    let (path, line) = (location.file.path, UInt(location.line))
    if !denied.isEmpty { append(.policy(.deny(denied, in: namespaces, file: path, line: line))) }
    if !allowed.isEmpty { append(.policy(.allow(allowed, in: namespaces, file: path, line: line))) }
  }
}
