internal import Kubernetes
internal import PolicyModel

extension CalicoEntityRule {
  private static let knownFields = [
    "nets", "notNets", "selector", "notSelector", "namespaceSelector", "ports", "notPorts", "serviceAccounts",
    "services", domains,
  ]
  /// A list of names, in Calico Enterprise and Calico Cloud.
  private static let domains = "domains"

  /// Reads and validates `source` or `destination` (`validateEntityRule` in `libcalico-go/lib/validator/v3`).
  ///
  /// - Parameter rule: the rule it belongs to, whose place an absent end has.
  init(
    _ node: Node?, _ name: String, in rule: Node, _ context: CalicoRuleContext, _ problems: inout [Diagnostic]
  ) {
    func path() -> String { "\(context.path).\(name)" }
    guard let node, node.isMapping(path(), &problems) else {
      self.init(
        peer: .endpoints(
          CalicoPeerCriteria(
            nets: [], notNets: [], selector: nil, notSelector: nil, namespaceSelector: nil,
            serviceAccounts: nil)),
        ports: [], notPorts: [], location: rule.location)
      return
    }
    let fields = StrictFields(
      criteria: node, type: "EntityRule", known: Self.knownFields, &problems)
    problems.reportEnterprise(fields, Self.domains, consequence: "which opens the rule")
    let criteria = CalicoPeerCriteria(fields, path(), &problems)
    let service = fields["services"].flatMap { services in
      CalicoServiceMatch(services, path(), isNamespaceNeeded: context.isGlobal, &problems)
    }
    if let services = fields["services"] {
      Self.checkServices(services, fields, name, context, &problems)
    }
    self.init(
      peer: service.map { .service($0) } ?? .endpoints(criteria),
      ports: CalicoPort.list(fields["ports"], field: "\(path()).ports", &problems),
      notPorts: CalicoPort.list(fields["notPorts"], field: "\(path()).notPorts", &problems),
      location: node.location)
  }

  /// Services stand alone, at the end that is not the policy's subject.
  private static func checkServices(
    _ node: Node, _ fields: StrictFields, _ name: String, _ context: CalicoRuleContext,
    _ problems: inout [Diagnostic]
  ) {
    let peer = context.direction == .ingress ? "source" : "destination"
    if name != peer {
      problems.reportInvalid(
        node, "`services` in \(context.direction.name) rules belong to `\(peer)`, not to `\(name)`")
    }
    let others = ["selector", "notSelector", "namespaceSelector", "serviceAccounts", "nets", "notNets"]
      .filter { other in
        // `serviceAccounts: {}` is there; an empty list or text is not.
        fields[other].map { other == "serviceAccounts" || !$0.isZero } ?? false
      }
    if !others.isEmpty {
      let list = others.map { "`\($0)`" }.joined(separator: ", ")
      problems.reportInvalid(node, "`services` cannot be combined with \(list)")
    }
    guard name == "destination" else { return }
    for list in ["ports", "notPorts"] {
      guard let ports = fields[list], !ports.isZero else { continue }
      problems.reportInvalid(
        ports, "`\(list)` cannot be combined with `services`, whose endpoints say the ports",
        fix: "remove them")
    }
  }
}

extension CalicoPeerCriteria {
  fileprivate init(_ fields: StrictFields, _ path: @autoclosure () -> String, _ problems: inout [Diagnostic])
  {
    self.init(
      nets: CalicoNet.list(fields["nets"], field: "\(path()).nets", .nets, &problems),
      notNets: CalicoNet.list(fields["notNets"], field: "\(path()).notNets", .notNets, &problems),
      selector: fields["selector"].flatMap {
        CalicoSelector($0, field: "\(path()).selector", felix: .ignoresPolicy, &problems)
      },
      notSelector: fields["notSelector"].flatMap {
        CalicoSelector(
          $0, field: "\(path()).notSelector", felix: .ignoresPolicy, global: .meansAll, &problems)
      },
      namespaceSelector: fields["namespaceSelector"].flatMap {
        CalicoSelector(
          $0, field: "\(path()).namespaceSelector", felix: .dropsCriterion, global: .alone, &problems
        ).map { $0.isGlobal ? .global($0.location) : .matching($0) }
      },
      serviceAccounts: fields["serviceAccounts"].flatMap { CalicoServiceAccountMatch($0, path(), &problems) })
  }
}

extension CalicoServiceAccountMatch {
  fileprivate init?(_ node: Node, _ path: String, _ problems: inout [Diagnostic]) {
    let field = "\(path).serviceAccounts"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(
      criteria: node, type: "ServiceAccountMatch", known: ["names", "selector"], &problems)
    let names = fields["names"]?.strings("\(field).names", &problems) ?? []
    problems.reportRepeated(names, field: "\(field).names")
    for name in names {
      guard let problem = NameRules.subdomainProblem(name.value) else { continue }
      if name.value.contains("'") {
        problems.reportInvalid(
          at: name.location, "the service account name `\(name.value)` \(problem)", felix: .dropsCriterion)
      } else {
        problems.append(
          Diagnostic(
            .invalidValue, .warning,
            "no service account can have the name `\(name.value)`: a name \(problem)", at: name.location))
      }
    }
    let selector = fields["selector"].flatMap {
      CalicoSelector($0, field: "\(field).selector", felix: .dropsCriterion, global: .meansAll, &problems)
    }
    if fields["names"]?.isZero ?? true, fields.lacks("selector") {
      problems.append(
        Diagnostic(
          .emptyRule, .warning, "`serviceAccounts` without `names` and `selector` restricts nothing",
          at: node.location))
      return nil
    }
    self.init(names: names.map(\.value), selector: selector, location: node.location)
  }
}

extension CalicoServiceMatch {
  fileprivate init?(
    _ node: Node, _ path: String, isNamespaceNeeded: Bool, _ problems: inout [Diagnostic]
  ) {
    let field = "\(path).services"
    guard node.isMapping(field, &problems) else { return nil }
    let fields = StrictFields(criteria: node, type: "ServiceMatch", known: ["name", "namespace"], &problems)
    let name = Self.name(fields["name"], "\(field).name", &problems)
    let namespace = Self.name(fields["namespace"], "\(field).namespace", &problems)
    if fields.lacks("name") {
      problems.append(Diagnostic(.missingField, .error, "`services` needs a `name`", at: node.location))
    }
    if isNamespaceNeeded, fields.lacks("namespace") {
      problems.append(
        Diagnostic(
          .missingField, .error, "`services` of a global policy needs a `namespace`", at: node.location))
    }
    guard let name else { return nil }
    self.init(name: name, namespace: namespace, location: node.location)
  }

  private static func name(_ node: Node?, _ field: String, _ problems: inout [Diagnostic]) -> String? {
    guard let node, let text = node.string(field, &problems), !text.isEmpty else { return nil }
    if let problem = NameRules.subdomainProblem(text) {
      problems.reportInvalid(node, "`\(field)` \(problem), unlike `\(text)`")
    }
    return text
  }
}
