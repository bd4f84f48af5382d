/// The kinds that make pods from a template.
package enum WorkloadKind: String, Sendable, Hashable, CaseIterable {
  case deployment = "Deployment"
  case statefulSet = "StatefulSet"
  case daemonSet = "DaemonSet"
  case replicaSet = "ReplicaSet"
  case replicationController = "ReplicationController"
  case job = "Job"
  case cronJob = "CronJob"
}

/// An object that makes pods: its template stands for all its replicas.
package struct Workload: Sendable {
  package var kind: WorkloadKind
  package var meta: ObjectMeta
  /// What every pod it makes looks like, but for labels that controllers add.
  package var template: PodTemplate
  /// `spec.replicas`; nil when the manifest does not say it, or the kind has none.
  package var replicas: Int?
  /// `spec.ordinals.start` of a StatefulSet: the number of its first pod.
  package var firstOrdinal: Int
  /// The keys of its selector's `matchLabels`: labels that its pods keep through every release.
  package var selectorKeys: Set<String>

  package init(
    kind: WorkloadKind, meta: ObjectMeta, template: PodTemplate, replicas: Int? = nil, firstOrdinal: Int = 0,
    selectorKeys: Set<String> = []
  ) {
    self.kind = kind
    self.meta = meta
    self.template = template
    self.replicas = replicas
    self.firstOrdinal = firstOrdinal
    self.selectorKeys = selectorKeys
  }

  /// `spec.replicas: 0`: makes no pods now.
  package var isScaledToZero: Bool { replicas == 0 }
}

extension Workload {
  init?(_ object: Node, kind: WorkloadKind, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard
      let meta = ObjectMeta(
        object, kind: kind.rawValue, scope: .namespaced(defaultNamespace: defaultNamespace), &problems)
    else { return nil }
    guard let spec = object["spec"], spec.isMapping("spec", &problems) else {
      problems.append(
        Diagnostic(.missingField, .error, "\(kind.rawValue) `\(meta.name)` without `spec`", at: meta.location)
      )
      return nil
    }
    let isCronJob = kind == .cronJob
    let path = isCronJob ? "spec.jobTemplate.spec.template" : "spec.template"
    let template = isCronJob ? spec["jobTemplate"]?["spec"]?["template"] : spec["template"]
    guard let template, template.isMapping(path, &problems) else {
      problems.append(
        Diagnostic(
          .missingField, .error, "\(kind.rawValue) `\(meta.name)` without `\(path)`", at: meta.location))
      return nil
    }
    var podTemplate = PodTemplate(template, field: "\(path).", &problems)
    if kind == .job {
      // The Job controller puts both on every pod (batch/v1 `JobNameLabel` and its legacy spelling).
      podTemplate.labels = podTemplate.labels.adding([
        "batch.kubernetes.io/job-name": meta.name, "job-name": meta.name,
      ])
    }
    let ordinals = kind == .statefulSet ? spec["ordinals"] : nil
    let firstOrdinal = Self.count(ordinals?["start"], "spec.ordinals.start", &problems)
    self.init(
      kind: kind, meta: meta, template: podTemplate,
      replicas: Self.count(spec["replicas"], "spec.replicas", &problems), firstOrdinal: firstOrdinal ?? 0,
      selectorKeys: Self.selectorKeys(spec, kind))
  }

  /// A server refuses a selector that its template does not meet, so only the keys are read.
  private static func selectorKeys(_ spec: Node, _ kind: WorkloadKind) -> Set<String> {
    let labels = kind == .replicationController ? spec["selector"] : spec["selector"]?["matchLabels"]
    guard let labels, labels.content == .mapping else { return [] }
    return Set(labels.members.map(\.key.keyText))
  }

  /// A number from 0 to 2³¹ − 1; nil when it is absent, `null` or wrong, which is reported.
  private static func count(_ node: Node?, _ field: String, _ problems: inout [Diagnostic]) -> Int? {
    guard let node, !node.isNull, let number = node.integer(field, &problems) else { return nil }
    guard let count = Int32(exactly: number), count >= 0 else {
      problems.reportInvalid(node, "`\(field)` must be 0 to \(Int32.max), not \(number)")
      return nil
    }
    return Int(count)
  }
}
