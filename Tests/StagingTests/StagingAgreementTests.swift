internal import Kubernetes
internal import Nftables
internal import NftablesSemantics
internal import PolicyEngine
internal import PolicyModel
internal import Staging
internal import Testing

@testable internal import RandomWorlds

/// The program for the kernel against the engine's verdicts: two ways from tiers to an answer that share no code.
@Suite("Programs for the kernel agree with the engine")
struct StagingAgreementTests {
  /// Worlds of each engine.
  private static let worlds: UInt64 = 110
  private static let parts: UInt64 = 5
  private static let flowsPerWorld = 100

  @Test("random worlds of all dialects", arguments: ReferenceWorld.Engine.allCases, 0..<parts)
  func randomWorlds(engine: ReferenceWorld.Engine, part: UInt64) {
    let count = Self.worlds / Self.parts
    var total = Total()
    for seed in part * count..<(part + 1) * count where !total.hasFailed {
      let random = RandomWorld(seed: seed, engine: engine)
      let cluster = StagedCluster(yaml: random.world.yaml(), engine.profile)
      total.add(cluster, flows: Self.flowsPerWorld, "seed \(seed) of \(engine)\n\(random.world.yaml())")
    }
    total.check()
  }

  @Test("tiers that use all that the model can say", arguments: 0..<parts)
  func randomTiers(part: UInt64) {
    var total = Total()
    for seed in part * 20..<(part + 1) * 20 where !total.hasFailed {
      var random = RandomTiers(seed: seed)
      let tiers = random.next()
      let cluster = StagedCluster(Self.shop, tiers, random.profile())
      total.add(cluster, flows: 2 * Self.flowsPerWorld, "seed \(seed)")
    }
    total.check()
  }

  /// Pods with what ``RandomTiers`` asks for: labels, names of ports, addresses of both families.
  private static let shop = StagedCluster(
    yaml: """
      apiVersion: v1
      kind: Namespace
      metadata: {name: data, labels: {team: web}}
      ---
      \(pod("shop", "web", "app: web", "10.1.0.1", "[{ports: [{name: http, containerPort: 80}]}]"))
      ---
      \(pod("shop", "db", "app: db, tier: web", "10.1.0.2, fd00::2", "[{ports: [{name: http, containerPort: 443}]}]"))
      ---
      \(pod("data", "db", "tier: db", "10.1.0.9, fd00::9", "[{ports: [{containerPort: 80}]}]"))
      ---
      \(pod("data", "six", "app: web, tier: data", "fd00::7", "[]"))
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api, namespace: data}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{ports: [{name: http, containerPort: 8080, protocol: UDP}]}]}
      """
  ).world

  private static func pod(
    _ namespace: String, _ name: String, _ labels: String, _ addresses: String, _ containers: String
  ) -> String {
    let ips = addresses.split(separator: ", ").map { "{ip: \"\($0)\"}" }.joined(separator: ", ")
    return """
      apiVersion: v1
      kind: Pod
      metadata: {name: \(name), namespace: \(namespace), labels: {\(labels)}}
      spec: {containers: \(containers)}
      status: {phase: Running, podIPs: [\(ips)]}
      """
  }
}

/// What was compared in several worlds.
struct Total {
  private var allowed = 0
  private var denied = 0
  private var undefined = 0
  private(set) var hasFailed = false

  /// Asks the interpreter.
  mutating func add(_ cluster: StagedCluster, flows: Int, _ story: @autoclosure () -> String) {
    let (comparison, faults) = cluster.comparison(limit: flows)
    #expect(faults.isEmpty)
    add(comparison, of: cluster, story())
  }

  /// Records the first difference with the whole story.
  mutating func add(
    _ comparison: StagingComparison, of cluster: StagedCluster, _ story: @autoclosure () -> String
  ) {
    allowed += comparison.agreed.allowed
    denied += comparison.agreed.denied
    undefined += comparison.undefined
    guard let first = comparison.differences.first else { return }
    hasFailed = true
    let trace = cluster.expected.verdict(first.flow).traces.first
    Issue.record(
      """
      \(cluster.text(first.flow)): engine \(first.engine), kernel \(first.kernelAllows ? "allows" : "denies"), \
      \(comparison.differences.count) of \(comparison.count)
      chains \(cluster.outcome(first.flow)?.chains.map(\.text) ?? [])
      egress \(String(describing: trace?.egress.tiers.map { ($0.name, $0.outcome) }))
      ingress \(String(describing: trace?.ingress.tiers.map { ($0.name, $0.outcome) }))
      \(story())
      \(cluster.policies.program.text)
      """)
  }

  /// Something of each kind must have been compared.
  func check() {
    #expect(allowed > 0 && denied > 0, "\(allowed) allowed, \(denied) denied, \(undefined) undefined")
  }
}

extension ReferenceWorld.Engine {
  var profile: EngineProfile {
    switch self {
    case .kubernetes: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}
