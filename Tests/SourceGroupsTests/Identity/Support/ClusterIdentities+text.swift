import Kubernetes
import SourceGroups

extension ClusterIdentities {
  /// A cluster of which everything has been listed, and had nothing.
  init(following selections: ClusterSelection...) {
    self.init()
    setSelections(Set(selections), at: at(0))
    replaceNamespaces([], at: at(0))
    replacePods([], at: at(0))
    replaceNodes([], at: at(0))
    replaceEndpointSlices([], at: at(0))
    _ = takeChanges()
  }

  /// Members as `shop/web-0 10.0.0.1 since 5`, by name.
  mutating func members(_ selection: ClusterSelection) -> [String] {
    _ = takeChanges()
    return (members(of: selection)?.membersByName ?? []).map(\.text)
  }

  /// Exclusions as `shop/web-0: finished`, by name.
  mutating func exclusions(_ selection: ClusterSelection) -> [String] {
    _ = takeChanges()
    return (members(of: selection)?.exclusionsByName ?? []).map { "\($0.name): \($0.reason)" }
  }
}

extension Member {
  var text: String {
    ([name.description] + addresses.map(\.description) + ["since \(since.seconds)"]).joined(separator: " ")
  }
}
