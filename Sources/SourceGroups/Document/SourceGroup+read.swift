internal import Kubernetes

extension SourceGroup {
  /// Reads a group, with its sources as they are written: what becomes of stale ones is decided when all groups are
  /// known. Nil when there is nothing that others could be compared with.
  static func read(_ node: Node, _ problems: inout [Diagnostic]) -> (SourceGroup, [SourceEntry])? {
    guard node.isMapping("sourceGroups[]", &problems) else { return nil }
    let fields = StrictFields(node, type: "a source group", known: DocumentFields.group, &problems)
    let id = fields.required("id", of: "a source group", node, &problems)?.identifier("id", &problems)
    let owner = id.map { "the source group `\($0)`" } ?? "a source group"
    let priorityNode = fields.required("priority", of: owner, node, &problems)
    let priority = priorityNode?.integer("priority", in: 0...1_000_000, &problems)
    let mode: GroupMode? = fields["mode"].map { $0.word("mode", &problems) } ?? .enforce
    let sources =
      fields.required("sources", of: owner, node, &problems)?
      .someElements("sources", &problems) ?? []
    let entries = sources.compactMap { SourceEntry($0, isAudited: mode == .audit, &problems) }
    let written = fields["rules"]?.list("rules", &problems) ?? []
    let rules = written.compactMap { SourceGroupRule($0, in: mode ?? .enforce, &problems) }
    reportRepetitions(rules, in: owner, &problems)
    let action = fields["defaultAction"].flatMap {
      SourceGroupPolicy.action($0, "defaultAction", &problems)
    }
    guard let id, let priority, let priorityNode else { return nil }
    let group = SourceGroup(
      id: id, priority: priority, mode: mode ?? .enforce, sources: [], rules: rules, defaultAction: action,
      priorityLocation: priorityNode.location, location: node.location)
    return (group, entries)
  }

  private static func reportRepetitions(
    _ rules: [SourceGroupRule], in owner: String, _ problems: inout [Diagnostic]
  ) {
    var ids: [String: SourceGroupRule] = [:]
    for rule in rules {
      guard let first = ids.updateValue(rule, forKey: rule.id) else { continue }
      problems.append(
        Diagnostic(
          .duplicateObject, .error, "\(owner) has two rules `\(rule.id)`", at: rule.location,
          related: [.init(message: "the other one", location: first.location)]))
    }
  }
}
