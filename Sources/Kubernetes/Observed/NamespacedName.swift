/// What tells objects of one kind apart within a cluster at one moment.
package struct NamespacedName: Sendable, Hashable {
  /// Empty for objects that live in no namespace.
  package let namespace: String
  package let name: String

  package init(namespace: String = "", name: String) {
    self.namespace = namespace
    self.name = name
  }
}

extension NamespacedName: Comparable {
  /// By namespace, then name.
  package static func < (left: NamespacedName, right: NamespacedName) -> Bool {
    left.namespace == right.namespace ? left.name < right.name : left.namespace < right.namespace
  }
}

extension NamespacedName: CustomStringConvertible {
  /// `shop/web-0`, `node-1`.
  package var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}
