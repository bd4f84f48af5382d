/// A made-up cluster for benchmarks: as many workloads, pods and policies as asked for, always the same
/// for the same shape.
///
/// The objects look like those of real clusters: labels from the recommended set, named ports that mean
/// different numbers on different workloads, sidecars, environment, probes and volumes; policies by
/// teams that like default-deny and by teams that do not. Each policy selects pods that exist, and so do its peers.
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
    /// Whose policies say it.
    var dialect = Dialect.kubernetes
  }

  /// In which kinds of policies a cluster says what it wants.
  enum Dialect: String, Sendable, CaseIterable {
    case kubernetes, cilium, calico
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
    for manifest in policyManifests() {
      buffer.append(manifest)
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
