// Nodes, and what the controllers make of the workloads: ReplicaSets, Jobs and pods.
extension SyntheticCluster {
  func nodeManifest(_ index: Int) -> String {
    """
    ---
    apiVersion: v1
    kind: Node
    metadata:
      name: node-\(index)
      labels:
        kubernetes.io/hostname: node-\(index)
        kubernetes.io/os: linux
        topology.kubernetes.io/zone: zone-\(["a", "b", "c"][index % 3])
        node.kubernetes.io/instance-type: \(index % 4 == 0 ? "memory-large" : "general-large")
    spec:
      podCIDR: 10.\(16 + index / 256).\(index % 256).0/24
    status:
      addresses:
        - type: InternalIP
          address: \(nodeAddress(index))
        - type: Hostname
          address: node-\(index)

    """
  }

  func writePods(
    of workload: Workload, template: PodTemplate, buffer: inout YAMLBuffer,
    to write: ([UInt8]) throws -> Void
  ) rethrows {
    let namespace = namespaces[workload.namespace].name
    var random = SplitMix64(seed: shape.seed, stream: .pod, index: workload.index)
    let owner = appendOwner(of: workload, template: template, using: &random, to: &buffer)
    let labels = template.labels.indented(by: 4)
    var spec = template.spec
    if workload.kind == .job || workload.kind == .cronJob { spec = "restartPolicy: OnFailure\n" + spec }
    let claimedSpec = spec.indented(by: 2)
    let ownerLabels = owner.labels.map { "    \($0.key): \($0.value.yamlScalar)\n" }.joined()
    for ordinal in 0..<shape.podsPerWorkload {
      let stateful = workload.kind == .statefulSet
      let name = "\(owner.podPrefix)-\(stateful ? String(ordinal) : random.suffix(5))"
      buffer.append(
        """
        ---
        apiVersion: v1
        kind: Pod
        metadata:
          name: \(name)
          namespace: \(namespace)
          uid: \(random.uid())
          labels:

        """)
      buffer.append(labels)
      buffer.append(ownerLabels)
      if stateful {
        buffer.append("    apps.kubernetes.io/pod-index: \"\(ordinal)\"\n")
        buffer.append("    statefulset.kubernetes.io/pod-name: \(name)\n")
      }
      let pod = workload.index * shape.podsPerWorkload + ordinal
      let node = pod % nodeCount
      buffer.append(
        """
          ownerReferences:
            - apiVersion: \(owner.apiVersion)
              kind: \(owner.kind)
              name: \(owner.name)
              uid: \(owner.uid)
              controller: true
              blockOwnerDeletion: true
        spec:
          nodeName: node-\(node)

        """)
      buffer.append(claimedSpec)
      if stateful {
        // The claim's volume stands in the pod, where the template only has the claim.
        buffer.append("    - name: data\n      persistentVolumeClaim:\n        claimName: data-\(name)\n")
      }
      let address = podAddress(pod)
      buffer.append(
        """
        status:
          phase: Running
          hostIP: \(nodeAddress(node))
          podIP: \(address)
          podIPs:
            - ip: \(address)

        """)
      try buffer.flushIfFull(to: write)
    }
  }

  /// The identity that a workload's manifest and its pods' owner references share.
  func uid(of workload: Workload) -> String {
    var random = SplitMix64(seed: shape.seed, stream: .identity, index: workload.index)
    return random.uid()
  }

  /// Each node has a /24 of its own, as most network plugins give it.
  private func podAddress(_ pod: Int) -> String {
    let (slot, node) = pod.quotientAndRemainder(dividingBy: nodeCount)
    return "10.\(16 + node / 256).\(node % 256).\(2 + slot)"
  }

  private func nodeAddress(_ node: Int) -> String {
    "172.31.\(node / 250).\(1 + node % 250)"
  }
}

// MARK: - Owners

extension SyntheticCluster {
  /// The object that a workload's pods name as their controller.
  private struct Owner {
    var apiVersion: String
    var kind: String
    var name: String
    var uid: String
    var labels: [Label]
    /// A pod's name without its own suffix.
    var podPrefix: String
  }

  private func appendOwner(
    of workload: Workload, template: PodTemplate, using random: inout SplitMix64, to buffer: inout YAMLBuffer
  ) -> Owner {
    let hash = random.suffix(10)
    let controller = uid(of: workload)
    var owner = Owner(
      apiVersion: "apps/v1", kind: workload.kind.rawValue, name: workload.name, uid: controller, labels: [],
      podPrefix: workload.name)
    switch workload.kind {
    case .deployment:
      owner.kind = "ReplicaSet"
      owner.name = "\(workload.name)-\(hash)"
      owner.uid = random.uid()
      owner.labels = [Label("pod-template-hash", hash)]
      owner.podPrefix = owner.name
      appendIntermediate(owner, of: workload, controlledBy: controller, template, to: &buffer)
    case .statefulSet:
      owner.labels = [Label("controller-revision-hash", "\(workload.name)-\(hash)")]
    case .daemonSet:
      owner.labels = [Label("controller-revision-hash", hash), Label("pod-template-generation", "1")]
    case .job, .cronJob:
      owner.apiVersion = "batch/v1"
      if workload.kind == .cronJob {
        owner.kind = "Job"
        owner.name = "\(workload.name)-\(29_000_000 + random.below(900_000))"
        owner.uid = random.uid()
      }
      owner.podPrefix = owner.name
      owner.labels = [
        Label("batch.kubernetes.io/controller-uid", owner.uid),
        Label("batch.kubernetes.io/job-name", owner.name),
      ]
      if workload.kind == .cronJob {
        appendIntermediate(owner, of: workload, controlledBy: controller, template, to: &buffer)
      }
    }
    return owner
  }

  /// The ReplicaSet between a Deployment and its pods, or the Job between a CronJob and its pods.
  private func appendIntermediate(
    _ owner: Owner, of workload: Workload, controlledBy controller: String, _ template: PodTemplate,
    to buffer: inout YAMLBuffer
  ) {
    let labels = owner.labels.map { "\($0.key): \($0.value.yamlScalar)\n" }.joined()
    let isJob = owner.kind == "Job"
    buffer.append(
      """
      ---
      apiVersion: \(owner.apiVersion)
      kind: \(owner.kind)
      metadata:
        name: \(owner.name)
        namespace: \(namespaces[workload.namespace].name)
        uid: \(owner.uid)
        labels:

      """)
    buffer.append((template.labels + labels).indented(by: 4))
    buffer.append(
      """
        ownerReferences:
          - apiVersion: \(owner.apiVersion)
            kind: \(workload.kind.rawValue)
            name: \(workload.name)
            uid: \(controller)
            controller: true
      spec:
        \(isJob ? "parallelism" : "replicas"): \(shape.podsPerWorkload)

      """)
    if !isJob {
      buffer.append("  selector:\n    matchLabels:\n")
      buffer.append((template.labels + labels).indented(by: 6))
    }
    buffer.append("  template:\n    metadata:\n      labels:\n")
    buffer.append((template.labels + labels).indented(by: 8))
    buffer.append("    spec:\n")
    buffer.append(((isJob ? "restartPolicy: OnFailure\n" : "") + template.spec).indented(by: 6))
  }
}
