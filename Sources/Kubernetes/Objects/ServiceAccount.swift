/// A service account (`core/v1 ServiceAccount`), for selectors over its labels.
package struct ServiceAccount: Sendable {
  package var meta: ObjectMeta

  package init(meta: ObjectMeta) {
    self.meta = meta
  }
}

extension ServiceAccount {
  init?(_ object: Node, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    guard
      let meta = ObjectMeta(
        object, kind: "ServiceAccount", scope: .namespaced(defaultNamespace: defaultNamespace), &problems)
    else { return nil }
    self.init(meta: meta)
  }
}
