internal import Kubernetes
internal import PolicyModel

/// An entry of a list of rules.
struct WrittenRule {
  let direction: Direction
  let data: DataValue
}

/// The rules of one object.
struct WrittenRules {
  let ingress: [DataValue]
  let egress: [DataValue]

  /// Rules in as few objects as a limit for either list allows, in their order.
  static func parts(_ rules: [WrittenRule], limit: Int) -> [WrittenRules] {
    func lists(_ direction: Direction) -> [[DataValue]] {
      rules.filter { $0.direction == direction }.map(\.data).chunked(limit)
    }
    let (ingress, egress) = (lists(.ingress), lists(.egress))
    return (0..<max(ingress.count, egress.count)).map { index in
      WrittenRules(
        ingress: index < ingress.count ? ingress[index] : [],
        egress: index < egress.count ? egress[index] : [])
    }
  }

  /// The lists that have rules, as members of a `spec`.
  var members: [DataValue.Member] {
    [("ingress", ingress), ("egress", egress)].filter { !$0.1.isEmpty }.map {
      DataValue.Member($0.0, .list($0.1))
    }
  }
}
