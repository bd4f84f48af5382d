package import Kubernetes

extension SourceGroupPolicy {
  /// The names of integrations that sources take members from, each with the first source that does; by name.
  package var integrations: [Located<String>] {
    var first: [String: SourceLocation] = [:]
    forEachIntegration { name, location in
      if first[name].map({ location < $0 }) ?? true { first[name] = location }
    }
    return first.sorted { $0.key < $1.key }.map { Located($0.key, at: $0.value) }
  }

  /// An error for each source of an integration that nobody has set up, in the order of the text.
  package func unknownIntegrations(among known: Set<String>) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    forEachIntegration { name, location in
      if known.contains(name) { return }
      let names = known.sorted()
      problems.append(
        Diagnostic(
          .unknownIntegration, .error, "there is no integration `\(name)`", at: location,
          fix: Suggestion.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
            ?? (names.isEmpty ? "set it up first" : "known are \(names.joined(separator: ", "))")))
    }
    return problems.sortedByLocation()
  }

  private func forEachIntegration(_ body: (String, SourceLocation) -> Void) {
    for source in groups.flatMap(\.sources) {
      if case .cluster(let integration, _) = source.origin { body(integration, source.location) }
    }
  }
}
