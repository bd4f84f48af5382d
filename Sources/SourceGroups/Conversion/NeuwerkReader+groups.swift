internal import Kubernetes

extension NeuwerkReader {
  mutating func policy(_ root: Node, _ name: String) -> SourceGroupPolicy {
    let fields = fields(root, "the document", known: ["default_policy", "source_groups"])
    var defaultPolicy = Located(GroupAction.deny, at: root.location)
    if let node = fields["default_policy"] {
      defaultPolicy = action(node, "default_policy") ?? defaultPolicy
    } else {
      changed(
        "`default_policy` is not written, so that Neuwerk's settings decide: here it is deny",
        at: root.location)
    }
    var groups: [SourceGroup] = []
    var ids: Set<String> = []
    for (place, node) in (fields["source_groups"]?.list("source_groups", &problems) ?? []).enumerated() {
      groups.append(group(node, place: place, &ids))
    }
    // Sorting is stable: of equal priorities the first of the text is asked first there.
    groups.sort { $0.priority < $1.priority }
    groups = renumbered(groups)
    let usual = SourceGroupPolicy.usualStaleActions(of: groups, defaultPolicy.value)
    groups = zip(groups, usual).map { group, usual in
      let followsClusters = group.sources.contains { $0.writtenAddresses == nil }
      if usual == .keep, followsClusters {
        changed(
          "members of `\(group.id)` stay when they are stale: Neuwerk takes them out, which opens what the group "
            + "denies", at: group.location, fix: "write onStale: deny to deny everything that they send then")
      }
      return group.with(
        sources: group.sources.map { source in
          Source(
            source.origin, onStale: source.writtenAddresses == nil ? usual : .keep, zone: nil,
            location: source.location)
        })
    }
    return SourceGroupPolicy(
      name: name, defaultPolicy: defaultPolicy, groups: groups, location: root.location)
  }

  private mutating func group(_ node: Node, place: Int, _ ids: inout Set<String>) -> SourceGroup {
    let fields = fields(
      node, "a source group", known: ["id", "priority", "mode", "sources", "rules", "default_action"])
    let id = identifier(fields["id"], node, taken: &ids)
    let written = mode(fields["mode"]) ?? .enforce
    let before = problems.count
    let sources = fields["sources"].map { self.sources($0) } ?? []
    // What is no source has been reported, and is not a group without any.
    if sources.isEmpty, problems[before...].allSatisfy({ $0.severity < .error }) {
      problems.append(
        Diagnostic(.missingField, .error, "the source group `\(id)` has no sources", at: node.location))
    }
    var rules: [(priority: Int, rule: SourceGroupRule)] = []
    var ruleIDs: Set<String> = []
    let isIPv4 = sources.allSatisfy { $0.writtenAddresses != nil }
    for (place, node) in (fields["rules"]?.list("rules", &problems) ?? []).enumerated() {
      if let rule = rule(node, place: place, in: written, isIPv4: isIPv4, &ruleIDs) { rules.append(rule) }
    }
    let ordered = rules.enumerated().sorted {
      ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
    }
    if ordered.map(\.offset) != Array(rules.indices) {
      kept("the rules of `\(id)` are written in the order of their priorities", at: node.location)
    }
    let action = fields["default_action"].flatMap { self.action($0, "default_action") }
    if written == .audit, let action {
      trap(
        "`default_action` of `\(id)` is enforced although the group is only audited, as in Neuwerk",
        at: action.location)
    }
    let isAudited = written == .audit && action == nil && rules.allSatisfy { $0.rule.mode == .audit }
    return SourceGroup(
      id: id, priority: priority(fields["priority"], place: place), mode: isAudited ? .audit : .enforce,
      sources: sources, rules: ordered.map(\.element.rule), defaultAction: action,
      priorityLocation: (fields["priority"] ?? node).location, location: node.location)
  }

  /// Groups with priorities of which no two are equal, and none is too large.
  private mutating func renumbered(_ groups: [SourceGroup]) -> [SourceGroup] {
    var taken: Set<Int> = []
    let repeated = groups.first { !taken.insert($0.priority).inserted || $0.priority > 1_000_000 }
    guard let repeated else { return groups }
    changed(
      "priorities are written anew, 10 apart: \(repeated.priority) is there twice or too large, and the order of the "
        + "text decided", at: repeated.priorityLocation)
    return groups.enumerated().map { index, group in
      SourceGroup(
        id: group.id, priority: 10 * (index + 1), mode: group.mode, sources: group.sources,
        rules: group.rules,
        defaultAction: group.defaultAction, priorityLocation: group.priorityLocation, location: group.location
      )
    }
  }
}
