extension ReferenceWorld {
  /// The world as one multi-document Kubernetes manifest.
  func yaml() -> String {
    var documents = namespaces.map(Self.manifest(of:))
    documents += nodes.map(Self.manifest(of:))
    documents += pods.map(Self.manifest(of:))
    documents += workloads.map(Self.manifest(of:))
    documents += services.map(Self.manifest(of:))
    documents += serviceAccounts.map(Self.manifest(of:))
    documents += policies.map { $0.manifest }
    documents += clusterPolicies.map { $0.manifest }
    documents += calico.manifests
    documents += cilium.manifests
    return documents.map { $0.lines.joined(separator: "\n") + "\n" }.joined(separator: "---\n")
  }

  private static func manifest(of namespace: Namespace) -> ReferenceYAML {
    .map([
      ("apiVersion", .text("v1")), ("kind", .text("Namespace")),
      ("metadata", metadata(name: namespace.name, labels: namespace.labels)),
    ])
  }

  private static func manifest(of node: Node) -> ReferenceYAML {
    var addresses = [address("Hostname", node.name)]
    var families: Set<ReferenceAddress.Family> = []
    for item in node.addresses {
      let isFirst = families.insert(item.family).inserted
      addresses.append(address(isFirst ? "InternalIP" : "ExternalIP", "\(item)"))
    }
    return .map([
      ("apiVersion", .text("v1")), ("kind", .text("Node")),
      ("metadata", metadata(name: node.name, labels: node.labels)),
      ("status", .map([("addresses", .list(addresses))])),
    ])
  }

  private static func address(_ type: String, _ address: String) -> ReferenceYAML {
    .map([("type", .text(type)), ("address", .text(address))])
  }

  private static func manifest(of pod: Pod) -> ReferenceYAML {
    var spec: [(String, ReferenceYAML)] = []
    if let node = pod.nodeName { spec.append(("nodeName", .text(node))) }
    spec += podSpec(
      serviceAccount: pod.serviceAccount, hostNetwork: pod.hostNetwork, containers: pod.containers,
      initContainers: pod.initContainers)
    var fields: [(String, ReferenceYAML)] = [
      ("apiVersion", .text("v1")), ("kind", .text("Pod")),
      ("metadata", metadata(namespace: pod.namespace, name: pod.name, labels: pod.labels)),
      ("spec", .map(spec)),
    ]
    if let status = pod.status { fields.append(("status", manifest(of: status))) }
    return .map(fields)
  }

  private static func manifest(of status: Status) -> ReferenceYAML {
    let phase: String
    switch status.phase {
    case .running: phase = status.addresses.isEmpty ? "Pending" : "Running"
    case .succeeded: phase = "Succeeded"
    case .failed: phase = "Failed"
    }
    var fields: [(String, ReferenceYAML)] = [("phase", .text(phase))]
    if let first = status.addresses.first {
      fields.append(("podIP", .text("\(first)")))
      fields.append(("podIPs", .list(status.addresses.map { .map([("ip", .text("\($0)"))]) })))
    }
    return .map(fields)
  }

  private static func manifest(of workload: Workload) -> ReferenceYAML {
    let kind: String
    switch workload.kind {
    case .deployment: kind = "Deployment"
    case .statefulSet: kind = "StatefulSet"
    case .daemonSet: kind = "DaemonSet"
    }
    var spec: [(String, ReferenceYAML)] = []
    if workload.kind == .statefulSet { spec.append(("serviceName", .text(workload.name))) }
    spec.append(("selector", .map([("matchLabels", .labels(workload.labels))])))
    spec.append(
      (
        "template",
        .map([
          ("metadata", .map([("labels", .labels(workload.labels))])),
          (
            "spec",
            .map(
              podSpec(
                serviceAccount: workload.serviceAccount, hostNetwork: workload.hostNetwork,
                containers: workload.containers, initContainers: workload.initContainers))
          ),
        ])
      ))
    return .map([
      ("apiVersion", .text("apps/v1")), ("kind", .text(kind)),
      (
        "metadata",
        metadata(namespace: workload.namespace, name: workload.name, labels: workload.objectLabels)
      ),
      ("spec", .map(spec)),
    ])
  }

  private static func manifest(of service: Service) -> ReferenceYAML {
    .map([
      ("apiVersion", .text("v1")), ("kind", .text("Service")),
      ("metadata", metadata(namespace: service.namespace, name: service.name, labels: service.labels)),
      (
        "spec",
        .map([
          ("clusterIP", .text("\(service.address)")), ("selector", .labels(service.selector)),
          (
            "ports",
            .list([.map([("port", .number(service.port)), ("targetPort", .number(service.targetPort))])])
          ),
        ])
      ),
    ])
  }

  static func metadata(
    namespace: String? = nil, name: String, labels: [String: String] = [:]
  ) -> ReferenceYAML {
    var fields: [(String, ReferenceYAML)] = [("name", .text(name))]
    if let namespace { fields.append(("namespace", .text(namespace))) }
    if !labels.isEmpty { fields.append(("labels", .labels(labels))) }
    return .map(fields)
  }

  private static func manifest(of account: ServiceAccount) -> ReferenceYAML {
    .map([
      ("apiVersion", .text("v1")), ("kind", .text("ServiceAccount")),
      ("metadata", metadata(namespace: account.namespace, name: account.name, labels: account.labels)),
    ])
  }

  private static func podSpec(
    serviceAccount: String?, hostNetwork: Bool, containers: [Container], initContainers: [InitContainer]
  ) -> [(String, ReferenceYAML)] {
    var fields: [(String, ReferenceYAML)] = []
    if let serviceAccount { fields.append(("serviceAccountName", .text(serviceAccount))) }
    if hostNetwork { fields.append(("hostNetwork", .flag(true))) }
    if !initContainers.isEmpty {
      let items = initContainers.map { item -> ReferenceYAML in
        manifest(of: item.container, extra: item.isSidecar ? [("restartPolicy", .text("Always"))] : [])
      }
      fields.append(("initContainers", .list(items)))
    }
    fields.append(("containers", .list(containers.map { manifest(of: $0, extra: []) })))
    return fields
  }

  private static func manifest(
    of container: Container, extra: [(String, ReferenceYAML)]
  ) -> ReferenceYAML {
    var fields: [(String, ReferenceYAML)] = [
      ("name", .text(container.name)), ("image", .text("example/app")),
    ]
    fields += extra
    if !container.ports.isEmpty {
      fields.append(("ports", .list(container.ports.map(manifest(of:)))))
    }
    return .map(fields)
  }

  private static func manifest(of port: ContainerPort) -> ReferenceYAML {
    var fields: [(String, ReferenceYAML)] = []
    if let name = port.name { fields.append(("name", .text(name))) }
    fields.append(("containerPort", .number(port.number)))
    if let transport = port.transport {
      fields.append(("protocol", .text(transport.rawValue.uppercased())))
    }
    return .map(fields)
  }
}
