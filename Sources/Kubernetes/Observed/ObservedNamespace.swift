/// What is kept of a namespace while a cluster is followed.
package struct ObservedNamespace: Sendable, Hashable {
  package var name: NamespacedName
  package var uid: String
  package var labels: Labels

  package init(name: NamespacedName, uid: String, labels: Labels) {
    self.name = name
    self.uid = uid
    self.labels = labels
  }
}
