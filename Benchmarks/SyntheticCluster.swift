/// A made-up cluster for benchmarks: as many workloads, pods and policies as asked for, always the same
/// for the same shape.
///
/// The objects look like those of real clusters: labels from the recommended set, named ports that mean
/// different numbers on different workloads, sidecars, environment, probes and volumes; policies by
/// teams that like default-deny and by teams that do not.
///
/// Every namespace, application and workload draws from its own random sequence. A cluster with more
/// workloads therefore contains the smaller one, and its policies are the same as long as the number of
/// namespaces and policies stays the same (see ``Shape/samePolicies(workloads:)``).
struct SyntheticCluster: Sendable {
  /// How large a cluster is. Namespaces are at least 4, workloads at least 4 (DNS, ingress controller,
  /// monitoring, log collector).
  struct Shape: Sendable {
    var workloads: Int
    var namespaces: Int
    var policies: Int
    /// 0 writes only the workloads' templates.
    var podsPerWorkload: Int
    var seed: UInt64
  }

  let shape: Shape
  let namespaces: [Namespace]
  let workloads: [Workload]

  /// Plans the cluster; linear in the number of workloads.
  init(_ shape: Shape) {
    var shape = shape
    shape.namespaces = max(4, shape.namespaces)
    shape.workloads = max(4, shape.workloads)
    self.shape = shape
    let namespaces = Self.planNamespaces(shape)
    self.namespaces = namespaces
    workloads = Self.planWorkloads(shape, in: namespaces)
  }

  /// Writes all objects as one YAML stream: namespaces, nodes, workloads with their pods, policies.
  ///
  /// Pieces are about a megabyte and end between two objects.
  func writeYAML(to write: ([UInt8]) throws -> Void) rethrows {
    var buffer = YAMLBuffer()
    for namespace in namespaces {
      buffer.append(manifest(of: namespace))
    }
    for node in 0..<nodeCount {
      buffer.append(nodeManifest(node))
      try buffer.flushIfFull(to: write)
    }
    for workload in workloads {
      let template = podTemplate(of: workload)
      appendManifest(of: workload, template: template, to: &buffer)
      try buffer.flushIfFull(to: write)
      if shape.podsPerWorkload > 0 {
        try writePods(of: workload, template: template, buffer: &buffer, to: write)
      }
    }
    for policy in policies() {
      buffer.append(policy.manifest)
      try buffer.flushIfFull(to: write)
    }
    try buffer.flush(to: write)
  }

  /// All objects as one YAML stream in memory. Prefer ``writeYAML(to:)`` for clusters with pods.
  func yaml() -> [UInt8] {
    var result: [UInt8] = []
    writeYAML { result += $0 }
    return result
  }
}

extension SyntheticCluster.Shape {
  /// 1,000 workloads in 40 namespaces with 320 policies.
  static let small = Self(workloads: 1_000, namespaces: 40, policies: 320, podsPerWorkload: 0, seed: 1)

  /// 10,000 workloads in 400 namespaces with 3,000 policies.
  static let large = Self(
    workloads: 10_000, namespaces: 400, policies: 3_000, podsPerWorkload: 0, seed: 1)

  /// 2,000 workloads with 100,000 pods in 80 namespaces with 640 policies.
  static let pods = Self(workloads: 2_000, namespaces: 80, policies: 640, podsPerWorkload: 50, seed: 1)

  /// The policies and namespaces of ``small``, byte for byte, over more workloads (at least 1,000).
  static func samePolicies(workloads: Int) -> Self {
    var shape = small
    shape.workloads = max(1_000, workloads)
    return shape
  }

  /// Same policies, 1,000 to 10,000 workloads: shows how cost grows with pods alone.
  static let scaling = [1_000, 2_000, 5_000, 10_000].map(samePolicies(workloads:))
}
