package import Kubernetes
internal import PolicyModel

/// What lowering needs besides the policies: what they refer to, and how the engine departs from its documents.
struct CiliumLowering {
  let groups: [CiliumCIDRGroup]
  let references: PolicySet.References
  let deviations: Set<Deviation>
  let nameLearning: CiliumNameLearning
  private(set) var problems: [Diagnostic] = []
  var labelFilter = CiliumLabelFilter()

  /// The name of the local cluster (`cluster-name`).
  let clusterName: String
  /// Whether nobody said the name, and Cilium's default was taken.
  let isClusterNameAssumed: Bool

  /// - Parameter clusterName: nil when nobody says it.
  init(_ policies: PolicySet, _ deviations: Set<Deviation>, clusterName: String?) {
    self.clusterName = clusterName ?? "default"
    isClusterNameAssumed = clusterName == nil
    groups = policies.cilium.compactMap { if case .cidrGroup(let group) = $0 { group } else { nil } }
    references = policies.references
    self.deviations = deviations
    nameLearning = CiliumNameLearning(policies)
  }

  mutating func warn(
    _ code: Diagnostic.Code, _ message: String, at location: SourceLocation, fix: String? = nil
  ) {
    problems.append(Diagnostic(code, .warning, message, at: location, fix: fix))
  }
}

/// Something with an identity that is no pod. Its only labels are its name, and on some the cluster's.
enum ReservedIdentity: String, CaseIterable {
  case host
  case remoteNode = "remote-node"
  case world
  case kubeAPIServer = "kube-apiserver"
  case health
  case ingress
  case initializing = "init"
  case unmanaged

  var condition: PeerCondition {
    switch self {
    case .host: .nodes(.all, .own)
    case .remoteNode: .nodes(.all, .other)
    case .world: .outside
    case .kubeAPIServer: .apiServer
    case .health, .ingress, .initializing, .unmanaged: .special(rawValue)
    }
  }

  /// All of them.
  static let anyone = PeerCondition.any(
    [.nodes(.all, .anywhere)] + allCases.filter { $0 != .host && $0 != .remoteNode }.map(\.condition))

  /// Whether it has the label of its cluster (SEMANTICS.md §4.2, over-selection).
  var hasCluster: Bool {
    switch self {
    case .host, .remoteNode, .ingress: true
    case .world, .kubeAPIServer, .health, .initializing, .unmanaged: false
    }
  }

  /// The value of a key on this identity; nil when it has no such label.
  ///
  /// - Parameter cluster: the name of the local cluster.
  func value(of key: CiliumLabelKey, in cluster: String) -> String? {
    switch key {
    case .reserved(let name): name == rawValue ? "" : nil
    // A key without source finds labels of every source.
    case .kubernetes(.label(let name), .any): name == rawValue ? "" : nil
    case .kubernetes(.cluster, _): hasCluster ? cluster : nil
    case .kubernetes, .foreign: nil
    }
  }
}

extension Diagnostic.Code {
  /// A name in a policy that nothing in the input has.
  package static let unresolvedReference = Self(rawValue: "unresolved-reference")
  /// A selector that matches more than it says, because of a known fault of the engine.
  package static let overSelects = Self(rawValue: "over-selects")
  /// A part of a selector that the engine replaces.
  package static let overwritten = Self(rawValue: "overwritten")
  /// A label in a selector that the engine leaves out of what it knows of pods.
  package static let unseenLabel = Self(rawValue: "unseen-label")
  /// A rule about domain names whose addresses the engine never learns.
  package static let unlearntNames = Self(rawValue: "unlearnt-names")
}
