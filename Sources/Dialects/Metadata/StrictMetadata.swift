internal import Kubernetes

/// `metadata` decoded as strictly as an API server with `fieldValidation=Strict` decodes it, for what
/// ``ObjectMeta`` does not read.
enum StrictMetadata {
  private static let knownFields = [
    "name", "generateName", "namespace", "labels", "annotations", "ownerReferences", "finalizers",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields",
    "resourceVersion", "selfLink", "uid",
  ]

  /// Reports unknown fields of `metadata` and values of wrong types.
  static func checkMetadata(_ root: Node, _ problems: inout [Diagnostic]) {
    guard let metadata = root["metadata"], metadata.content == .mapping else { return }
    let fields = StrictFields(metadata, type: "ObjectMeta", known: knownFields, &problems)
    for name in ["uid", "resourceVersion", "selfLink", "creationTimestamp", "deletionTimestamp"] {
      _ = fields[name]?.string("metadata.\(name)", &problems)
    }
    for name in ["generation", "deletionGracePeriodSeconds"] {
      _ = fields[name]?.integer("metadata.\(name)", &problems)
    }
    for name in ["finalizers", "managedFields"] { _ = fields[name]?.list("metadata.\(name)", &problems) }
    for reference in fields["ownerReferences"]?.list("metadata.ownerReferences", &problems) ?? []
    where reference.isMapping("metadata.ownerReferences[]", &problems) {
      _ = StrictFields(
        reference, type: "OwnerReference",
        known: ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"], &problems)
    }
    guard let annotations = fields["annotations"], annotations.isMapping("metadata.annotations", &problems)
    else {
      return
    }
    _ = Self.annotations(annotations, field: "metadata.annotations", &problems)
  }

  /// Reads the members of `annotations`, reporting keys outside their syntax and values that are no strings.
  static func annotations(_ node: Node, field: String, _ problems: inout [Diagnostic]) -> [String: String] {
    var annotations: [String: String] = [:]
    for (key, value) in node.members where !value.isNull {
      if let problem = NameRules.labelKeyProblem(key.keyText.lowercased()) {
        problems.reportInvalid(key, "the annotation key `\(key.keyText)` \(problem)")
      }
      annotations[key.keyText] = value.string("\(field).\(key.text)", &problems)
    }
    return annotations
  }
}
