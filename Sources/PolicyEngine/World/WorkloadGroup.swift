package import Kubernetes

/// Everything that reports name as one: a workload with its replicas, or a pod that nobody owns.
package struct WorkloadGroup: Sendable {
  /// `Deployment`, or `Pod` for a pod without a present owner.
  package let kind: String
  /// Index of its namespace; see ``World/namespaces``.
  package let namespace: Int
  /// The name of the object at the top of the chain of owners.
  package let name: String
  /// Where its name is written.
  package let location: SourceLocation
  /// Indices of its endpoints; finished pods are not among them.
  package internal(set) var endpoints: [Int]
  /// The keys of its selector; empty for a pod.
  package var selectorKeys: Set<String> = []
}

/// A ReplicaSet or Job that belongs to another workload: a name for some of that workload's endpoints.
package struct OwnedWorkload: Sendable {
  /// In practice ReplicaSet or Job.
  package let kind: WorkloadKind
  /// The object's own name.
  package let name: String
  /// Index of the workload that it belongs to; see ``World/workloads``.
  package let group: Int
  /// Indices of its pods and of what stands for them; empty when it has none, as an old ReplicaSet.
  package let endpoints: [Int]
}
