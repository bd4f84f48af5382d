/// A small cluster as plain data: what the manifests say, nothing derived from it.
struct ReferenceWorld: Equatable, Sendable {
  var namespaces: [Namespace] = []
  var pods: [Pod] = []
  var workloads: [Workload] = []
  var nodes: [Node] = []
  var services: [Service] = []
  var policies: [ReferencePolicy] = []
  var clusterPolicies: [ReferenceClusterPolicy] = []
  var serviceAccounts: [ServiceAccount] = []
  var calico = ReferenceCalico()
  var cilium = ReferenceCilium()
  /// Whose answer is wanted.
  var engine = Engine.kubernetes

  /// What an engine makes of the same text.
  enum Engine: String, CaseIterable, Sendable { case kubernetes, calico, cilium }

  struct Namespace: Equatable, Sendable {
    var name: String
    /// As written; the evaluator adds `kubernetes.io/metadata.name`.
    var labels: [String: String] = [:]
  }

  struct Node: Equatable, Sendable {
    var name: String
    var labels: [String: String] = [:]
    /// Empty means: the address is unknown.
    var addresses: [ReferenceAddress] = []
  }

  struct Pod: Equatable, Sendable {
    var namespace: String
    var name: String
    var labels: [String: String] = [:]
    /// `spec.nodeName`; it need not be the name of a known node.
    var nodeName: String?
    /// `spec.serviceAccountName`; it need not be the name of a known one. Nil: `default`.
    var serviceAccount: String?
    var hostNetwork = false
    var containers: [Container] = []
    var initContainers: [InitContainer] = []
    /// Nil: a manifest that never ran, so its address is unknown.
    var status: Status?

    var isFinished: Bool { status.map { $0.phase != .running } ?? false }
  }

  struct Status: Equatable, Sendable {
    enum Phase: String, Sendable { case running, succeeded, failed }

    var phase = Phase.running
    /// `podIPs`; empty for a pod that has no address yet.
    var addresses: [ReferenceAddress] = []
  }

  /// A pod template: its replicas have an unknown address and run on an unknown node.
  struct Workload: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable { case deployment, statefulSet, daemonSet }

    var kind: Kind
    var namespace: String
    var name: String
    /// The labels of the template, which are the labels of its pods.
    var labels: [String: String] = [:]
    /// The labels of the workload object itself, which no policy looks at.
    var objectLabels: [String: String] = [:]
    /// As of a pod.
    var serviceAccount: String?
    var hostNetwork = false
    var containers: [Container] = []
    var initContainers: [InitContainer] = []
  }

  struct ServiceAccount: Equatable, Sendable {
    var namespace: String
    var name: String
    var labels: [String: String] = [:]
  }

  /// A Service with one TCP port, in front of the pods that its selector takes.
  struct Service: Equatable, Sendable {
    var namespace: String
    var name: String
    /// Not empty.
    var selector: [String: String]
    var address: ReferenceAddress
    var port: Int
    var targetPort: Int
    var labels: [String: String] = [:]
  }

  struct Container: Equatable, Sendable {
    var name: String
    var ports: [ContainerPort] = []
  }

  struct InitContainer: Equatable, Sendable {
    var container: Container
    /// `restartPolicy: Always`.
    var isSidecar = false
  }

  struct ContainerPort: Equatable, Sendable {
    var name: String?
    /// Nil: not written, which means TCP.
    var transport: ReferenceProtocol?
    var number: Int
  }
}

/// The protocols of flows; those of Kubernetes and containers only know the first three.
enum ReferenceProtocol: String, CaseIterable, Sendable {
  case tcp, udp, sctp, icmp, icmpv6, udplite, gre

  /// Whether policies look at ports of it.
  var hasPorts: Bool { [.tcp, .udp, .sctp].contains(self) }

  /// Whether its messages have a type and a code.
  var hasMessages: Bool { self == .icmp || self == .icmpv6 }

  /// In the IP header.
  var number: Int {
    switch self {
    case .tcp: 6
    case .udp: 17
    case .sctp: 132
    case .icmp: 1
    case .icmpv6: 58
    case .udplite: 136
    case .gre: 47
    }
  }
}

/// A `networking.k8s.io/v1` NetworkPolicy, field by field. Nil means absent, which is not empty.
struct ReferencePolicy: Equatable, Sendable {
  var namespace: String
  var name: String
  var podSelector: Selector?
  var policyTypes: [Direction]?
  var ingress: [Rule]?
  var egress: [Rule]?
  /// How an absent field is spelled in YAML: left out, or as an explicit `null`.
  var spellsNull = false

  enum Direction: String, CaseIterable, Sendable { case ingress = "Ingress", egress = "Egress" }

  struct Rule: Equatable, Sendable {
    /// `from` of an ingress rule, `to` of an egress rule.
    var peers: [Peer]?
    var ports: [Port]?
  }

  /// At least one member is present; a block stands alone.
  struct Peer: Equatable, Sendable {
    var podSelector: Selector?
    var namespaceSelector: Selector?
    var ipBlock: IPBlock?
  }

  struct IPBlock: Equatable, Sendable {
    var cidr: ReferenceBlock
    var except: [ReferenceBlock]?
  }

  struct Port: Equatable, Sendable {
    enum Value: Equatable, Sendable {
      case number(Int)
      case name(String)
    }

    var transport: ReferenceProtocol?
    var port: Value?
    var endPort: Int?
  }

  struct Selector: Equatable, Sendable {
    var matchLabels: [String: String]?
    var matchExpressions: [Requirement]?
  }

  struct Requirement: Equatable, Sendable {
    enum Operator: String, Sendable {
      case isIn = "In"
      case notIn = "NotIn"
      case exists = "Exists"
      case doesNotExist = "DoesNotExist"
      /// Only where selectors are not validated: in cluster policies.
      case bogus = "Bogus"

      static let known = [isIn, notIn, exists, doesNotExist]
    }

    var key: String
    var operation: Operator
    /// At least one for `In` and `NotIn`; absent or empty otherwise.
    var values: [String]?
  }
}
