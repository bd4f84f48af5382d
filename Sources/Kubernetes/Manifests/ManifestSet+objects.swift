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
    let parts = apiVersion.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    let groupKind = GroupKind(group: parts.count == 2 ? parts[0] : "", kind: kind)
    if options.readsDeclarations {
      declarations.add(object, groupKind, defaultNamespace: options.defaultNamespace)
    }
    if let builtin = BuiltinKind.all[kind],
      addBuiltin(object, builtin, kind: kind, apiVersion: apiVersion, options: options)
    {
      return true
    }
    if options.keptKinds.contains(groupKind) {
      foreign.append(ForeignObject(groupKind: groupKind, version: parts.last ?? "", root: object))
      return true
    }
    if let problem = options.misspelledKind(groupKind, apiVersion) ?? misspelledKind(object, kind, apiVersion)
    {
      let location = object["kind"]?.location ?? object.location
      diagnostics.append(Diagnostic(.invalidValue, .error, problem, at: location))
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

  /// What is wrong with a kind that nearly is one of the core, apps and batch groups.
  private func misspelledKind(_ object: Node, _ kind: String, _ apiVersion: String) -> String? {
    guard object["metadata"]?.content == .mapping,
      let nearest = BuiltinKind.nearest(to: kind, in: apiVersion)
    else { return nil }
    return "`\(apiVersion)` has no kind `\(kind)`: did you mean `\(nearest)`?"
  }

  /// Decodes an object of a kind of the core, apps and batch groups, in the versions that some API server takes, and
  /// reports the others. Answers whether it was of the kind at all.
  private mutating func addBuiltin(
    _ object: Node, _ builtin: BuiltinKind, kind: String, apiVersion: String, options: ManifestReader.Options
  ) -> Bool {
    let location = object["apiVersion"]?.location ?? object["kind"]?.location ?? object.location
    let fix = "write apiVersion: \(builtin.apiVersion)"
    switch builtin.standing(of: apiVersion) {
    case .served: break
    case .retired(let release):
      diagnostics.append(
        Diagnostic(
          .legacyForm, .warning,
          "only API servers before \(release) serve `\(apiVersion)` \(kind); it is read as \(builtin.apiVersion)",
          at: location, fix: fix))
    case .neverServed:
      // Without metadata it is of another make, such as the values of a chart.
      guard object["metadata"]?.content == .mapping else { return false }
      let problem =
        apiVersion.isEmpty
        ? "\(kind) without `apiVersion`" : "no API server serves `\(apiVersion)` \(kind)"
      diagnostics.append(Diagnostic(.invalidValue, .error, problem, at: location, fix: fix))
      return true
    case .foreign: return false
    }
    add(object, kind: kind, namespace: options.defaultNamespace)
    return true
  }

  private mutating func add(_ object: Node, kind: String, namespace: String) {
    if let workload = WorkloadKind(rawValue: kind) {
      if let value = Workload(object, kind: workload, defaultNamespace: namespace, &diagnostics) {
        workloads.append(value)
      }
      return
    }
    switch kind {
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
    case "ServiceAccount":
      if let account = ServiceAccount(object, defaultNamespace: namespace, &diagnostics) {
        serviceAccounts.append(account)
      }
    case "Endpoints", "EndpointSlice":
      if let kind = ServiceEndpoints.Kind(rawValue: kind),
        let endpoints = ServiceEndpoints(object, kind: kind, defaultNamespace: namespace, &diagnostics)
      {
        serviceEndpoints.append(endpoints)
      }
    default: break
    }
  }
}
