package import Kubernetes

/// A policy of `policy.networking.k8s.io` as its author wrote it, after validation.
///
/// All kinds of the group are read into this one form: `ClusterNetworkPolicy` (v1alpha2) and what it replaced,
/// `AdminNetworkPolicy` and `BaselineAdminNetworkPolicy` (v1alpha1), which say less and nothing else (SEMANTICS.md
/// §2.3): their kind is a tier, their `Allow` is `Accept`, their `ports` are `protocols`. ``kind`` keeps the
/// author's words for messages.
package struct ClusterNetworkPolicy: Sendable {
  package enum Tier: String, Sendable, Hashable, CaseIterable {
    /// Asked before every NetworkPolicy.
    case admin = "Admin"
    /// Asked after every NetworkPolicy, for pods that none of them isolates.
    case baseline = "Baseline"
  }

  package enum Action: Sendable, Hashable, CaseIterable {
    /// `Accept`, or `Allow` in v1alpha1.
    case accept
    case deny
    /// Leaves the tier.
    case pass
  }

  /// The pods that a policy speaks about. Pods on their node's network are never among them.
  package struct Subject: Sendable {
    package enum Kind: Sendable {
      /// Every pod in these namespaces.
      case namespaces(UnvalidatedSelector)
      case pods(NamespacedPod)
    }

    package let kind: Kind
    package let location: SourceLocation
  }

  /// Pods by the labels of their namespaces and their own.
  package struct NamespacedPod: Sendable {
    package enum NamespaceSelector: Sendable {
      /// Left out, which v1alpha2 allows.
      case everyNamespace
      case matching(UnvalidatedSelector)
    }

    package let namespaceSelector: NamespaceSelector
    package let podSelector: UnvalidatedSelector
  }

  package struct Rule: Sendable {
    /// Nil when left out; it may be empty.
    package let name: String?
    package let action: Action
    /// `from` or `to`: at least one.
    package let peers: [Peer]
    package let protocols: Protocols
    package let location: SourceLocation
  }

  package struct Peer: Sendable {
    package enum Kind: Sendable {
      /// Every pod in these namespaces.
      case namespaces(UnvalidatedSelector)
      case pods(NamespacedPod)
      /// Egress only. Bits after a prefix are cleared.
      case networks([Located<CIDR>])
      /// Egress only, experimental channel: the addresses of these nodes.
      case nodes(UnvalidatedSelector)
      /// Egress only, experimental channel.
      case domainNames([DomainName])
    }

    package let kind: Kind
    package let location: SourceLocation
  }

  /// A domain name as written: `example.com`, `*.example.com`, `Example.com.`; the server has checked its form.
  package struct DomainName: Sendable, Hashable {
    package let text: String
    package let location: SourceLocation
  }

  /// `protocols` of a rule, or `ports` in v1alpha1.
  package enum Protocols: Sendable {
    /// Left out: all traffic, ICMP included.
    case any
    /// What any of these matches.
    case anyOf([ProtocolMatch])
  }

  package struct ProtocolMatch: Sendable {
    package enum Kind: Sendable, Equatable {
      case ports(TransportProtocol, ClosedRange<UInt16>)
      /// The number that the destination pod gives this name, for any protocol. Servers admit any string.
      case namedPort(String)
      /// v1alpha1 only: admitted, and matches nothing.
      case unmatchable(Unmatchable)
    }

    /// What servers of v1alpha1 admit as a port entry although it matches nothing.
    package enum Unmatchable: Sendable, Equatable {
      /// `protocol: tcp`, `ICMP`.
      case unknownProtocol(String)
      /// `start` is greater than `end`.
      case emptyRange(start: UInt16, end: UInt16)
    }

    package let kind: Kind
    package let location: SourceLocation
  }

  package let kind: Kind
  package let meta: ObjectMeta
  package let tier: Tier
  /// 0 to 1000, the least first; nil for the BaselineAdminNetworkPolicy, which has none and is alone.
  package let priority: Located<Int>?
  package let subject: Subject
  /// Empty and absent both leave ingress alone.
  package let ingress: [Rule]
  /// Empty and absent both leave egress alone.
  package let egress: [Rule]
}
