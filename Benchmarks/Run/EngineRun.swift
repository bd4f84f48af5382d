internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

/// A cluster that was read, ready for the engine.
struct EngineRun {
  let cluster: Cluster
  private let manifests: ManifestSet

  init(_ shape: SyntheticCluster.Shape) {
    // Pieces end between two objects, so each can be a text of its own, and the whole is never in memory.
    var texts: [ManifestText] = []
    SyntheticCluster(shape).writeYAML {
      texts.append(ManifestText(path: "cluster-\(texts.count).yaml", bytes: $0))
    }
    self.init(texts, profile: shape.dialect.profile)
  }

  init(_ texts: [ManifestText], profile: EngineProfile = .kubernetes) {
    manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially(texts)
    cluster = Cluster(manifests, defaultNamespace: "default", profile: profile)
  }

  /// CPU seconds from objects to the world: what exists, sorted and indexed.
  func worldSeconds(runs: Int) -> Double {
    let policies = cluster.tiers.flatMap(\.policies)
    let namespaces = policies.map(\.identity.namespace)
    // Answered to be freed later, as a command that ends never frees it.
    return CPUClock.best(of: runs) { World(manifests, policies: policies, policyNamespaces: namespaces) }
      .seconds
  }

  /// CPU seconds from the world to the connectivity list, and the size of the list.
  func connectivity(runs: Int) -> (seconds: Double, bytes: Int) {
    let (bytes, seconds) = CPUClock.best(of: runs) {
      write(CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)).bytes
    }
    return (seconds, bytes)
  }

  private func write(_ compiled: CompiledPolicies) -> NullOutput {
    let nowhere = NullOutput()
    ConnectivityReport(cluster, compiled).write(.text, to: nowhere.output)
    return nowhere
  }
}

extension SyntheticCluster.Dialect {
  /// Whose policies they are.
  fileprivate var profile: EngineProfile {
    switch self {
    case .kubernetes: .kubernetes
    case .cilium: .cilium
    case .calico: .calico
    }
  }
}

/// Takes bytes and only counts them.
final class NullOutput {
  private final class Counter {
    var bytes = 0
  }

  private let counter = Counter()
  let output: Output

  init() {
    output = Output { [counter] in counter.bytes += $0.count }
  }

  var bytes: Int { counter.bytes }
}
