extension ManifestSet {
  /// Two objects of one identity: as with `kubectl apply`, the last one counts, and the reader is told.
  mutating func checkIdentities() {
    keepLast(\.namespaces, kind: { _ in "Namespace" }, name: \.name, location: \.location)
    keepLast(\.nodes, kind: { _ in "Node" }, name: \.name, location: \.location)
    keepLast(\.pods, kind: { _ in "Pod" }, name: { $0.meta.qualifiedName }, location: { $0.meta.location })
    keepLast(
      \.workloads, kind: \.kind.rawValue, name: { $0.meta.qualifiedName }, location: { $0.meta.location })
    keepLast(
      \.services, kind: { _ in "Service" }, name: { $0.meta.qualifiedName }, location: { $0.meta.location })
    keepLast(
      \.serviceEndpoints, kind: \.kind.rawValue, name: { $0.meta.qualifiedName },
      location: { $0.meta.location })
    keepLast(
      \.serviceAccounts, kind: { _ in "ServiceAccount" }, name: { $0.meta.qualifiedName },
      location: { $0.meta.location })
  }

  private mutating func keepLast<Object>(
    _ list: WritableKeyPath<ManifestSet, [Object]>, kind: (Object) -> String, name: (Object) -> String,
    location: (Object) -> SourceLocation?
  ) {
    var last: [ObjectIdentity: Int] = [:]
    last.reserveCapacity(self[keyPath: list].count)
    var dropped: [Int] = []
    for (index, object) in self[keyPath: list].enumerated() {
      let identity = ObjectIdentity(kind: kind(object), name: name(object))
      guard let earlier = last.updateValue(index, forKey: identity) else { continue }
      dropped.append(earlier)
      let related = location(self[keyPath: list][earlier]).map {
        [Diagnostic.Related(message: "the other one", location: $0)]
      }
      diagnostics.append(
        Diagnostic(
          .duplicateObject, .warning,
          "\(identity.kind) `\(identity.name)` is defined twice; the last one counts",
          at: location(object), related: related ?? [], fix: "leave one of the files out with --exclude"))
    }
    if dropped.isEmpty { return }
    let droppedIndices = Set(dropped)
    self[keyPath: list] = self[keyPath: list].enumerated().filter { !droppedIndices.contains($0.offset) }.map(
      \.element)
  }
}

private struct ObjectIdentity: Hashable {
  let kind: String
  let name: String
}

extension ObjectMeta {
  /// `namespace/name`, or the name alone for cluster-scoped objects.
  package var qualifiedName: String {
    namespace.isEmpty ? name : "\(namespace)/\(name)"
  }
}
