/// A service account that a RoleBinding or ClusterRoleBinding gives rights to.
package struct AccountBinding: Sendable {
  package let object: ObjectName
  package let accountNamespace: String
  package let accountName: String
  /// The name of the Role or ClusterRole.
  package let role: String
  package let location: SourceLocation

  /// The service accounts among the subjects of a binding; none for other kinds.
  static func all(in object: Node, kind: String, defaultNamespace: String) -> [AccountBinding] {
    guard kind == "RoleBinding" || kind == "ClusterRoleBinding",
      let name = ObjectName(
        object, kind: kind, defaultNamespace: kind == "RoleBinding" ? defaultNamespace : nil)
    else { return [] }
    let role = object["roleRef"]?["name"]?.text ?? ""
    return (object["subjects"]?.elements ?? []).compactMap { subject in
      guard subject["kind"]?.hasText("ServiceAccount") ?? false, let account = subject["name"]?.text else {
        return nil
      }
      let namespace = subject["namespace"]?.text ?? ""
      return AccountBinding(
        object: name, accountNamespace: namespace.isEmpty ? name.namespace : namespace, accountName: account,
        role: role, location: subject.location)
    }
  }
}
