package import Kubernetes

/// Something policies can select: a pod, or a pod template that stands for all replicas of a workload.
package struct Endpoint: Sendable {
  package enum Kind: Sendable, Hashable {
    case pod
    case template(WorkloadKind)

    /// `Pod`, `Deployment`, …
    package var name: String {
      switch self {
      case .pod: "Pod"
      case .template(let kind): kind.rawValue
      }
    }
  }

  package let kind: Kind
  package let namespace: Int
  package let name: String
  package let labels: Labels
  package let ports: [ContainerPort]
  package let serviceAccount: String
  package let hostNetwork: Bool
  package let isFinished: Bool
  package let addresses: Pod.Addresses
  /// Index of the node it runs on, when known.
  package let node: Int?
  /// Index of the workload that it belongs to; see ``World/workloads``.
  package let workload: Int?
  package let location: SourceLocation
}

/// Everything that reports name as one: a workload with its replicas, or a pod that nobody owns.
package struct WorkloadGroup: Sendable {
  /// `Deployment`, or `Pod` for a pod without a present owner.
  package let kind: String
  package let namespace: Int
  package let name: String
  package let location: SourceLocation
  /// Indices of its endpoints; finished pods are not among them.
  package internal(set) var endpoints: [Int]
}
