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
  /// `spec.replicas: 0`: makes no pods now.
  package var isScaledToZero: Bool

  package init(kind: WorkloadKind, meta: ObjectMeta, template: PodTemplate, isScaledToZero: Bool = false) {
    self.kind = kind
    self.meta = meta
    self.template = template
    self.isScaledToZero = isScaledToZero
  }
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
    let replicas = spec["replicas"]?.integer("spec.replicas", &problems)
    self.init(kind: kind, meta: meta, template: podTemplate, isScaledToZero: replicas == 0)
  }
}
