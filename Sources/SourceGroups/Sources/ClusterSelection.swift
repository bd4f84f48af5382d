package import Kubernetes

/// What a source takes from a cluster. Equal selections have equal members.
package enum ClusterSelection: Sendable, Hashable {
  case pods(PodSelection)
  case nodes(NodeSelection)
  /// What stands behind a Service.
  case serviceEndpoints(NamespacedName)
}

/// Pods, by their labels, those of their namespaces, and whom they run as.
package struct PodSelection: Sendable, Hashable {
  /// What is asked of namespaces; empty for every namespace.
  package let namespaces: Requirements
  /// What is asked of pods; empty for every pod.
  package let pods: Requirements
  /// Names of service accounts of which the pod must have one; nil for any.
  package let serviceAccounts: Set<String>?
  /// Whether pods that have their node's addresses are taken too.
  package let includesHostNetwork: Bool

  package init(
    namespaces: Requirements, pods: Requirements, serviceAccounts: Set<String>? = nil,
    includesHostNetwork: Bool = false
  ) {
    self.namespaces = namespaces
    self.pods = pods
    self.serviceAccounts = serviceAccounts
    self.includesHostNetwork = includesHostNetwork
  }
}

/// Nodes by their labels, with some of their addresses.
package struct NodeSelection: Sendable, Hashable {
  package let nodes: Requirements
  package let addressKinds: Set<ObservedNode.Address.Kind>

  package init(nodes: Requirements, addressKinds: Set<ObservedNode.Address.Kind> = [.internalIP]) {
    self.nodes = nodes
    self.addressKinds = addressKinds
  }
}

/// Conditions on labels that must all hold, in one form for all ways to write them: values are sorted and without
/// repetition, conditions are sorted by key.
package struct Requirements: Sendable, Hashable {
  package let all: [LabelRequirement]

  /// Whatever has labels, or none.
  package static let none = Requirements([])

  package init(_ requirements: [LabelRequirement]) {
    let normal = requirements.map { requirement in
      switch requirement.operator {
      case .isIn(let values): LabelRequirement(key: requirement.key, .isIn(Set(values).sorted()))
      case .isNotIn(let values): LabelRequirement(key: requirement.key, .isNotIn(Set(values).sorted()))
      case .exists, .doesNotExist: requirement
      }
    }
    all = Set(normal).sorted { ($0.key, $0.description) < ($1.key, $1.description) }
  }

  package func matches(_ labels: Labels) -> Bool { all.allSatisfy { $0.matches(labels[$0.key]) } }
}

extension ClusterSelection: CustomStringConvertible {
  /// `pods with app=web in namespaces with team=a`, `nodes with pool=edge`, `endpoints of shop/db`.
  package var description: String {
    switch self {
    case .pods(let pods):
      let accounts = pods.serviceAccounts.map { " running as \($0.sorted().joined(separator: " or "))" } ?? ""
      let which = pods.pods.all.isEmpty ? "all pods" : "pods with \(pods.pods)"
      let place = pods.namespaces.all.isEmpty ? "all namespaces" : "namespaces with \(pods.namespaces)"
      return "\(which)\(accounts) in \(place)\(pods.includesHostNetwork ? ", host-network pods too" : "")"
    case .nodes(let nodes):
      let which = nodes.nodes.all.isEmpty ? "all nodes" : "nodes with \(nodes.nodes)"
      let kinds = nodes.addressKinds.map(\.rawValue).sorted().joined(separator: " and ")
      return "\(which), by \(kinds)"
    case .serviceEndpoints(let service): return "endpoints of \(service)"
    }
  }
}

extension Requirements: CustomStringConvertible {
  /// kubectl's spelling: `app=web,tier in (a,b)`.
  package var description: String { all.map(\.description).joined(separator: ",") }
}
