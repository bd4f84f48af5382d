internal import Dialects
internal import Kubernetes

/// Gives policies names that no other of their namespace has.
struct PolicyNames {
  private var taken: Set<[String]>

  /// - Parameter input: whose NetworkPolicies keep their names.
  init(_ input: ClusterInput) {
    taken = Set(input.policies.networkPolicies.map { [$0.meta.namespace, $0.meta.name] })
  }

  /// The wanted name or, where a policy has it or it is too long, one that begins alike.
  mutating func name(_ wanted: String, in namespace: String) -> String {
    var name = PolicyName.fitting(wanted)
    var number = 2
    while !taken.insert([namespace, name]).inserted {
      name = PolicyName.fitting("\(wanted)-\(number)")
      number += 1
    }
    return name
  }
}
