internal import Kubernetes
internal import PolicyEngine
internal import Review

// One rule with very many blocks of addresses, as people make of a provider's published ranges.
extension Benchmark {
  /// Blocks of one rule are one set of addresses: twice as many may cost little more than twice as much.
  static let blocks = Benchmark("blocks") { blockMeasurements($0) }

  private static func blockMeasurements(_ workbench: Workbench) -> [Measurement] {
    let runs = workbench.isQuick ? 1 : 7
    let (half, whole) = (BlockRule(blocks: 8_000), BlockRule(blocks: 16_000))
    var list = (half: Double.infinity, whole: Double.infinity)
    var explanation = list
    for _ in 0..<runs {
      list.half = min(list.half, half.run.connectivity(runs: 1).seconds)
      list.whole = min(list.whole, whole.run.connectivity(runs: 1).seconds)
      explanation.half = min(explanation.half, half.explanationSeconds())
      explanation.whole = min(explanation.whole, whole.explanationSeconds())
    }
    return [
      Measurement(work: "engine, one rule with 16,000 ipBlocks", value: list.whole, unit: .cpuSeconds),
      Measurement(
        work: "  by one with 8,000", value: list.whole / list.half, unit: .times, limit: .atMost(2.5)),
      Measurement(
        work: "explain one flow, one rule with 16,000 ipBlocks", value: explanation.whole * 1e3,
        unit: .milliseconds),
      Measurement(
        work: "  by one with 8,000", value: explanation.whole / explanation.half, unit: .times,
        limit: .atMost(2.5)),
    ]
  }
}

/// Two workloads without pods and a policy that lets blocks reach one of them. Half of the blocks are public, half
/// are among the addresses that the other one may have.
private struct BlockRule {
  let run: EngineRun

  init(blocks: Int) {
    let peers = (0..<blocks).map { number in
      let prefix = number % 2 == 0 ? "20.\(number >> 10)" : "10.\(number >> 10)"
      return "{ipBlock: {cidr: \(prefix).\(number >> 2 & 255).\((number & 3) << 6)/28}}"
    }
    let workloads = ["web", "db"].map { name in
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {namespace: shop, name: \(name)}
      spec: {template: {metadata: {labels: {app: \(name)}}, spec: {containers: []}}}
      ---

      """
    }
    let policy = """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {namespace: shop, name: blocks}
      spec:
        podSelector: {matchLabels: {app: db}}
        ingress: [{from: [\(peers.joined(separator: ", "))], ports: [{port: 5432}]}]
      """
    run = EngineRun([ManifestText(path: "blocks.yaml", workloads.joined() + policy)])
  }

  /// CPU seconds for the verdict on a flow whose source may have any of the addresses.
  func explanationSeconds() -> Double {
    let cluster = run.cluster
    return CPUClock.measure {
      let evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
      return (try? FlowParser(cluster.world).parse("shop/web -> shop/db tcp/5432")).map(evaluator.verdict)
    }.seconds
  }
}
