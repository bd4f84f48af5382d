/// A diagram in which one edge may stand for many, so that a dense graph can still be read.
///
/// `Diagram.bundled()` makes it and `expandedEdges()` is its inverse: every distinct edge of the
/// diagram is represented by exactly one bundled edge.
package struct BundledDiagram: Sendable, Equatable {
  /// Several nodes that an edge can name at once.
  package struct Bundle: Sendable, Equatable {
    /// What the members have in common, which decides how the bundle is drawn and called.
    package enum Extent: Sendable, Equatable {
      /// Nodes of one namespace with the same connections: no edge tells them apart, so none of them
      /// has an edge of its own.
      case alike
      /// Every node of a namespace.
      case group
      /// Every node of every namespace.
      case cluster
    }

    package var extent: Extent
    /// The namespace; nil for ``Extent/cluster``.
    package var group: String?
    /// Indices into the nodes of the diagram, ascending.
    package var members: [Int]
  }

  /// What an edge starts or ends at: an index into the nodes of the diagram, or into ``bundles``.
  package enum Endpoint: Sendable, Hashable {
    case node(Int)
    case bundle(Int)
  }

  /// Connections of one label between everything in one end and everything in the other.
  package struct Edge: Sendable, Hashable {
    package var source: Endpoint
    package var destination: Endpoint
    package var label: String
    package var isUndefined: Bool
    /// Whether members that are in both ends also reach themselves.
    package var includesItself: Bool
    /// How many edges of the diagram this one stands for; at least 1.
    package var count: Int
  }

  /// What was bundled; nodes are looked up in it.
  package var diagram: Diagram
  package var bundles: [Bundle]
  package var edges: [Edge]
  /// Distinct edges of the diagram whose indices name no node.
  package var invalidEdgeCount: Int

  /// The nodes that an endpoint stands for, ascending.
  package func members(of endpoint: Endpoint) -> [Int] {
    switch endpoint {
    case .node(let node): [node]
    case .bundle(let bundle): bundles[bundle].members
    }
  }

  /// The edges of the diagram again, in the order of the bundled edges. O(edges of the diagram).
  package func expandedEdges() -> [Diagram.Edge] {
    edges.flatMap(expanded)
  }

  func expanded(_ edge: Edge) -> [Diagram.Edge] {
    let destinations = members(of: edge.destination)
    return members(of: edge.source).flatMap { source in
      destinations.compactMap { destination in
        guard source != destination || edge.includesItself else { return nil }
        return Diagram.Edge(
          source: source, destination: destination, label: edge.label, isUndefined: edge.isUndefined)
      }
    }
  }

  /// What a reader is told about the members, such as `all of shop`.
  func title(of bundle: Bundle) -> String {
    switch bundle.extent {
    case .alike: "\(bundle.members.count) with the same connections"
    case .group: "all of \(bundle.group ?? "")"
    case .cluster: "every workload"
    }
  }
}
