package import Kubernetes

/// A text, read as a ``SourceGroupPolicy``.
package struct SourceGroupReading: Sendable {
  /// Nil when anything is an error: a document that is half read says something else.
  package let policy: SourceGroupPolicy?
  /// Errors, and findings about a document that has none; in the order of the text.
  package let diagnostics: [Diagnostic]
}

extension SourceGroupPolicy {
  /// Reads YAML or JSON.
  package static func read(_ text: ManifestText) -> SourceGroupReading { read(SettingsText(text)) }

  /// Reads a text that has been parsed.
  package static func read(_ text: SettingsText) -> SourceGroupReading {
    var problems = text.problems
    var policy: SourceGroupPolicy?
    if let root = text.root {
      policy = SourceGroupPolicy(root, &problems)
    } else if problems.isEmpty {
      problems.append(Diagnostic(.missingField, .error, "the document is empty", at: nil))
    }
    if problems.contains(where: { $0.severity == .error }) { policy = nil }
    if let policy { problems += policy.findings }
    return SourceGroupReading(policy: policy, diagnostics: problems.sortedByLocation())
  }

  private init?(_ root: Node, _ problems: inout [Diagnostic]) {
    guard root.isMapping("the document", &problems) else { return nil }
    let fields = StrictFields(root, type: Self.kind, known: DocumentFields.document, &problems)
    if fields["kind"]?.text != Self.kind || fields["apiVersion"]?.text != Self.apiVersion {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "a document of source groups is of apiVersion \(Self.apiVersion) and kind \(Self.kind)",
          at: (fields["kind"] ?? fields["apiVersion"] ?? root).location))
    }
    let name = fields.required("metadata", of: Self.kind, root, fix: "write metadata: {name: …}", &problems)
      .flatMap { Self.name($0, &problems) }
    guard let spec = fields.required("spec", of: Self.kind, root, &problems),
      spec.isMapping("spec", &problems)
    else { return nil }
    let specFields = StrictFields(spec, type: "spec", known: DocumentFields.spec, &problems)
    let defaultPolicy = specFields.required(
      "defaultPolicy", of: "`spec`", spec, fix: "write defaultPolicy: deny, or allow", &problems
    ).flatMap { Self.action($0, "spec.defaultPolicy", &problems) }
    var groups: [(SourceGroup, [SourceEntry])] = []
    for node in specFields["sourceGroups"]?.list("spec.sourceGroups", &problems) ?? [] {
      if let group = SourceGroup.read(node, &problems) { groups.append(group) }
    }
    Self.reportRepetitions(groups.map(\.0), &problems)
    guard let name, let defaultPolicy else { return nil }
    let finished = Self.decidingStaleness(of: groups, defaultPolicy.value, &problems)
    self.init(name: name, defaultPolicy: defaultPolicy, groups: finished, location: root.location)
  }

  private static func name(_ node: Node, _ problems: inout [Diagnostic]) -> String? {
    guard node.isMapping("metadata", &problems) else { return nil }
    let fields = StrictFields(node, type: "metadata", known: DocumentFields.metadata, &problems)
    guard let name = fields.required("name", of: "`metadata`", node, &problems),
      let text = name.string("metadata.name", &problems)
    else { return nil }
    if let problem = NameRules.subdomainProblem(text) {
      problems.reportInvalid(name, "`metadata.name` \(problem)")
    }
    return text
  }

  /// `allow` or `deny`, with its place.
  static func action(
    _ node: Node, _ field: String, _ problems: inout [Diagnostic]
  ) -> Located<GroupAction>? {
    let action: GroupAction? = node.word(field, &problems)
    return action.map { Located($0, at: node.location) }
  }

  /// Ids tell groups apart in traces, metrics and changes. Priorities say who is asked first: with equal ones that
  /// would be the order of the text, and moving a group would change what is let through.
  private static func reportRepetitions(_ groups: [SourceGroup], _ problems: inout [Diagnostic]) {
    var ids: [String: SourceGroup] = [:]
    var priorities: [Int: SourceGroup] = [:]
    for group in groups {
      if let first = ids[group.id] {
        problems.append(
          Diagnostic(
            .duplicateObject, .error, "there are two source groups `\(group.id)`", at: group.location,
            related: [.init(message: "the other one", location: first.location)]))
      } else {
        ids[group.id] = group
      }
      if let first = priorities[group.priority] {
        problems.append(
          Diagnostic(
            .duplicatePriority, .error,
            "the source groups `\(first.id)` and `\(group.id)` have one priority, \(group.priority): which of "
              + "them is asked first must be certain",
            at: group.priorityLocation,
            related: [.init(message: "the other one", location: first.priorityLocation)],
            fix: "give each group a priority of its own"))
      } else {
        priorities[group.priority] = group
      }
    }
  }
}
