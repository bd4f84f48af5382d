internal import Kubernetes

/// Which parts of an object are kept. Lists are looked through: what is said of a field goes for each of its elements.
indirect enum KeptFields: Sendable {
  case everything
  case fields([String: KeptFields])

  /// Those of the names, whole.
  static func only(_ names: String...) -> KeptFields {
    .fields(Dictionary(uniqueKeysWithValues: names.map { ($0, .everything) }))
  }

  /// What is left of a node.
  func kept(of node: Node) -> DataValue {
    switch (self, node.content) {
    case (.everything, _), (.fields, .scalar): return DataValue(node)
    case (.fields, .sequence): return .list(node.elements.map { kept(of: $0) })
    case (.fields(let fields), .mapping):
      return .object(
        node.members.compactMap { key, value in
          guard !value.isNull, let own = fields[key.keyText] else { return nil }
          return DataValue.Member(key.keyText, own.kept(of: value))
        })
    }
  }
}

extension KeptFields {
  private static let metadata: [String: KeptFields] = [
    "name": .everything, "namespace": .everything, "uid": .everything, "labels": .everything,
    "ownerReferences": .only("apiVersion", "kind", "name", "controller"),
  ]

  private static let container: KeptFields = .fields([
    "name": .everything, "ports": .everything, "restartPolicy": .everything,
    "livenessProbe": probe, "readinessProbe": probe, "startupProbe": probe,
  ])

  /// Not what is sent: paths and headers hold secrets, too.
  private static let probe: KeptFields = .fields([
    "httpGet": .only("port", "host"), "tcpSocket": .only("port", "host"), "grpc": .only("port"),
  ])

  /// Not what containers are told: commands, environments and volumes hold secrets, and no policy sees them.
  private static let podSpec: KeptFields = .fields([
    "hostNetwork": .everything, "nodeName": .everything, "serviceAccountName": .everything,
    "dnsPolicy": .everything, "automountServiceAccountToken": .everything, "containers": container,
    "initContainers": container,
  ])

  private static let template: KeptFields = .fields(["metadata": .only("labels"), "spec": podSpec])

  private static let workloadSpec: [String: KeptFields] = [
    "replicas": .everything, "selector": .everything, "ordinals": .everything, "template": template,
  ]

  /// Of objects of a kind, beside `metadata`.
  private static func parts(of kind: GroupKind) -> KeptFields? {
    switch (kind.group, kind.kind) {
    case ("", "Pod"):
      .fields(["spec": podSpec, "status": .only("phase", "podIP", "podIPs", "hostIP", "hostIPs")])
    case ("", "Node"): .fields(["status": .only("addresses")])
    case ("", "Namespace"): .fields([:])
    case ("", "ServiceAccount"): .only("automountServiceAccountToken")
    case ("", "Service"):
      .fields([
        "spec": .only("type", "selector", "ports", "clusterIP", "clusterIPs", "externalName"),
        "status": .everything,
      ])
    case ("apps", _), ("batch", "Job"), ("", "ReplicationController"):
      .fields(["spec": .fields(workloadSpec)])
    case ("batch", "CronJob"):
      .fields(["spec": .fields(["jobTemplate": .fields(["spec": .fields(workloadSpec)])])])
    default: nil
    }
  }

  /// What is kept of an object as a list has it: without what servers and controllers note for themselves.
  static func kept(of object: Node, _ resource: APIResource) -> DataValue {
    var members = [
      DataValue.Member("apiVersion", .string(resource.version)),
      DataValue.Member("kind", .string(resource.kind)),
    ]
    if let metadata = object["metadata"] {
      var own = KeptFields.fields(Self.metadata).kept(of: metadata)
      if resource.group == "crd.projectcalico.org", case .object(let found) = own,
        let labels = calicoLabels(of: metadata)
      {
        own = .object(found.filter { $0.key != "labels" } + [DataValue.Member("labels", labels)])
      }
      let annotations = (metadata["annotations"]?.members ?? []).filter { keepsAnnotation($0.key.keyText) }
      if !annotations.isEmpty, case .object(let found) = own {
        let kept = annotations.map { DataValue.Member($0.key.keyText, .string($0.value.text)) }
        own = .object(found + [DataValue.Member("annotations", .object(kept))])
      }
      members.append(DataValue.Member("metadata", own))
    }
    let parts = parts(of: resource.groupKind)
    for (key, value) in object.members {
      let name = key.keyText
      if ["apiVersion", "kind", "metadata"].contains(name) || value.isNull { continue }
      if let parts {
        guard case .fields(let fields) = parts, let own = fields[name] else { continue }
        members.append(DataValue.Member(name, own.kept(of: value)))
      } else if name != "status" {
        members.append(DataValue.Member(name, DataValue(value)))
      }
    }
    return .object(members)
  }

  /// The labels of an object that Calico stores as a custom resource: it keeps them in an annotation, and none where others
  /// have theirs (projectcalico/calico libcalico-go lib/backend/k8s/resources).
  private static func calicoLabels(of metadata: Node) -> DataValue? {
    guard let text = metadata["annotations"]?["projectcalico.org/metadata"]?.text,
      let root = try? Document.json(Array(text.utf8), file: SourceFile(path: "annotation")).root,
      let labels = root["labels"], labels.content == .mapping
    else { return nil }
    return DataValue(labels)
  }

  /// Annotations hold whole objects and secrets; these are read.
  private static func keepsAnnotation(_ key: String) -> Bool {
    key.hasPrefix("merlon.dev/") || key == "kubernetes.io/ingress.class"
  }
}
