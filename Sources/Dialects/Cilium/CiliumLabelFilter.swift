/// Which labels of pods, namespaces and nodes become part of an identity where Cilium has no `labels` option
/// (`defaultLabelPrefixCfg` and `filterLabels` in `pkg/labelsfilter/filter.go`).
///
/// Patterns are anchored at the start of a key and open at its end: `pod-template-hash` leaves `pod-template-hash-2`
/// out too.
struct CiliumLabelFilter {
  private static let ignored = [
    "io.kubernetes", "kubernetes.io", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-completion-index", "batch.kubernetes.io/controller-uid", "k8s.io",
    "pod-template-generation", "pod-template-hash", "controller-revision-hash", "annotation",
    "controller-uid",
    "etcd_node",
  ]
  private static let included = [
    "io.kubernetes.pod.namespace", "io.cilium.k8s.namespace.labels", "io.cilium.k8s.policy.cluster",
    "app.kubernetes.io",
  ]
  /// What `.*beta\.kubernetes\.io` wants anywhere in a key.
  private static let ignoredAnywhere = "beta.kubernetes.io"

  private var known: [String: Bool] = [:]

  /// Whether identities are without a label.
  ///
  /// - Parameter key: as Cilium has it, `io.cilium.k8s.namespace.labels.KEY` for a label of a namespace.
  mutating func leavesOut(_ key: String) -> Bool {
    if let answer = known[key] { return answer }
    let answer = Self.leavesOut(key)
    known[key] = answer
    return answer
  }

  /// An ignored label is kept if a pattern that includes it matches more of the key than the shortest that ignores it.
  private static func leavesOut(_ key: String) -> Bool {
    func lengths(_ patterns: [String]) -> [Int] {
      patterns.filter { key.utf8.starts(with: $0.utf8) }.map(\.utf8.count)
    }
    // The pattern in front of it takes as much as it can, so what it matches ends where the last one does.
    let anywhere = key.utf8.ranges(of: ignoredAnywhere.utf8).last.map {
      key.utf8.distance(from: key.utf8.startIndex, to: $0.upperBound)
    }
    guard let shortest = (lengths(ignored) + (anywhere.map { [$0] } ?? [])).min() else { return false }
    return (lengths(included).max() ?? 0) <= shortest
  }
}
