internal import Kubernetes
package import PolicyModel

/// Whom a selection selects, at one moment.
package struct SelectionMembers: Sendable, Equatable {
  /// Of one cluster, no two contents have one number, and a later one has a higher one.
  package internal(set) var version: UInt64 = 0
  /// Whether everything that it depends on has been listed once; without that, nobody knows who is missing.
  package internal(set) var isSynced = false
  /// In an order of their own, that of their keys.
  package internal(set) var members = SortedChunks<Member>()
  /// Who has the labels and is not, or not with all addresses, a member.
  package internal(set) var exclusions = SortedChunks<Exclusion>()

  package init() {}

  /// For output: by name. O(n log n).
  package var membersByName: [Member] { members.sorted { $0.name < $1.name } }
  /// For output: by name. O(n log n).
  package var exclusionsByName: [Exclusion] { exclusions.sorted { $0.name < $1.name } }

  /// What members send from. O(n log n).
  package var addresses: AddressSet {
    AddressSet(
      unsorted: members.flatMap(\.addresses).map { .init(family: $0.family, first: $0.bits, last: $0.bits) })
  }

  func hasSameContent(as other: SelectionMembers) -> Bool {
    isSynced == other.isSynced && members == other.members && exclusions == other.exclusions
  }
}

/// What a selection's members became.
package struct SelectionChange: Sendable {
  package let selection: ClusterSelection
  package let members: SelectionMembers
  /// Members that came, left, or changed an address, each under the number of its object; nil for too many to tell.
  let touched: [Slot]?
}

/// What a source needs to know of a cluster.
package enum ObservedKind: String, Sendable, Hashable, CaseIterable {
  case pods
  case nodes
  case namespaces
  case endpointSlices
}

extension ClusterSelection {
  /// What must be followed for its members to be exact. The endpoints of a Service need pods, as an EndpointSlice does
  /// not say that its pod is finished or has lost its address.
  package var observedKinds: Set<ObservedKind> {
    switch self {
    case .pods(let pods): pods.namespaces.all.isEmpty ? [.pods] : [.pods, .namespaces]
    case .nodes: [.nodes]
    case .serviceEndpoints: [.endpointSlices, .pods]
    }
  }
}
