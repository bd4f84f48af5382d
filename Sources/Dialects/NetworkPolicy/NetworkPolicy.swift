package import Kubernetes
package import PolicyModel

/// A NetworkPolicy as its author wrote it (`networking.k8s.io/v1`), after validation.
package struct NetworkPolicy: Sendable {
  package static let groupKind = GroupKind(group: "networking.k8s.io", kind: "NetworkPolicy")

  package struct Rule: Sendable {
    /// `from` or `to`; empty, absent and null all mean any peer.
    package let peers: [Peer]
    /// Empty, absent and null all mean any protocol and port.
    package let ports: [Port]
    package let location: SourceLocation
  }

  package struct Peer: Sendable {
    package enum Kind: Sendable {
      /// Nil selectors are absent ones, which is not the same as empty ones.
      case pods(podSelector: LabelSelector?, namespaceSelector: LabelSelector?)
      case block(AddressBlock)
    }

    package let kind: Kind
    package let location: SourceLocation
  }

  package struct Port: Sendable {
    package let transport: TransportProtocol
    package let ports: PortMatch.Ports
    package let location: SourceLocation
  }

  package let meta: ObjectMeta
  /// Nil when left out, which selects every pod of the namespace.
  package let podSelector: LabelSelector?
  /// As written; empty when left out.
  package let policyTypes: [Direction]
  package let ingress: [Rule]
  package let egress: [Rule]

  /// The directions in which the policy isolates: as written, else ingress, and egress when there are egress
  /// rules (`SetDefaults_NetworkPolicy` in `pkg/apis/networking/v1/defaults.go`).
  package var effectiveTypes: Set<Direction> {
    if !policyTypes.isEmpty { return Set(policyTypes) }
    return egress.isEmpty ? [.ingress] : [.ingress, .egress]
  }
}
