// The manifests of namespaces and workloads, written as people and charts write them.
extension SyntheticCluster {
  /// The parts of a workload that its pods share, as text without indentation.
  struct PodTemplate {
    var labels: String
    /// Everything under `spec` except what differs between a template and a pod.
    var spec: String
  }

  func manifest(of namespace: Namespace) -> String {
    """
    ---
    apiVersion: v1
    kind: Namespace
    metadata:
      name: \(namespace.name)
      labels:
    \(namespace.labels.map { "    \($0.key): \($0.value.yamlScalar)\n" }.joined())
    """
  }

  func podTemplate(of workload: Workload) -> PodTemplate {
    var random = SplitMix64(seed: shape.seed, stream: .manifest, index: workload.index)
    return PodTemplate(
      labels: workload.labels.map { "\($0.key): \($0.value.yamlScalar)\n" }.joined(),
      spec: podSpec(of: workload, using: &random))
  }

  func appendManifest(of workload: Workload, template: PodTemplate, to buffer: inout YAMLBuffer) {
    let isCronJob = workload.kind == .cronJob
    let batch = isCronJob || workload.kind == .job
    buffer.append(
      """
      ---
      apiVersion: \(batch ? "batch/v1" : "apps/v1")
      kind: \(workload.kind.rawValue)
      metadata:
        name: \(workload.name)
        namespace: \(namespaces[workload.namespace].name)

      """)
    if shape.podsPerWorkload > 0 {
      // What a running cluster returns, where pods name their owner by identity.
      buffer.append("  uid: \(uid(of: workload))\n")
    }
    buffer.append("  labels:\n")
    for label in workload.selector {
      buffer.append("    \(label.key): \(label.value)\n")
    }
    buffer.append("spec:\n")
    buffer.append(controllerSpec(of: workload))
    let depth = isCronJob ? 6 : 2
    buffer.append("template:\n  metadata:\n    labels:\n".indented(by: depth))
    buffer.append(template.labels.indented(by: depth + 6))
    buffer.append("  spec:\n".indented(by: depth))
    if batch {
      buffer.append("restartPolicy: OnFailure\n".indented(by: depth + 4))
    }
    buffer.append(template.spec.indented(by: depth + 4))
    if workload.kind == .statefulSet {
      buffer.append(Self.volumeClaim.indented(by: 2))
    }
  }

  /// The lines of `spec` before `template`.
  private func controllerSpec(of workload: Workload) -> String {
    var random = SplitMix64(seed: shape.seed, stream: .replicas, index: workload.index)
    let replicas = shape.podsPerWorkload > 0 ? shape.podsPerWorkload : 1 + random.below(5)
    let selector =
      "  selector:\n    matchLabels:\n"
      + workload.selector.map { "      \($0.key): \($0.value)\n" }.joined()
    switch workload.kind {
    case .deployment: return "  replicas: \(replicas)\n\(selector)"
    case .statefulSet: return "  replicas: \(replicas)\n  serviceName: \(workload.name)\n\(selector)"
    case .daemonSet: return selector
    case .job:
      return "  backoffLimit: 3\n  parallelism: \(replicas)\n"
    case .cronJob:
      return """
          schedule: "\(random.below(60)) \(random.below(24)) * * *"
          concurrencyPolicy: Forbid
          jobTemplate:
            spec:
              backoffLimit: 2
              parallelism: \(replicas)

        """
    }
  }

  private static let volumeClaim = """
    volumeClaimTemplates:
      - metadata:
          name: data
        spec:
          accessModes: ["ReadWriteOnce"]
          resources:
            requests:
              storage: 20Gi

    """
}

extension SyntheticCluster.Workload {
  /// The labels that never change during a workload's life.
  var selector: [SyntheticCluster.Label] {
    labels.filter {
      $0.key == "app.kubernetes.io/name" || $0.key == "app.kubernetes.io/instance" || $0.key == "k8s-app"
    }
  }
}

// MARK: - Pod specification

extension SyntheticCluster {
  private func podSpec(of workload: Workload, using random: inout SplitMix64) -> String {
    let team = namespaces[workload.namespace].team
    let exporter = workload.component.hasExporter
    let main = workload.ports.filter { !exporter || $0.name != "metrics" }
    let stateful = workload.kind == .statefulSet
    var spec = """
      serviceAccountName: \(workload.application)
      containers:
        - name: \(workload.component.rawValue)
          image: registry.example.com/\(team)/\(workload.name):\(workload.version)

      """
    spec += ports(main, explicit: random.chance(percent: 50))
    spec += environment(of: workload, using: &random)
    if random.chance(percent: 70) {
      spec += probe(of: main)
    }
    spec += """
          resources:
            requests:
              cpu: \(50 * (1 + random.below(20)))m
              memory: \(64 * (1 + random.below(16)))Mi
            limits:
              memory: \(1024 + 256 * random.below(12))Mi

      """
    let configured = stateful || random.chance(percent: 40)
    if configured {
      spec += "    volumeMounts:\n      - name: config\n        mountPath: /etc/\(workload.application)\n"
    }
    if stateful {
      spec += "      - name: data\n        mountPath: /var/lib/data\n"
    }
    if exporter {
      let image = "registry.example.com/exporters/\(workload.component.rawValue):1.8.2"
      spec += "  - name: exporter\n    image: \(image)\n"
      spec += ports(workload.ports.filter { $0.name == "metrics" }, explicit: false)
    }
    if configured {
      spec += "volumes:\n  - name: config\n    configMap:\n      name: \(workload.name)\n"
    }
    return spec
  }

  private func ports(_ ports: [ContainerPort], explicit: Bool) -> String {
    guard !ports.isEmpty else { return "" }
    var text = "    ports:\n"
    for port in ports {
      text += "      - name: \(port.name)\n        containerPort: \(port.number)\n"
      if explicit || port.transport != .tcp {
        text += "        protocol: \(port.transport.rawValue)\n"
      }
    }
    return text
  }

  private func environment(of workload: Workload, using random: inout SplitMix64) -> String {
    var text = """
          env:
            - name: LOG_LEVEL
              value: \(random.pick(["info", "warn", "debug"]))

      """
    if random.chance(percent: 30) {
      text += """
              - name: POD_NAMESPACE
                valueFrom:
                  fieldRef:
                    fieldPath: metadata.namespace

        """
    }
    if random.chance(percent: 40) {
      text += """
              - name: DATABASE_PASSWORD
                valueFrom:
                  secretKeyRef:
                    name: \(workload.application)-database
                    key: password

        """
    }
    if random.chance(percent: 30) {
      let host = "\(workload.application)-cache.\(namespaces[workload.namespace].name).svc.cluster.local"
      text += "      - name: CACHE_URL\n        value: redis://\(host):6379/0\n"
    }
    return text
  }

  /// Asks the first TCP port; software without one is not probed.
  private func probe(of ports: [ContainerPort]) -> String {
    guard let port = ports.first(where: { $0.transport == .tcp }) else { return "" }
    let check =
      port.name == "http" || port.name == "health"
      ? "httpGet:\n        path: /healthz\n        port: \(port.name)"
      : "tcpSocket:\n        port: \(port.name)"
    return "    readinessProbe:\n      \(check)\n      periodSeconds: 10\n"
  }
}
