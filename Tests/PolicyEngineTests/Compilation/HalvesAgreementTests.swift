import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine
@testable import RandomWorlds

/// The two halves of the engine on tiers that say everything the model can say: single flows, which walk the rules,
/// against rows, which compute with sets.
@Suite("Single flows agree with compiled rows")
struct HalvesAgreementTests {
  private static let worlds: [WorldFixture] = [
    .shop(
      pod(
        "shop/named", "app: web, tier: db", ip: "10.1.0.9 fd00::9", on: "n1",
        "containers: [{ports: [{name: http, containerPort: 80}]}, {ports: [{name: http, containerPort: 443}]}]"
      ),
      pod("shop/host", "app: web", ip: "192.168.0.1", on: "n1", "hostNetwork: true"),
      pod("data/six", "tier: web", ip: "fd00::7", on: "n3"), node("n3", "fd01::3", labels: "pool: edge")),
    .shop(
      workload("Deployment", "shop/api", "app: api, tier: web"),
      workload("DaemonSet", "data/agent", "app: web", "hostNetwork: true\ncontainers: []"),
      node("n3", "192.168.0.3", labels: "pool: edge"),
      pod("data/waiting", "app: db", status: "phase: Pending")),
    // 10.1.0.77 is the address of a pod that is not in the input, to engines that know identities.
    .shop(
      [node("n3", "192.168.0.3", labels: "pool: edge")], profile: .kubernetes,
      facts: .pods("10.1.0.0/16", "10.2.0.0/16")),
  ]
  private static let others = [
    "10.1.0.77", "192.168.7.7", "203.0.113.5", "203.0.113.200", "2001:db8::5", "api.example.com",
    "www.example.com", "example.org", "entity/health", "entity/kube-apiserver",
  ]
  private static let traffic = ["tcp/1", "tcp/80", "tcp/443", "udp/80", "udp/444", "sctp/80"]

  @Test(arguments: 0..<8)
  func randomTiers(part: UInt64) throws {
    for seed in part * 15..<(part + 1) * 15 {
      var random = RandomTiers(seed: seed)
      let tiers = random.next()
      let profile = random.profile()
      for world in Self.worlds {
        let disagreements = try disagreements(world, tiers, profile)
        if let first = disagreements.first {
          Issue.record("seed \(seed), \(profile): \(first) of \(disagreements.count)\n\(Self.text(tiers))")
          return
        }
      }
    }
  }

  private func disagreements(
    _ fixture: WorldFixture, _ tiers: [Tier], _ profile: EngineProfile
  ) throws -> [String] {
    let evaluator = FlowEvaluator(world: fixture.world, tiers: tiers, profile: profile)
    let compiled = CompiledPolicies(
      world: fixture.world, tiers: tiers, profile: profile,
      domains: Self.others.filter { $0.hasSuffix(".com") || $0.hasSuffix(".org") })
    let table = VerdictTable(compiled)
    let relation = Relation(compiled)
    let pods = fixture.world.endpoints.map(fixture.world.qualifiedName)
    var pairs: [(String, String)] = []
    for pod in pods {
      for other in pods + Self.others { pairs.append((pod, other)) }
      for other in Self.others where !other.contains("example") { pairs.append((other, pod)) }
    }
    var found: [String] = []
    for (number, (from, to)) in pairs.enumerated() {
      // Two of the ports for each pair, others for the next.
      for carried in [Self.traffic[number % 6], Self.traffic[(number * 5 + 1) % 6]] {
        let flow = try fixture.parser.parse("\(from) -> \(to) \(carried)")
        let verdict = evaluator.verdict(flow)
        let expected = [verdict.outcome, verdict.egress, verdict.ingress]
        if let row = table.verdict(flow) {
          let actual = [row.outcome, row.egress.outcome, row.ingress.outcome]
          if actual != expected { found.append("\(from) -> \(to) \(carried): \(expected), row \(actual)") }
        }
        if let outcome = relation.outcome(flow), outcome != verdict.outcome {
          found.append("\(from) -> \(to) \(carried): \(verdict.outcome), walk \(outcome)")
        }
      }
    }
    return found
  }

  private static func text(_ tiers: [Tier]) -> String {
    tiers.flatMap { tier in
      ["\(tier.name) \(tier.combination)"]
        + tier.policies.flatMap { policy in
          ["  \(policy.identity.name) rank \(policy.rank) on \(policy.subject), closes \(policy.isolates)"]
            + policy.rules.map {
              "    \($0.direction) \($0.action) subject \($0.subject) peers \($0.peers) \($0.traffic) from \($0.sourcePorts)"
            }
        }
    }.joined(separator: "\n")
  }
}
