/// A namespace (`core/v1 Namespace`). Its labels always hold `kubernetes.io/metadata.name`.
package struct Namespace: Sendable {
  /// The label every API server puts on every namespace, and nobody can change.
  package static let nameLabel = "kubernetes.io/metadata.name"

  package var name: String
  package var labels: Labels
  /// Nil when the namespace is only mentioned by other objects.
  package var location: SourceLocation?

  package init(name: String, labels: Labels, location: SourceLocation?) {
    self.name = name
    self.labels = labels.adding([Self.nameLabel: name])
    self.location = location
  }
}

extension Namespace {
  init?(_ object: Node, _ problems: inout [Diagnostic]) {
    guard let meta = ObjectMeta(object, kind: "Namespace", scope: .cluster, &problems) else { return nil }
    if let problem = NameRules.labelNameProblem(meta.name) {
      problems.append(
        Diagnostic(.invalidValue, .error, "the namespace name `\(meta.name)` \(problem)", at: meta.location))
    }
    if let written = meta.labels[Self.nameLabel], written != meta.name {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "the label `\(Self.nameLabel)` of a namespace is its name, `\(meta.name)`",
          at: meta.labels.location(of: Self.nameLabel) ?? meta.location))
      let others = meta.labels.entries.filter { $0.key != Self.nameLabel }.map { ($0.key, $0.value) }
      self.init(
        name: meta.name, labels: Labels(Dictionary(others) { first, _ in first }), location: meta.location)
      return
    }
    self.init(name: meta.name, labels: meta.labels, location: meta.location)
  }
}
