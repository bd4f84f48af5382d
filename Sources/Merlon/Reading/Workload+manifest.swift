internal import Dialects
internal import Kubernetes

extension Workload {
  /// The workload that a manifest describes, YAML or JSON: a Deployment, StatefulSet, DaemonSet, ReplicaSet,
  /// ReplicationController, Job, CronJob or Pod, with the labels, ports and service account that its pods really have.
  ///
  /// - Parameters:
  ///   - manifest: one document or several.
  ///   - name: which of them, where there are several workloads.
  ///   - namespace: where it lives if the manifest does not say it.
  public init(
    manifest: String, named name: String? = nil, in namespace: String = "default", file: String = #fileID,
    line: UInt = #line
  ) throws(Problems) {
    let site = CallSite(file, line)
    var options = PolicySet.readerOptions(defaultNamespace: namespace)
    options.defaultNamespace = namespace
    let read = ManifestReader(options: options)
      .readSequentially([ManifestText(path: "\(file):\(line)", manifest)])
    let problems = read.diagnostics.filter { $0.severity == .error }
    if !problems.isEmpty { throw Problems(problems) }
    let found = read.podOwners.filter { name == nil || $0.name == name }
    guard found.count == 1 else {
      let names = read.podOwners.map(\.name).sorted().joined(separator: ", ")
      throw Problems([
        Diagnostic(
          .missingField, .error,
          found.isEmpty
            ? "the manifest describes no workload\(name.map { " named \($0)" } ?? "")"
            : "the manifest describes \(found.count) workloads: \(names)", at: site.location,
          fix: names.isEmpty ? nil : "name one of \(names)")
      ])
    }
    self = found[0]
  }

  /// The workloads in files and folders of manifests.
  ///
  /// - Parameter namespace: where those live whose manifest does not say it.
  static func read(
    _ paths: [String], in namespace: String, _ problems: inout [Diagnostic]
  ) async -> [Workload] {
    var options = ManifestReader.Options()
    options.defaultNamespace = namespace
    let read = await ManifestReader(options: options).read(paths: paths)
    problems += read.diagnostics.filter { $0.severity == .error }
    return read.podOwners
  }
}

extension ManifestSet {
  /// The workloads, and the pods that none of them owns.
  var podOwners: [Workload] {
    let owned = workloads.filter { $0.meta.controller == nil }.map { workload in
      let labels = workload.template.labels.dictionary
      // Labels outside its selector may change with each release.
      let kept = labels.filter { workload.selectorKeys.contains($0.key) }
      return Workload(
        name: workload.meta.name, namespace: workload.meta.namespace, labels: labels,
        selector: Selector(kept.isEmpty ? labels : kept), containerPorts: workload.template.ports,
        serviceAccount: workload.template.serviceAccountName, hostNetwork: workload.template.hostNetwork,
        needs: [], site: CallSite(workload.meta.location))
    }
    let alone = pods.filter { $0.meta.controller == nil }.map { pod in
      Workload(
        name: pod.meta.name, namespace: pod.meta.namespace, labels: pod.meta.labels.dictionary,
        selector: Selector(pod.meta.labels.dictionary), containerPorts: pod.template.ports,
        serviceAccount: pod.template.serviceAccountName, hostNetwork: pod.template.hostNetwork, needs: [],
        site: CallSite(pod.meta.location))
    }
    return owned + alone
  }
}

extension Labels {
  fileprivate var dictionary: [String: String] {
    Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
  }
}
