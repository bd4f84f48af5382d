package import Kubernetes

/// An object that polices traffic, or that policies refer to, of any dialect.
package enum PolicyObject: Sendable {
  case networkPolicy(NetworkPolicy)
  case clusterNetworkPolicy(ClusterNetworkPolicy)
  case calico(CalicoObject)
  case cilium(CiliumObject)

  /// The kinds that are read. The retired groups are kept so that they can be refused by name.
  package static let groupKinds: Set<GroupKind> = Set(
    [NetworkPolicy.groupKind, GroupKind(group: "extensions", kind: "NetworkPolicy")]
      + ClusterNetworkPolicy.Kind.allCases.map(\.groupKind)
  )
  .union(CalicoObject.groupKinds).union(CiliumObject.groupKinds)

  /// Reads an object; nil when its consumer would refuse it, which is reported.
  init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    let value: PolicyObject? =
      switch object.groupKind.group {
      case ClusterNetworkPolicy.Kind.group:
        ClusterNetworkPolicy(object, &problems).map { .clusterNetworkPolicy($0) }
      case "cilium.io":
        CiliumObject(object, defaultNamespace: defaultNamespace, &problems).map { .cilium($0) }
      case _ where CalicoObject.groupKinds.contains(object.groupKind):
        CalicoObject(object, defaultNamespace: defaultNamespace, &problems).map { .calico($0) }
      default:
        NetworkPolicy(object, defaultNamespace: defaultNamespace, &problems).map { .networkPolicy($0) }
      }
    guard let value else { return nil }
    self = value
  }

  package var meta: ObjectMeta {
    switch self {
    case .networkPolicy(let policy): policy.meta
    case .clusterNetworkPolicy(let policy): policy.meta
    case .calico(let object): object.meta
    case .cilium(let object): object.meta
    }
  }
}
