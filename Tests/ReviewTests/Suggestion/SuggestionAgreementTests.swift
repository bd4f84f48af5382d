import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Suggestions for logs that policies made")
struct SuggestionAgreementTests {
  /// A connection, as a test knows it: names and numbers.
  private struct Seen: Hashable {
    let source: Int
    let destination: Int
    let transport: TransportProtocol
    let port: UInt16
  }

  /// A random world, and what its policies let through between its workloads.
  private struct Observed {
    let workloads: [String]
    let policies: [String]
    let cluster: Cluster
    /// Which workloads there are, as indices; of cluster DNS none.
    let groups: [Int]
    var allowed: Set<Seen> = []
    /// Everything that was tried.
    var tried: [Seen] = []

    static let ports: [(TransportProtocol, UInt16)] = [
      (.tcp, 80), (.tcp, 443), (.udp, 53), (.sctp, 8080),
    ]

    init(seed: UInt64) {
      let documents = RandomCluster(seed: seed, areDistinct: true).documents
      workloads = documents.filter { !$0.contains("kind: NetworkPolicy") }
      policies = documents.filter { $0.contains("kind: NetworkPolicy") }
      let fixture = ClusterFixture(documents)
      let world = fixture.cluster.world
      cluster = fixture.cluster
      groups = world.workloads.indices.filter { !world.workloads[$0].endpoints.isEmpty }
      let evaluator = fixture.evaluator
      for source in groups {
        for destination in groups {
          // A pod may always reach itself.
          if source == destination, world.workloads[source].kind == "Pod" { continue }
          for (transport, port) in Self.ports {
            let seen = Seen(source: source, destination: destination, transport: transport, port: port)
            tried.append(seen)
            if evaluator.verdict(Self.flow(seen)).outcome == .allowed { allowed.insert(seen) }
          }
        }
      }
    }

    static func flow(_ seen: Seen) -> Flow {
      Flow(from: .workload(seen.source), to: .workload(seen.destination), .port(seen.transport, seen.port))
    }

    private func pod(_ group: Int) -> String {
      let name = cluster.world.qualifiedName(cluster.world.workloads[group])
      switch cluster.world.workloads[group].kind {
      case "Deployment": return "\(name)-7b78d7c957-zkn54"
      case "StatefulSet": return "\(name)-0"
      default: return name
      }
    }

    /// Every connection that was let through, and some of those that were denied.
    var log: [String] {
      tried.filter { allowed.contains($0) || $0.port == 80 }.map { seen in
        hubble(
          pod(seen.source), pod(seen.destination), Int(seen.port), seen.transport.name,
          verdict: allowed.contains(seen) ? "FORWARDED" : "DROPPED")
      }
    }

    /// What the log speaks of as let through.
    var spokenOf: Set<Int> { Set(allowed.flatMap { [$0.source, $0.destination] }) }
  }

  @Test("they allow all that was seen, and nothing between pairs that were not", arguments: 1...100)
  func acceptance(seed: UInt64) throws {
    let observed = Observed(seed: seed)
    let fixture = SuggestionFixture(observed.workloads, observed.log)
    #expect(fixture.suggestion.isProven, "\(fixture.suggestion.findings.map(\.message))")
    #expect(fixture.suggestion.proof.open.isEmpty, "\(fixture.suggestion.proof.open)")
    let spokenOf = observed.spokenOf
    let evaluator = fixture.applied.evaluator
    for seen in observed.tried where spokenOf.contains(seen.source) || spokenOf.contains(seen.destination) {
      let outcome = evaluator.verdict(Observed.flow(seen)).outcome
      #expect(
        outcome == (observed.allowed.contains(seen) ? .allowed : .denied),
        "\(seen)\n\(fixture.suggestion.yaml)")
    }
  }

  @Test("beside the policies that made the log they open nothing new", arguments: 1...15)
  func existing(seed: UInt64) throws {
    let observed = Observed(seed: seed)
    let fixture = SuggestionFixture(observed.workloads + observed.policies, observed.log)
    #expect(fixture.suggestion.isProven, "\(fixture.suggestion.findings.map(\.message))")
    let evaluator = fixture.applied.evaluator
    for seen in observed.tried {
      let before = observed.allowed.contains(seen)
      let after = evaluator.verdict(Observed.flow(seen)).outcome
      #expect(before ? after == .allowed : after != .allowed, "\(seen)\n\(fixture.suggestion.yaml)")
    }
  }

  @Test("with what they suggested in the input they suggest nothing more", arguments: 1...10)
  func again(seed: UInt64) throws {
    let observed = Observed(seed: seed)
    let first = SuggestionFixture(observed.workloads, observed.log)
    let second = SuggestionFixture(observed.workloads + first.policies, observed.log)
    #expect(second.policies.isEmpty, "\(second.suggestion.yaml)")
    #expect(second.suggestion.isProven)
  }

  @Test("the same input makes the same text")
  func isDeterministic() {
    let observed = Observed(seed: 7)
    let first = SuggestionFixture(observed.workloads, observed.log).suggestion
    let second = SuggestionFixture(observed.workloads, observed.log).suggestion
    #expect(first.yaml == second.yaml && first.data.json == second.data.json)
  }
}
