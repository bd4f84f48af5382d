/// An object of `policy.networking.k8s.io`, field by field: a ClusterNetworkPolicy of v1alpha2, or one of its
/// forerunners of v1alpha1. Nil means absent.
struct ReferenceClusterPolicy: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case clusterNetworkPolicy = "ClusterNetworkPolicy"
    case adminNetworkPolicy = "AdminNetworkPolicy"
    case baselineAdminNetworkPolicy = "BaselineAdminNetworkPolicy"
  }

  enum Tier: String, CaseIterable, Sendable { case admin = "Admin", baseline = "Baseline" }

  enum Action: String, CaseIterable, Sendable { case accept = "Accept", deny = "Deny", pass = "Pass" }

  var kind = Kind.clusterNetworkPolicy
  var name: String
  /// Written in v1alpha2; the other kinds are a tier each.
  var tier = Tier.admin
  /// Not written in a BaselineAdminNetworkPolicy, which is alone.
  var priority = 0
  var subject: Pods
  var ingress: [Rule]?
  var egress: [Rule]?
  /// How TCP is spelled in v1alpha1: left out, or written.
  var spellsTCP = true

  typealias Selector = ReferencePolicy.Selector

  /// `namespaces: …` without a pod selector, otherwise `pods: {…}`.
  struct Pods: Equatable, Sendable {
    /// Absent: all namespaces, which v1alpha2 allows in `pods`.
    var namespaceSelector: Selector?
    var podSelector: Selector?
  }

  struct Rule: Equatable, Sendable {
    var name: String?
    var action: Action
    /// At least one.
    var peers: [Peer]
    /// Absent: all traffic; otherwise at least one.
    var protocols: [Port]?
  }

  enum Peer: Equatable, Sendable {
    case pods(Pods)
    case networks([ReferenceBlock])
    case nodes(Selector)
    case domainNames([String])
  }

  enum Port: Equatable, Sendable {
    /// One number if both are equal. Only v1alpha1 admits `start` above `end`.
    case numbers(ReferenceProtocol, start: Int, end: Int)
    case named(String)
    /// v1alpha1: any string is admitted as a protocol.
    case otherProtocol(String, Int)
  }

  func rules(_ direction: ReferencePolicy.Direction) -> [Rule] {
    (direction == .ingress ? ingress : egress) ?? []
  }
}

// MARK: - Short forms

extension ReferenceClusterPolicy {
  static let everyPod = Pods(namespaceSelector: Selector())
}

extension ReferenceClusterPolicy.Selector {
  /// Whether it has an operator that nobody knows; servers of `policy.networking.k8s.io` admit it.
  var isUnreadable: Bool { (matchExpressions ?? []).contains { $0.operation == .bogus } }
}

extension ReferenceClusterPolicy.Pods {
  var isUnreadable: Bool {
    namespaceSelector?.isUnreadable == true || podSelector?.isUnreadable == true
  }
}

extension ReferenceClusterPolicy.Peer {
  var isUnreadable: Bool {
    switch self {
    case .pods(let pods): pods.isUnreadable
    case .nodes(let selector): selector.isUnreadable
    case .networks, .domainNames: false
    }
  }
}
