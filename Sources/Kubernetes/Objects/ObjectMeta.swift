/// The parts of `metadata` that policies can see (`meta/v1 ObjectMeta`).
package struct ObjectMeta: Sendable {
  /// Of an object that only has a `generateName`, that prefix.
  package var name: String
  /// Empty for cluster-scoped objects.
  package var namespace: String
  /// False when the manifest names no namespace and the default was taken.
  package var hasWrittenNamespace: Bool
  package var labels: Labels
  /// The one owner with `controller: true`; other owners do not make pods.
  package var controller: OwnerReference?
  /// Where the object starts: its `metadata.name`, else its document.
  package var location: SourceLocation

  package init(
    name: String, namespace: String, hasWrittenNamespace: Bool = true, labels: Labels = .none,
    controller: OwnerReference? = nil, location: SourceLocation
  ) {
    self.name = name
    self.namespace = namespace
    self.hasWrittenNamespace = hasWrittenNamespace
    self.labels = labels
    self.controller = controller
    self.location = location
  }
}

/// The owner that manages an object (`controller: true`).
package struct OwnerReference: Sendable, Hashable {
  package let kind: String
  package let name: String

  package init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }
}

/// Whether objects of a kind live in namespaces.
package enum ObjectScope: Sendable {
  case cluster
  case namespaced(defaultNamespace: String)
}

extension ObjectMeta {
  /// Reads `metadata` of a document; nil when there is no usable name, which is reported.
  package init?(_ object: Node, kind: String, scope: ObjectScope, _ problems: inout [Diagnostic]) {
    guard let metadata = object["metadata"], !metadata.isNull else {
      problems.append(Diagnostic(.missingField, .error, "\(kind) without `metadata`", at: object.location))
      return nil
    }
    guard metadata.isMapping("metadata", &problems) else { return nil }
    let nameNode = metadata["name"]
    var name = nameNode?.string("metadata.name", &problems) ?? ""
    if name.isEmpty, let prefix = metadata["generateName"]?.string("metadata.generateName", &problems) {
      name = prefix
    }
    if name.isEmpty {
      // A name of a wrong type has been reported as such.
      if nameNode?.content ?? .scalar == .scalar, nameNode?.text.isEmpty ?? true || nameNode?.isNull == true {
        problems.append(
          Diagnostic(.missingField, .error, "\(kind) without `metadata.name`", at: metadata.location))
      }
      return nil
    }
    if let nameNode, !nameNode.isNull, let problem = NameRules.subdomainProblem(name) {
      problems.reportInvalid(
        nameNode, "the name `\(name.debugDescription.dropFirst().dropLast())` of this \(kind) \(problem)")
      return nil
    }
    var namespace = ""
    var hasWrittenNamespace = true
    if case .namespaced(let defaultNamespace) = scope {
      let written = metadata["namespace"]?.string("metadata.namespace", &problems) ?? ""
      if let node = metadata["namespace"], !written.isEmpty, let problem = NameRules.labelNameProblem(written)
      {
        problems.reportInvalid(node, "the namespace `\(written)` \(problem)")
      }
      hasWrittenNamespace = !written.isEmpty
      namespace = written.isEmpty ? defaultNamespace : written
    }
    var labels = Labels.none
    if let node = metadata["labels"] { labels = Labels(node, field: "metadata.labels", &problems) }
    self.init(
      name: name, namespace: namespace, hasWrittenNamespace: hasWrittenNamespace, labels: labels,
      controller: Self.controller(of: metadata), location: nameNode?.location ?? object.location)
  }

  private static func controller(of metadata: Node) -> OwnerReference? {
    for reference in metadata["ownerReferences"]?.elements ?? [] {
      guard case .bool(true)? = reference["controller"]?.scalar, let kind = reference["kind"]?.text,
        let name = reference["name"]?.text
      else { continue }
      return OwnerReference(kind: kind, name: name)
    }
    return nil
  }
}
