/// What is kept of a pod while a cluster is followed: who it is, and which packets are its own.
package struct ObservedPod: Sendable, Hashable {
  package enum Phase: Sendable, Hashable {
    /// Pending, Running, or not known.
    case live
    /// Succeeded or Failed: its containers are gone, and its address may belong to another pod.
    case finished
  }

  package var name: NamespacedName
  /// Tells it from another pod of the same name, before or after it.
  package var uid: String
  package var labels: Labels
  /// Empty until it is scheduled.
  package var node: String
  package var serviceAccount: String
  package var phase: Phase
  /// Whether somebody has asked for its end. It may go on for its grace period.
  package var isTerminating: Bool
  /// Whether its addresses are its node's.
  package var usesHostNetwork: Bool
  /// `status.podIPs`: none until it has one, at most one of a family.
  package var addresses: [IPAddress]
  /// Nil when the cluster does not say.
  package var createdAt: Timestamp?

  package init(
    name: NamespacedName, uid: String, labels: Labels, node: String = "", serviceAccount: String = "default",
    phase: Phase = .live, isTerminating: Bool = false, usesHostNetwork: Bool = false, addresses: [IPAddress],
    createdAt: Timestamp? = nil
  ) {
    self.name = name
    self.uid = uid
    self.labels = labels
    self.node = node
    self.serviceAccount = serviceAccount
    self.phase = phase
    self.isTerminating = isTerminating
    self.usesHostNetwork = usesHostNetwork
    self.addresses = addresses
    self.createdAt = createdAt
  }
}
