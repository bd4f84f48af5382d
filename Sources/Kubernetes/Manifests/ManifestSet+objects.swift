extension ManifestSet {
  /// Decodes one object, or the objects of a list, and files them. Answers whether any was of a kind that counts.
  mutating func addObject(_ object: Node, options: ManifestReader.Options) -> Bool {
    guard object.content == .mapping else {
      documentsWithoutKind += 1
      return false
    }
    let kind = object["kind"]?.text ?? ""
    let apiVersion = object["apiVersion"]?.text ?? ""
    return addObject(object, kind: kind, apiVersion: apiVersion, options: options)
  }

  private mutating func addObject(
    _ object: Node, kind: String, apiVersion: String, options: ManifestReader.Options
  ) -> Bool {
    guard object.content == .mapping else {
      diagnostics.reportWrongType(object, "items[]", expected: "an object")
      return true
    }
    if let problem = kindProblem(object, kind: kind) {
      diagnostics.append(problem)
      return true
    }
    if kind.isEmpty {
      documentsWithoutKind += 1
      return false
    }
    if kind.hasSuffix("List"), let items = object["items"], items.content != .sequence, !items.isNull {
      diagnostics.reportWrongType(items, "items", expected: "a list")
      return true
    }
    if kind.hasSuffix("List"), let items = object["items"], items.content == .sequence || items.isNull {
      let itemKind = kind == "List" ? "" : String(kind.dropLast(4))
      var counts = false
      for item in items.elements where !item.isNull {
        let itemCounts = addObject(
          item, kind: item["kind"]?.text ?? itemKind, apiVersion: item["apiVersion"]?.text ?? apiVersion,
          options: options)
        counts = counts || itemCounts
      }
      return counts
    }
    documents += 1
    let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
    let groupKind = GroupKind(group: parts.count == 2 ? String(parts[0]) : "", kind: kind)
    if addKnown(object, groupKind, options: options) { return true }
    if options.keptKinds.contains(groupKind) {
      foreign.append(ForeignObject(groupKind: groupKind, version: String(parts.last ?? ""), root: object))
      return true
    }
    if let problem = options.misspelledKind(groupKind, apiVersion) {
      let location = object["kind"]?.location ?? object.location
      diagnostics.append(Diagnostic(.invalidValue, .error, problem, at: location))
      return true
    }
    if let problem = misplacedKind(groupKind, object, apiVersion: apiVersion) {
      diagnostics.append(problem)
      return true
    }
    passedOver[groupKind, default: 0] += 1
    return false
  }

  /// What is wrong with the `kind` of something that looks like a Kubernetes object: whatever it was meant to be,
  /// it would be missing from the answer. Nil for documents of other makes, such as a chart's description.
  private func kindProblem(_ object: Node, kind: String) -> Diagnostic? {
    let hasMetadata = object["metadata"]?.content == .mapping
    let looksLikeObject = hasMetadata && (object["apiVersion"] != nil || object["spec"] != nil)
    guard let node = object["kind"] else {
      // The items of a typed list have none of their own.
      guard looksLikeObject, kind.isEmpty else { return nil }
      let near = object.members.map(\.key.text).first { $0.lowercased() == "kind" }
      return Diagnostic(
        .missingField, .error, "an object without `kind`", at: object.location,
        fix: near.map { "write `kind`, not `\($0)`" })
    }
    if node.content == .scalar, case .string = node.scalar, !node.text.isEmpty { return nil }
    if !looksLikeObject, object["apiVersion"] == nil { return nil }
    return Diagnostic(.wrongType, .error, "`kind` must be a name, not \(node.excerpt)", at: node.location)
  }

  /// What is wrong with a known kind in an API group that does not have it; nil for kinds that only share the
  /// name, whose groups are domains.
  private func misplacedKind(_ kind: GroupKind, _ object: Node, apiVersion: String) -> Diagnostic? {
    if kind.group.contains(".") || object["metadata"]?.content != .mapping { return nil }
    let group: String
    if let workload = WorkloadKind(rawValue: kind.kind) {
      group = workload.apiGroup
    } else if Self.coreKinds.contains(kind.kind) {
      group = ""
    } else {
      return nil
    }
    return Diagnostic(
      .invalidValue, .error,
      apiVersion.isEmpty ? "\(kind.kind) without `apiVersion`" : "`\(apiVersion)` has no kind `\(kind.kind)`",
      at: object["apiVersion"]?.location ?? object["kind"]?.location ?? object.location,
      fix: "write apiVersion: \(group.isEmpty ? "v1" : "\(group)/v1")")
  }

  private static let coreKinds: Set<String> = ["Pod", "Namespace", "Node", "Service"]

  /// Decodes the kinds of the core, apps and batch groups; false when it is none of them.
  private mutating func addKnown(_ object: Node, _ kind: GroupKind, options: ManifestReader.Options) -> Bool {
    let namespace = options.defaultNamespace
    if let workload = WorkloadKind(rawValue: kind.kind),
      kind.group == workload.apiGroup || kind.group == "extensions"
    {
      if let value = Workload(object, kind: workload, defaultNamespace: namespace, &diagnostics) {
        workloads.append(value)
      }
      return true
    }
    guard kind.group.isEmpty else { return false }
    switch kind.kind {
    case "Pod":
      if var pod = Pod(object, defaultNamespace: namespace, &diagnostics) {
        if let last = pods.last, pod.isSibling(of: last) { pod.shareStorage(with: last) }
        pods.append(pod)
      }
    case "Namespace":
      if let value = Namespace(object, &diagnostics) { namespaces.append(value) }
    case "Node":
      if let node = ClusterNode(object, &diagnostics) { nodes.append(node) }
    case "Service":
      if let service = Service(object, defaultNamespace: namespace, &diagnostics) { services.append(service) }
    default: return false
    }
    return true
  }
}
