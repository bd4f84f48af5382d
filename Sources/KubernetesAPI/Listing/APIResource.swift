package import Kubernetes

/// A kind that a server serves.
package struct APIResource: Sendable, Hashable {
  /// `v1`, `apps/v1`
  package let version: String
  /// `pods`
  package let name: String
  package let kind: String
  package let isNamespaced: Bool

  package init(version: String, name: String, kind: String, isNamespaced: Bool = true) {
    self.version = version
    self.name = name
    self.kind = kind
    self.isNamespaced = isNamespaced
  }

  /// Empty for the core group.
  package var group: String { version.contains("/") ? String(version.prefix { $0 != "/" }) : "" }

  package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }

  /// `/apis/apps/v1/deployments`: of all namespaces.
  package var path: String { Self.path(of: version) + "/\(name)" }

  static func path(of version: String) -> String { (version.contains("/") ? "/apis/" : "/api/") + version }

  /// `deployments.apps`, as `kubectl` names it.
  package var qualifiedName: String { group.isEmpty ? name : "\(name).\(group)" }
}
