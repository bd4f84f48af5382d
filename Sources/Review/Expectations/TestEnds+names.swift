internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension TestEnds {
  /// A domain name or entity, with what may flow between it and a unit.
  struct OpenName {
    let text: String
    let certain: TrafficSet
    let possible: TrafficSet
    /// What decides.
    let reason: String

    /// Whether anybody on the internet may be it. Domain names count as that.
    var isInternet: Bool { !text.hasPrefix("entity/") || text == "entity/world" }
  }

  /// The names of the policies to or from which something may flow. Nobody sends by a domain name.
  func openNames(_ unit: Int, _ direction: Direction) -> [OpenName] {
    let compiled = walk.compiled
    return compiled.namedEnds.indices.compactMap { number in
      let name = compiled.namedEnds[number]
      if direction == .ingress, name.domain != nil { return nil }
      let (certain, possible) = walk.connection(walk.connection(of: unit, direction, name: number))
      if possible.isEmpty { return nil }
      let (own, other) = (CompiledPolicies.RowEnd.unit(units[unit]), CompiledPolicies.RowEnd.name(number))
      let deciders = compiled.deciders(
        direction, from: direction == .egress ? own : other, to: direction == .egress ? other : own,
        about: possible)
      return OpenName(
        text: name.text, certain: certain, possible: possible, reason: DecidersText(compiled).text(deciders))
    }
  }
}
