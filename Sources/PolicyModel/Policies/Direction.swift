/// The end of a connection that a rule speaks about, seen from the policy's subject.
package enum Direction: UInt8, Sendable, Hashable, CaseIterable {
  /// Connections to the subject.
  case ingress
  /// Connections from the subject.
  case egress

  /// `ingress` or `egress`.
  package var name: String {
    switch self {
    case .ingress: "ingress"
    case .egress: "egress"
    }
  }
}
