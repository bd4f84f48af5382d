package import Kubernetes
internal import PolicyModel

extension ClusterNetworkPolicy {
  /// The kinds of `policy.networking.k8s.io`, and where they differ.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case clusterNetworkPolicy = "ClusterNetworkPolicy"
    case adminNetworkPolicy = "AdminNetworkPolicy"
    case baselineAdminNetworkPolicy = "BaselineAdminNetworkPolicy"

    package static let group = "policy.networking.k8s.io"

    package var groupKind: GroupKind { GroupKind(group: Self.group, kind: rawValue) }

    /// The one version of the group that has the kind.
    package var version: Version {
      switch self {
      case .clusterNetworkPolicy: .v1alpha2
      case .adminNetworkPolicy, .baselineAdminNetworkPolicy: .v1alpha1
      }
    }

    /// The action in the words of the kind.
    package func name(of action: Action) -> String {
      switch action {
      case .accept: version == .v1alpha2 ? "Accept" : "Allow"
      case .deny: "Deny"
      case .pass: "Pass"
      }
    }

    /// The actions that rules of the kind may have.
    var actions: [Action] {
      self == .baselineAdminNetworkPolicy ? [.accept, .deny] : [.accept, .deny, .pass]
    }

    /// The tier that the kind itself says; nil when `spec.tier` says it.
    var impliedTier: Tier? {
      switch self {
      case .clusterNetworkPolicy: nil
      case .adminNetworkPolicy: .admin
      case .baselineAdminNetworkPolicy: .baseline
      }
    }

    /// How many rules a direction, and how many peers and port entries a rule may have.
    var listLimit: Int { version == .v1alpha2 ? 25 : 100 }

    /// The field of a rule that narrows its traffic.
    var protocolsField: String { version == .v1alpha2 ? "protocols" : "ports" }

    /// The field of a port entry that names a container port.
    var namedPortField: String { version == .v1alpha2 ? "destinationNamedPort" : "namedPort" }
  }

  package enum Version: String, Sendable, Hashable, CaseIterable {
    case v1alpha1
    case v1alpha2
  }
}

extension ClusterNetworkPolicy.Kind {
  /// The fields of a peer.
  func peerFields(_ direction: Direction) -> [String] {
    switch (direction, self) {
    case (.ingress, _): ["namespaces", "pods"]
    case (.egress, .baselineAdminNetworkPolicy): ["namespaces", "pods", "networks", "nodes"]
    case (.egress, _): ["namespaces", "pods", "networks", "nodes", "domainNames"]
    }
  }

  /// The name of the API type `AdminNetworkPolicyIngressRule`, for messages.
  func ruleType(_ direction: Direction) -> String { "\(rawValue)\(direction.capitalisedName)Rule" }

  /// The name of the API type `AdminNetworkPolicyIngressPeer`, for messages.
  func peerType(_ direction: Direction) -> String {
    // The two kinds of v1alpha1 share the type of ingress peers.
    let owner = direction == .ingress && self == .baselineAdminNetworkPolicy ? .adminNetworkPolicy : self
    return "\(owner.rawValue)\(direction.capitalisedName)Peer"
  }

  /// The name of the API type of `spec.subject`, for messages.
  var subjectType: String {
    version == .v1alpha2 ? "ClusterNetworkPolicySubject" : "AdminNetworkPolicySubject"
  }
}

extension Direction {
  fileprivate var capitalisedName: String { self == .ingress ? "Ingress" : "Egress" }
}
