internal import Kubernetes

/// Reads traffic values. Everything that is wrong is reported, and with an error nothing is used.
///
/// The tree `networkPolicy` is read strictly. Of all else in a chart's values only `merlon`, `ports` and the `enabled` of
/// what is called as a port are looked at.
struct TrafficValuesReader {
  var problems: [Diagnostic] = []
  let root: LayeredNode
  var cluster = ClusterDescription.unknown
  /// Whether the values say what answers for names, and not only in which namespace.
  private(set) var knowsDNS = false
  private let description: WorkloadDescription
  private var settings: LayeredNode?
  /// Workloads of manifests.
  private var known: [Workload] = []
  private var hasManifests = false

  init(_ root: LayeredNode, _ description: WorkloadDescription) {
    self.root = root
    self.description = description
    guard root.nodes.allSatisfy({ $0.isMapping("the values", &problems) }) else { return }
    readSettings()
  }

  /// `merlon:`, which charts do not have.
  private mutating func readSettings() {
    guard let merlon = root["merlon"],
      merlon.isMapping("merlon", known: ["workload", "cluster"], &problems)
    else { return }
    if let cluster = merlon["cluster"] {
      self.cluster = ClusterDescription(cluster.last, "merlon.cluster", &problems)
      knowsDNS = cluster["dns"] != nil
    }
    guard let workload = merlon["workload"],
      workload.isMapping(
        "merlon.workload", known: ["name", "namespace", "labels", "serviceAccount", "manifests"], &problems)
    else { return }
    settings = workload
  }

  // MARK: - Manifests

  private var manifests: Node? { settings?["manifests"]?.last }

  mutating func readManifests() async {
    var paths = description.manifests
    if let manifests {
      let file = manifests.location.file.path
      let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
      for path in manifests.strings("merlon.workload.manifests", &problems) {
        paths.append(path.hasPrefix("/") ? path : folder + path)
      }
    }
    if paths.isEmpty { return }
    hasManifests = true
    known = await Workload.read(paths, in: written("namespace") ?? "default", &problems)
  }

  mutating func refuseManifests() {
    guard let manifests else { return }
    problems.append(
      Diagnostic(
        .unreadable, .error, "manifests are not read, as the values are not read from a file",
        at: manifests.location))
  }

  // MARK: - The workload

  /// What an option or else the values say.
  private mutating func written(_ field: String) -> String? {
    let option = field == "name" ? description.name : description.namespace
    return option ?? settings?[field]?.last.string("merlon.workload.\(field)", &problems)
  }

  /// The workload that the policy is for, and all others that are known; nil when nobody says which it is.
  ///
  /// - Parameter ports: what it declares, where no manifest says it.
  mutating func workloads(declaring ports: [ValuesPort]) -> (subject: Workload, others: [Workload])? {
    let location = settings?.location ?? root.location
    let (name, namespace) = (written("name"), written("namespace"))
    if hasManifests { return workloads(name, namespace, location) }
    for (field, value, option) in [("name", name, "workload"), ("namespace", namespace, "namespace")]
    where value == nil {
      problems.append(
        Diagnostic(
          .missingField, .error, "which workload the values are for is not said: its \(field) is missing",
          at: location, fix: "say merlon.workload.\(field), or --\(option)"))
    }
    let labels = labels(of: name ?? "the workload", location)
    guard let name, let namespace else { return nil }
    let workload = Workload(
      name: name, namespace: namespace, labels: labels, selector: Selector(labels),
      containerPorts: ports.filter(\.isOpen).map(\.declaration),
      serviceAccount: settings?["serviceAccount"]?.last.string("merlon.workload.serviceAccount", &problems)
        ?? "default", hostNetwork: false, needs: [], site: CallSite(location))
    return (workload, [])
  }

  private mutating func labels(of name: String, _ location: SourceLocation) -> [String: String] {
    if let written = settings?["labels"] {
      return written.nodes.reduce(into: [:]) { labels, node in
        labels.merge(node.texts("merlon.workload.labels", &problems)) { _, last in last }
      }
    }
    if !description.labels.isEmpty { return description.labels }
    guard let release = description.release else {
      problems.append(
        Diagnostic(
          .missingField, .error, "which labels the pods of \(name) have is not said", at: location,
          fix:
            "say merlon.workload.labels, --manifests, or --release for those that charts give by convention"))
      return [:]
    }
    return ["app.kubernetes.io/name": name, "app.kubernetes.io/instance": release]
  }

  private mutating func workloads(
    _ name: String?, _ namespace: String?, _ location: SourceLocation
  ) -> (subject: Workload, others: [Workload])? {
    let found = known.filter {
      (name == nil || $0.name == name) && (namespace == nil || $0.namespace == namespace)
    }
    if let labels = settings?["labels"] {
      problems.reportInvalid(labels.last, "the manifests say which labels the pods have: remove `labels`")
    }
    guard found.count == 1 else {
      let names = known.map(\.description).sorted().joined(separator: ", ")
      let what = name.map { "`\($0)`" } ?? "a workload"
      problems.append(
        Diagnostic(
          .missingField, .error,
          found.isEmpty
            ? "the manifests do not have \(what)\(namespace.map { " in namespace \($0)" } ?? "")"
            : "the manifests have several workloads, and which is meant is not said", at: location,
          fix: names.isEmpty ? nil : "say which with merlon.workload.name: there are \(names)"))
      return nil
    }
    return (found[0], known.filter { "\($0)" != "\(found[0])" })
  }
}
