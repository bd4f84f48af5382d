/// What is kept of a node while a cluster is followed.
package struct ObservedNode: Sendable, Hashable {
  /// One of `status.addresses` that is an IP address.
  package struct Address: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
      case internalIP = "InternalIP"
      case externalIP = "ExternalIP"
    }

    package let kind: Kind
    package let address: IPAddress

    package init(_ kind: Kind, _ address: IPAddress) {
      self.kind = kind
      self.address = address
    }
  }

  package var name: NamespacedName
  package var uid: String
  package var labels: Labels
  /// In the order of the status; a node may have several of one kind and family.
  package var addresses: [Address]
  /// `spec.podCIDRs`: where the addresses of its pods come from; empty when the cluster does not say.
  package var podBlocks: [CIDR]

  package init(
    name: NamespacedName, uid: String, labels: Labels, addresses: [Address], podBlocks: [CIDR] = []
  ) {
    self.name = name
    self.uid = uid
    self.labels = labels
    self.addresses = addresses
    self.podBlocks = podBlocks
  }
}
