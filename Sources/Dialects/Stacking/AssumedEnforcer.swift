package import PolicyModel

/// The engine that an input is probably meant for, when nobody says which.
package struct AssumedEnforcer: Sendable {
  package let enforcer: EngineProfile.Enforcer
  /// Why, for people: `the input has 3 Cilium policies`.
  package let reason: String
}

extension PolicySet {
  /// The engine whose own kinds the input has; the specification when it has none, or kinds of several.
  package var assumedEnforcer: AssumedEnforcer {
    let own: [(enforcer: EngineProfile.Enforcer, name: String, count: Int)] = [
      (.calico, "Calico", calico.count), (.cilium, "Cilium", cilium.count),
    ].filter { $0.count > 0 }
    func objects(_ name: String, _ count: Int) -> String {
      "\(count) \(name) \(count == 1 ? "object" : "objects")"
    }
    switch own.count {
    case 0:
      return AssumedEnforcer(enforcer: .kubernetes, reason: "the input has no policies of a single engine")
    case 1:
      return AssumedEnforcer(
        enforcer: own[0].enforcer, reason: "the input has \(objects(own[0].name, own[0].count))")
    default:
      let counts = own.map { objects($0.name, $0.count) }.joined(separator: " and ")
      return AssumedEnforcer(
        enforcer: .kubernetes, reason: "the input has \(counts), and no engine enforces both")
    }
  }
}
