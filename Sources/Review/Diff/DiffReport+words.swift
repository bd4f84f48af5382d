internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension DiffReport {
  /// `3 pairs of ends may exchange more, 1 less; 1 workload is new`.
  var summary: String {
    if isEmpty {
      let texts =
        policyChanges.isEmpty
        ? "" : ", although \(Self.count(policyChanges.count, "policy", "policies")) changed"
      return "Nothing changed in effect: the same may flow between all ends\(texts)"
    }
    let (opened, closed) = counts
    var parts: [String] = []
    if opened > 0 { parts.append("\(Self.count(opened, "connection", "connections")) opened") }
    if closed > 0 { parts.append("\(Self.count(closed, "connection", "connections")) closed") }
    if !appeared.isEmpty { parts.append("\(Self.count(appeared.count, "workload", "workloads")) new") }
    if !vanished.isEmpty { parts.append("\(Self.count(vanished.count, "workload", "workloads")) gone") }
    return parts.joined(separator: ", ")
  }

  /// The reason that a group's rows have in common, with the places of both sides.
  func title(of group: Group) -> String {
    switch group.effect {
    case .appeared: return "\(group.workloads.joined(separator: " and ")) is new"
    case .vanished: return "\(group.workloads.joined(separator: " and ")) is gone"
    case .policies, .objects, .policiesAndObjects: break
    }
    let workloads = group.workloads.isEmpty ? [] : ["\(group.workloads.joined(separator: ", ")) changed"]
    let all = group.policies.map(\.text) + workloads
    return all.isEmpty ? "Other policies in force" : all.joined(separator: "; ")
  }

  /// The rows of each group, groups in the order of their first rows; what policies do goes before what objects do.
  var rowsByGroup: [(group: Group, rows: [Row])] {
    var members = [[Row]](repeating: [], count: groups.count)
    for row in rows { members[row.group].append(row) }
    let numbered = zip(groups, members).map { (group: $0, rows: $1) }
    return numbered.filter { !$0.group.effect.isOneSided } + numbered.filter { $0.group.effect.isOneSided }
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }
}

extension DiffReport.Effect {
  /// Whether an end is there on one side only.
  var isOneSided: Bool { self == .appeared || self == .vanished }
}

extension PolicyChange {
  /// `NetworkPolicy shop/db changed (old/db.yaml:3, now new/db.yaml:3)`.
  var text: String {
    let places =
      switch (before, after) {
      case (let old?, let new?): " (\(old.fileAndLine), now \(new.fileAndLine))"
      case (let old?, nil): " (was \(old.fileAndLine))"
      case (nil, let new?): " (\(new.fileAndLine))"
      case (nil, nil): ""
      }
    return "\(identity) \(kind.rawValue)\(places)"
  }
}

extension TrafficDifference.Part {
  /// `TCP 80`, with what it was or is when that is not the opposite.
  var text: String {
    switch (from, to) {
    case (.denied, .allowed), (.allowed, .denied): "\(traffic)"
    case (.undefined, _): "\(traffic) (was undefined)"
    case (_, .undefined): "\(traffic) (now undefined)"
    default: "\(traffic)"
    }
  }
}

extension DirectionCause {
  /// `ingress: allowed by … ; before: denied: …`.
  var text: String { "\(direction.name) now \(after); before \(before)" }
}
