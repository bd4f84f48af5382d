import Review

/// Diagrams that the tests of this folder draw.
enum DiagramSamples {
  static func node(
    _ group: String?, _ name: String, kind: Diagram.NodeKind = .workload, ingress: Bool = false,
    egress: Bool = false
  ) -> Diagram.Node {
    Diagram.Node(
      id: "\(group ?? "")/\(name)", name: name, detail: kind == .external ? "0.0.0.0/0" : "Deployment",
      group: group, kind: kind, isolatedIngress: ingress, isolatedEgress: egress)
  }

  static let shop = Diagram(
    title: "Online shop",
    nodes: [
      node("web", "ingress", kind: .hostNetwork), node("web", "frontend", ingress: true, egress: true),
      node("shop", "cart", ingress: true), node("shop", "checkout", ingress: true, egress: true),
      node("shop", "catalog"), node("data", "postgres", ingress: true), node("data", "redis"),
      node("data", "kafka"), node(nil, "internet", kind: .external),
    ],
    edges: [
      edge(8, 0, "TCP 443"), edge(0, 1, "TCP 8080"), edge(1, 2, "TCP 8080"), edge(1, 3, "TCP 8080"),
      edge(1, 4, "TCP 8080"), edge(3, 2, "TCP 8080"), edge(3, 5, "TCP 5432"), edge(4, 5, "TCP 5432"),
      edge(2, 6, "TCP 6379"), edge(3, 7, "TCP 9092"), edge(7, 4, "TCP 9093"), edge(6, 6, "TCP 6379"),
      Diagram.Edge(source: 3, destination: 8, label: "UDP 53", isUndefined: true),
    ])

  static func edge(_ source: Int, _ destination: Int, _ label: String) -> Diagram.Edge {
    Diagram.Edge(source: source, destination: destination, label: label)
  }

  /// Everything talks to everything, except that nothing reaches the first `isolated` workloads.
  static func open(workloads: Int, groups: Int, isolated: Int = 0, selfEdges: Bool = false) -> Diagram {
    var nodes = (0..<workloads).map { node("team-\($0 % groups)", "service-\($0)") }
    nodes.append(node(nil, "internet", kind: .external))
    let edges = nodes.indices.flatMap { source in
      nodes.indices.compactMap { destination in
        destination < isolated || (source == destination && !(selfEdges && source < workloads))
          ? nil : edge(source, destination, "all ports")
      }
    }
    return Diagram(title: "Open", nodes: nodes, edges: edges)
  }

  /// The same graph for the same seed, on every machine.
  static func random(seed: UInt64, nodes count: Int, edges edgeCount: Int, groups: Int) -> Diagram {
    var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let nodes = (0..<count).map { index in
      let group = next(9) == 0 ? nil : "ns-\(next(groups))"
      return node(group, "workload-\(index)", kind: group == nil ? .external : .workload)
    }
    let edges = (0..<edgeCount).map { _ in edge(next(count), next(count), "TCP \(8000 + next(3))") }
    return Diagram(title: "Random", nodes: nodes, edges: edges)
  }

  static let varied: [Diagram] =
    [
      shop, Diagram(title: "Empty", nodes: [], edges: []), open(workloads: 30, groups: 3),
      open(workloads: 30, groups: 3, isolated: 2), open(workloads: 12, groups: 4, selfEdges: true),
      open(workloads: 2, groups: 2), open(workloads: 5, groups: 1, isolated: 1, selfEdges: true),
    ]
    + (1...12).map { random(seed: $0, nodes: 8 * Int($0), edges: 15 * Int($0), groups: 1 + Int($0) / 2) }
    + (20...24).map { random(seed: $0, nodes: 6, edges: 90, groups: 2) }
}
