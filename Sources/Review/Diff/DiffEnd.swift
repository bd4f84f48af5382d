internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What stands at an end of a changed row.
enum DiffEnd: Sendable {
  /// Of the side that has it, and in doubt of the side after.
  case unit(namespace: String, kind: String, name: String, workload: WorkloadName)
  case addresses(AddressSet)
  case name(String)

  /// The workload that a unit is of.
  struct WorkloadName: Sendable {
    let kind: String
    let name: String
  }

  init(_ unit: ConnectivityUnit, _ world: World) {
    let workload = world.workloads[unit.workload]
    self = .unit(
      namespace: world.namespaces[unit.namespace].name, kind: unit.kind, name: unit.name,
      workload: WorkloadName(kind: workload.kind, name: workload.name))
  }

  /// Whether a pattern means it.
  func isMeant(by pattern: EndPattern) -> Bool {
    switch self {
    case .unit(let namespace, let kind, let name, let workload):
      pattern.matches(namespace: namespace, kind: kind, name: name)
        || pattern.matches(namespace: namespace, kind: workload.kind, name: workload.name)
    case .addresses(let addresses):
      if case .internet = pattern {
        !addresses.isDisjoint(with: .internet)
      } else {
        pattern.matches(addresses)
      }
    case .name(let text):
      switch pattern {
      case .internet: !text.hasPrefix("entity/") || text == "entity/world"
      case .domain(let name), .entity(let name): text == name
      case .workloads, .address: false
      }
    }
  }

  /// Whether anybody on the internet may be this end. Domain names count as that.
  var touchesInternet: Bool { isMeant(by: .internet) }
}
