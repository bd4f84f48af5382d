internal import Dialects
internal import Kubernetes
internal import PolicyModel

/// A rule in the words of one engine, as the values have it.
struct PassthroughRule: Sendable {
  let dialect: Dialect
  let direction: Direction
  /// `networkPolicy.cilium.ingress[0]`.
  let path: String
  let data: DataValue
  let location: SourceLocation
}

/// What a rule of ``TrafficValues`` in the words of one engine does beside all that the values mean without it.
public struct Passthrough: Sendable, Hashable, CustomStringConvertible {
  /// What becomes of connections that it is about.
  public enum Effect: String, Sendable, Hashable {
    /// Some are let through that are denied without it.
    case widens
    /// Some are denied that are let through without it.
    case narrows
    /// Some are let through and others denied.
    case changes
    /// All are decided as without it.
    case none = "has no effect"
    /// Policies tell more kinds of pods apart than a comparison goes through.
    case unknown = "could not be compared"
  }

  /// Where it stands in the values: `networkPolicy.cilium.ingress[0]`.
  public let path: String
  /// What it does beside all that the values mean without it.
  public let effect: Effect
  /// A connection that is decided otherwise than without it: `shop/app=web -> shop/app=db TCP 5432`.
  public let example: String?
  /// `values.yaml:12:9`.
  public let location: String

  /// `networkPolicy.cilium.ingress[0] widens: shop/app=web -> shop/app=db TCP 5432`.
  public var description: String { "\(path) \(effect.rawValue)" + (example.map { ": \($0)" } ?? "") }
}

extension PassthroughRule {
  /// The objects with the rule at the end of the policy of a name; nil where there is no such policy.
  func added(to objects: [WrittenObject], policy: PolicyIdentity) -> [WrittenObject]? {
    let isOfCluster = dialect == .clusterNetworkPolicy
    let name = isOfCluster ? "\(policy.namespace)-\(policy.name)" : policy.name
    let own = objects.firstIndex {
      $0.name == name && $0.namespace == (isOfCluster ? "" : policy.namespace)
    }
    // Where nothing is allowed there is only the policy that closes the pods, with one rule.
    guard let index = own ?? objects.firstIndex(where: { isOfCluster && $0.name == "\(name)-closed" }) else {
      return nil
    }
    var added = objects
    added[index] = objects[index].adding(data, to: direction, beforeLast: own == nil)
    return added
  }

  /// The policy with this rule and no other.
  func alone(in objects: [WrittenObject], policy: PolicyIdentity) -> [WrittenObject]? {
    let bare = objects.map { object in
      Direction.allCases.reduce(object) { $0.replacing($1, with: []) }
    }
    guard let with = added(to: bare, policy: policy), let place = zip(with, bare).first(where: { $0 != $1 })
    else { return nil }
    return [place.0]
  }
}

extension WrittenObject {
  fileprivate func adding(_ rule: DataValue, to direction: Direction, beforeLast: Bool) -> WrittenObject {
    var rules = self.rules(direction)
    rules.insert(rule, at: beforeLast ? max(0, rules.count - 1) : rules.count)
    return replacing(direction, with: rules)
  }

  private var spec: [DataValue.Member] {
    guard case .object(let members) = data, case .object(let spec)? = members.last?.value else { return [] }
    return spec
  }

  private func rules(_ direction: Direction) -> [DataValue] {
    guard case .list(let rules)? = spec.first(where: { $0.key == direction.name })?.value else { return [] }
    return rules
  }

  fileprivate func replacing(_ direction: Direction, with rules: [DataValue]) -> WrittenObject {
    var members = spec.filter { $0.key != direction.name }
    let place = spec.firstIndex { $0.key == direction.name } ?? members.count
    if !rules.isEmpty { members.insert(DataValue.Member(direction.name, .list(rules)), at: place) }
    return WrittenObject(
      apiVersion: apiVersion, kind: kind, namespace: namespace, name: name, spec: .object(members))
  }
}
