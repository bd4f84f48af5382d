package import Kubernetes

/// A rule of a Calico policy: what to do with the traffic that meets all of its criteria.
package struct CalicoRule: Sendable {
  package enum Action: String, Sendable, CaseIterable {
    case allow = "Allow"
    case deny = "Deny"
    /// Notes the packet; the next rule decides.
    case log = "Log"
    /// Leaves the decision to the next tier.
    case pass = "Pass"
  }

  package let action: Action
  /// Nil: both families, but see ``addressFamily``.
  package let ipVersion: AddressFamily?
  /// Nil: every protocol, unless named ports say which.
  package let `protocol`: Located<CalicoProtocol>?
  package let notProtocol: Located<CalicoProtocol>?
  /// Nil: every message.
  package let icmp: Located<CalicoICMP>?
  package let notICMP: Located<CalicoICMP>?
  package let source: CalicoEntityRule
  package let destination: CalicoEntityRule
  /// Nil: every request, and what is no HTTP.
  package let http: CalicoHTTPMatch?
  /// `metadata.annotations`, which mean nothing to the traffic.
  package let annotations: [String: String]
  package let location: SourceLocation

  /// The one family that the rule is rendered for: that of `ipVersion`, else that of its nets, negated ones
  /// included. Nil: both.
  package var addressFamily: AddressFamily? {
    ipVersion ?? (source.nets + source.notNets + destination.nets + destination.notNets).first?.cidr.family
  }
}

/// The messages that `icmp` and `notICMP` name.
package struct CalicoICMP: Sendable, Hashable {
  /// 0…254.
  package let type: UInt8
  /// Nil: every code of the type.
  package let code: UInt8?
}

/// The requests that `http` names: of one of the methods and one of the paths. Empty lists mean any.
/// They are enforced by the Envoy integration only.
package struct CalicoHTTPMatch: Sendable {
  package enum Path: Sendable, Hashable {
    case exact(String)
    case prefix(String)
  }

  package let methods: [String]
  package let paths: [Path]
  package let location: SourceLocation
}
