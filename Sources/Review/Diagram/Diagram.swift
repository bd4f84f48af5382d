/// Who may talk to whom, ready to be drawn: the workloads, the address ranges and the connections.
///
/// A diagram knows nothing about policies. Whoever makes one decides what a node and a connection
/// mean; `svg()`, `dot()` and `mermaid()` only draw. Edges form a set: an edge that is given twice is
/// drawn once. An edge whose index names no node cannot be drawn and is counted as left out.
package struct Diagram: Sendable, Equatable {
  /// What a node stands for, which decides its shape.
  package enum NodeKind: Sendable, Equatable {
    case workload
    case hostNetwork
    /// Addresses outside the cluster: "internet" or a CIDR.
    case external
  }

  /// Something that talks: a workload, or addresses outside.
  package struct Node: Sendable, Equatable {
    /// Unique and stable: it orders nodes where nothing else does.
    package var id: String
    /// In large print. Long ones are cut in the picture and whole in the tooltip.
    package var name: String
    /// Small print under the name, such as `Deployment` or `10.0.0.0/8`.
    package var detail: String
    /// The namespace; `nil` puts the node outside every namespace.
    package var group: String?
    /// Decides shape and colour.
    package var kind: NodeKind
    /// Drawn as a bar at the left edge, ``isolatedEgress`` at the right one.
    package var isolatedIngress: Bool
    package var isolatedEgress: Bool

    package init(
      id: String, name: String, detail: String = "", group: String? = nil, kind: NodeKind = .workload,
      isolatedIngress: Bool = false, isolatedEgress: Bool = false
    ) {
      self.id = id
      self.name = name
      self.detail = detail
      self.group = group
      self.kind = kind
      self.isolatedIngress = isolatedIngress
      self.isolatedEgress = isolatedEgress
    }
  }

  /// A permitted connection between two nodes, given by their indices in `nodes`.
  package struct Edge: Sendable, Hashable {
    package var source: Int
    package var destination: Int
    /// The ports, such as `TCP 8080, UDP 53`; with a ``DiagramChange`` before them where two states are compared.
    package var label: String
    /// The specification leaves open whether this connection is allowed; drawn dashed.
    package var isUndefined: Bool

    package init(source: Int, destination: Int, label: String, isUndefined: Bool = false) {
      self.source = source
      self.destination = destination
      self.label = label
      self.isUndefined = isUndefined
    }
  }

  package var title: String
  package var nodes: [Node]
  package var edges: [Edge]

  package init(title: String, nodes: [Node], edges: [Edge]) {
    self.title = title
    self.nodes = nodes
    self.edges = edges
  }
}
