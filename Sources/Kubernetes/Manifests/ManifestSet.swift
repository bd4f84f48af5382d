/// A group and kind, without the version: `apps` and `Deployment`.
package struct GroupKind: Sendable, Hashable {
  /// Empty for the core group.
  package let group: String
  package let kind: String

  package init(group: String, kind: String) {
    self.group = group
    self.kind = kind
  }
}

extension GroupKind: Comparable, CustomStringConvertible {
  package static func < (left: GroupKind, right: GroupKind) -> Bool {
    (left.kind, left.group) < (right.kind, right.group)
  }

  /// `Deployment` for the well-known groups, `Certificate.cert-manager.io` for the others.
  package var description: String {
    switch group {
    case "", "apps", "batch": kind
    default: "\(kind).\(group)"
    }
  }
}

/// An object whose kind this module does not know; whoever asked for it decodes it.
package struct ForeignObject: Sendable {
  /// One of ``ManifestReader/Options/keptKinds``.
  package let groupKind: GroupKind
  /// `v1`, `v1alpha2`.
  package let version: String
  /// The whole object, not validated in any way.
  package let root: Node
}

/// Everything that was read, in the order of the inputs.
package struct ManifestSet: Sendable {
  /// Those that a manifest defines. Namespaces that are only mentioned are found later, by the world.
  package var namespaces: [Namespace] = []
  /// All of them, finished ones and those that a workload owns included.
  package var pods: [Pod] = []
  /// Of all kinds, a ReplicaSet beside the Deployment that owns it.
  package var workloads: [Workload] = []
  package var nodes: [ClusterNode] = []
  package var services: [Service] = []
  package var serviceEndpoints: [ServiceEndpoints] = []
  package var serviceAccounts: [ServiceAccount] = []
  /// Objects of the kinds that the reader was asked to keep.
  package var foreign: [ForeignObject] = []
  /// Who talks to whom, as far as objects say it; empty unless the reader was asked for it.
  package var declarations = Declarations()
  /// How many objects of kinds that nobody asked for were passed over.
  package var passedOver: [GroupKind: Int] = [:]
  /// Documents that are no Kubernetes objects: no `kind`, no `apiVersion`.
  package var documentsWithoutKind = 0
  /// How many texts were read; standard input is one.
  package var files = 0
  /// How many objects were found, the items of lists one by one.
  package var documents = 0
  /// What opening, parsing and decoding found; policies are decoded later.
  package var diagnostics: [Diagnostic] = []

  package init() {}

  /// Whether a part of the input could not be read, so that no answer is complete.
  package var isIncomplete: Bool {
    diagnostics.contains { $0.severity == .error && ($0.code.meansUnreadable || $0.code == .renderFirst) }
  }

  mutating func append(_ other: ManifestSet) {
    namespaces += other.namespaces
    appendPods(other.pods)
    workloads += other.workloads
    nodes += other.nodes
    services += other.services
    serviceEndpoints += other.serviceEndpoints
    serviceAccounts += other.serviceAccounts
    foreign += other.foreign
    declarations.append(other.declarations)
    passedOver.merge(other.passedOver, uniquingKeysWith: +)
    documentsWithoutKind += other.documentsWithoutKind
    files += other.files
    documents += other.documents
    diagnostics += other.diagnostics
  }

  /// Appends pods; replicas of the last one share its storage.
  private mutating func appendPods(_ other: [Pod]) {
    var index = pods.count
    pods += other
    while index > 0, index < pods.count, pods[index].isSibling(of: pods[index - 1]) {
      let sibling = pods[index - 1]
      pods[index].shareStorage(with: sibling)
      index += 1
    }
  }
}
