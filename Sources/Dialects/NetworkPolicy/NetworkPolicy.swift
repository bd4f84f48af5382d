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
    /// Where an empty list of peers is written, which looks like nobody and means everybody; nil for other rules.
    package let emptyPeerList: SourceLocation?
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
  package let spec: NetworkPolicySpec
}
