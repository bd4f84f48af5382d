package import Kubernetes

/// A pod that the staging network has: a network namespace with these addresses.
package struct StagedPod: Sendable, Hashable {
  /// Index into ``World/endpoints``.
  package let endpoint: Int
  /// Which of the pods of a template it is; 0 for a pod.
  package let replica: Int
  /// One or two, at most one of a family.
  package let addresses: [IPAddress]

  package init(endpoint: Int, replica: Int = 0, addresses: [IPAddress]) {
    self.endpoint = endpoint
    self.replica = replica
    self.addresses = addresses
  }

  /// The address of a family, if it has one.
  package func address(_ family: AddressFamily) -> IPAddress? { addresses.first { $0.family == family } }
}
