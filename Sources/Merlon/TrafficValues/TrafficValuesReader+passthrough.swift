internal import Kubernetes
internal import PolicyModel

extension TrafficValuesReader {
  /// The rules in the words of one engine.
  mutating func readPassthrough(
    _ section: LayeredNode?, _ dialect: Dialect, closesEgress: Bool, _ places: inout TrafficValues.Places
  ) -> [PassthroughRule] {
    let field = "networkPolicy.\(dialect.rawValue)"
    let known = ["ingress", "egress"] + (dialect == .clusterNetworkPolicy ? ["priority"] : [])
    guard let section, section.isMapping(field, known: known, &problems) else { return [] }
    if let priority = section["priority"]?.last,
      let number = priority.integer("\(field).priority", &problems)
    {
      places.priority = Located(number, at: priority.location)
    }
    return Direction.allCases.flatMap { direction -> [PassthroughRule] in
      let path = "\(field).\(direction.name)"
      let list = section[direction.name]?.last.list(path, &problems) ?? []
      if direction == .egress, !closesEgress, let first = list.first {
        problems.append(
          Diagnostic(
            .noEffect, .warning, "`\(path)` has no effect, as `networkPolicy.egress.enabled` is false",
            at: first.location))
        return []
      }
      return list.enumerated().map { index, entry in
        PassthroughRule(
          dialect: dialect, direction: direction, path: "\(path)[\(index)]", data: DataValue(entry),
          location: entry.location)
      }
    }
  }
}
