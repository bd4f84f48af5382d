internal import Kubernetes
internal import PolicyModel

/// Reads intents written in YAML. Everything that is wrong is reported, and with an error nothing is used.
struct IntentReader {
  private(set) var items: [IntentItem] = []
  private(set) var cluster = ClusterDescription.unknown
  /// Paths of manifests whose workloads belong to the intent, with their places.
  private(set) var manifests: [Located<String>] = []
  var problems: [Diagnostic] = []
  /// By `namespace/name`, and by name where only one has it.
  private(set) var workloads: [String: Workload] = [:]
  /// Nil when the document is no mapping.
  private var fields: StrictFields?

  static let groupKind = GroupKind(group: "merlon.dev", kind: "Intent")

  /// Reads what does not depend on other files.
  init(_ root: Node) {
    guard root.isMapping("the document", &problems) else { return }
    let fields = StrictFields(
      root, type: "Intent",
      known: [
        "apiVersion", "kind", "metadata", "cluster", "namespaces", "manifests", "workloads", "policies",
        "flows",
        "defaults",
      ], &problems)
    self.fields = fields
    if fields["kind"]?.text != "Intent" || fields["apiVersion"]?.text != "merlon.dev/v1" {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "an intent is of apiVersion merlon.dev/v1 and kind Intent",
          at: (fields["kind"] ?? root).location))
    }
    if let node = fields["cluster"] { cluster = ClusterDescription(node, "cluster", &problems) }
    readNamespaces(fields["namespaces"])
    for node in fields["manifests"]?.list("manifests", &problems) ?? [] {
      if let path = node.string("manifests[]", &problems) {
        manifests.append(Located(path, at: node.location))
      }
    }
    for node in fields["workloads"]?.list("workloads", &problems) ?? [] {
      if let workload = readWorkload(node) { add(workload) }
    }
  }

  /// Makes a workload known to peers.
  mutating func add(_ workload: Workload) {
    items.append(.workload(workload))
    workloads["\(workload)"] = workload
  }

  /// Reads what names workloads, when all are known.
  mutating func readRules() {
    guard let fields else { return }
    for node in fields["policies"]?.list("policies", &problems) ?? [] { readPolicy(node) }
    for node in fields["flows"]?.list("flows", &problems) ?? [] { readFlow(node) }
    for node in fields["defaults"]?.list("defaults", &problems) ?? [] { readDefault(node) }
  }

  // MARK: - The cluster and its workloads

  private mutating func readNamespaces(_ node: Node?) {
    guard let node, node.isMapping("namespaces", &problems) else { return }
    for (key, value) in node.members {
      let labels = value.isNull ? [:] : self.labels(value, "namespaces.\(key.keyText)")
      items.append(.namespace(KnownNamespace(key.keyText, labels: labels)))
    }
  }

  private mutating func readWorkload(_ node: Node) -> Workload? {
    guard node.isMapping("workloads[]", &problems) else { return nil }
    let fields = StrictFields(
      node, type: "a workload",
      known: ["name", "namespace", "labels", "ports", "serviceAccount", "hostNetwork", "needs"], &problems)
    guard let name = required(fields, "name", node), let namespace = required(fields, "namespace", node)
    else {
      return nil
    }
    let labels = fields["labels"].map { self.labels($0, "workloads[].labels") } ?? [:]
    var ports: [ContainerPort] = []
    for port in fields["ports"]?.list("workloads[].ports", &problems) ?? [] {
      if let own = containerPort(port) { ports.append(own) }
    }
    var needs: Set<Workload.Need> = []
    let names: [String: Workload.Need] = ["dns": .clusterDNS, "api-server": .apiServer]
    for need in fields["needs"]?.list("workloads[].needs", &problems) ?? [] {
      guard let text = need.string("workloads[].needs[]", &problems) else { continue }
      if let known = names[text] {
        needs.insert(known)
      } else {
        problems.reportInvalid(need, "`needs` has dns and api-server, not `\(text)`")
      }
    }
    return Workload(
      name: name, namespace: namespace, labels: labels, selector: Selector(labels), containerPorts: ports,
      serviceAccount: fields["serviceAccount"]?.string("workloads[].serviceAccount", &problems) ?? "default",
      hostNetwork: fields["hostNetwork"]?.bool("workloads[].hostNetwork", &problems) ?? false, needs: needs,
      site: CallSite(node.location))
  }

  /// `tcp/80`, or `{port: tcp/80, name: http}`.
  private mutating func containerPort(_ node: Node) -> ContainerPort? {
    var name: String?
    var port = node
    if node.content == .mapping {
      let fields = StrictFields(node, type: "a port", known: ["name", "port"], &problems)
      name = fields["name"]?.string("workloads[].ports[].name", &problems)
      guard let written = fields["port"] else {
        problems.append(Diagnostic(.missingField, .error, "a port without `port`", at: node.location))
        return nil
      }
      port = written
    }
    guard let text = port.string("workloads[].ports[]", &problems) else { return nil }
    guard let set = PortSet(text: text), case .range(let transport, let first, let last)? = set.entries.first,
      first == last, first > 0
    else {
      problems.reportInvalid(port, "`\(text)` is no port of a container: write tcp/80 or udp/53")
      return nil
    }
    return ContainerPort(name: name, transport: transport.model, number: first)
  }

  // MARK: - Parts

  mutating func required(_ fields: StrictFields, _ field: String, _ node: Node) -> String? {
    guard let value = fields[field] else {
      problems.append(Diagnostic(.missingField, .error, "`\(field)` is missing", at: node.location))
      return nil
    }
    return value.string(field, &problems)
  }

  mutating func strings(_ node: Node?, _ field: String) -> [String] {
    node?.strings(field, &problems) ?? []
  }

  mutating func labels(_ node: Node, _ field: String) -> [String: String] { node.texts(field, &problems) }

  mutating func append(_ item: IntentItem) { items.append(item) }
}
