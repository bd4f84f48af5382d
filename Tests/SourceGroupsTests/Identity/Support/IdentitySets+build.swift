import Kubernetes
import SourceGroups

private let file = SourceFile(path: "policy.yaml")

func source(
  _ selection: ClusterSelection = .pods(), of integration: String = "prod", onStale: StaleAction = .clear,
  grace: Duration = .seconds(300), zone: String? = nil, line: UInt32 = 1
) -> Source {
  Source(
    .cluster(integration: integration, selection), onStale: onStale, staleGrace: grace, zone: zone,
    location: SourceLocation(file: file, line: line, column: 1))
}

func written(_ blocks: String...) -> Source {
  Source(
    .addresses(blocks.map(block)), onStale: .keep, location: SourceLocation(file: file, line: 1, column: 1))
}

func group(_ id: String, _ sources: Source..., canAllow: Bool = true) -> IdentityGroup {
  IdentityGroup(id: id, sources: sources, canAllow: canAllow)
}

extension IdentitySets {
  /// Sets of groups that follow `prod`, of which everything has been listed: these pods.
  init(_ groups: IdentityGroup..., pods: [ObservedPod] = []) {
    self.init()
    _ = follow(groups, at: at(0))
    list("prod", pods: pods)
  }

  mutating func list(_ integration: String, pods: [ObservedPod] = [], nodes: [ObservedNode] = []) {
    _ = update(integration, at: at(1)) { cluster in
      cluster.replacePods(pods, at: at(1))
      cluster.replaceNodes(nodes, at: at(1))
      cluster.replaceNamespaces([], at: at(1))
      cluster.replaceEndpointSlices([], at: at(1))
    }
    _ = hear(.fresh, of: integration, at: at(1))
  }

  mutating func apply(_ pod: ObservedPod, _ seconds: Int = 2) {
    _ = update("prod", at: at(seconds)) { $0.apply(pod: pod, at: at(seconds)) }
  }

  mutating func remove(_ pod: NamespacedName, _ seconds: Int = 2) {
    _ = update("prod", at: at(seconds)) { $0.removePod(pod, at: at(seconds)) }
  }

  /// Names of a group's members, each once.
  func names(_ group: String) -> [String] {
    Set(snapshot[group]?.members.map(\.member.name) ?? []).sorted().map(\.description)
  }

  func state(_ group: String) -> SourceState? { snapshot[group]?.sources.first?.state }
}

extension MemberChanges {
  /// `+shop/a -shop/b`.
  var text: String {
    (joined.map { "+\($0.identity.name)" } + left.map { "-\($0.identity.name)" }).joined(separator: " ")
  }
}
