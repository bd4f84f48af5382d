import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("What is written means what was meant, but for what is said to be lost")
struct WriterMeaningTests {
  private static let worlds = 24

  @Test(
    "between the pods, nodes and addresses of a small cluster", arguments: WritableDialect.allCases,
    [false, true])
  func meaning(dialect: WritableDialect, isCommon: Bool) {
    for seed in 0..<UInt64(Self.worlds) {
      var random = RandomPolicies(seed: seed, isCommon: isCommon)
      // Policies of one rank may come in any order, so each has its own.
      let policies = random.policies().enumerated().map { $1.with(rank: $0) }
      let written = Written(dialect, policies, .known)
      let difference = Self.difference(policies, written, dialect)
      guard difference == nil else {
        Issue.record("seed \(seed): \(difference ?? "")\n\(policies)\n\(written.yaml)")
        return
      }
    }
  }

  /// The first connection that is decided otherwise, and no loss says so.
  private static func difference(
    _ policies: [PlainPolicy], _ written: Written, _ dialect: WritableDialect
  ) -> String? {
    let meant = SmallWorld(blocksAreOutside: false)
    let engine = SmallWorld(blocksAreOutside: dialect == .cilium)
    let original = tiers(policies)
    let profile: EngineProfile =
      switch dialect {
      case .kubernetes, .clusterNetworkPolicy: .kubernetes
      case .calico: .calico
      case .cilium: .cilium
      }
    let readBack = written.policies.stack(profile).tiers
    for subject in SmallWorld.pods {
      for direction in Direction.allCases {
        for other in SmallWorld.pods + SmallWorld.others {
          for packet in SmallWorld.packets {
            let before = meant.allows(original, direction, subject, other, packet)
            let after = engine.allows(readBack, direction, subject, other, packet)
            if before == after { continue }
            let effect: Loss.Effect = before ? .narrows : .widens
            let isKnown = written.written.losses.contains { loss in
              meant.matches(loss.subject, subject)
                && (before ? loss.reach.narrowed : loss.reach.widened).contains {
                  $0.direction == direction && meant.matches($0, subject, other, packet)
                }
            }
            if !isKnown {
              return "\(direction) \(subject) – \(other), \(packet): \(effect.words) [\(written.losses)]"
            }
          }
        }
      }
    }
    return nil
  }

  private static func tiers(_ policies: [PlainPolicy]) -> [Tier] {
    func tier(_ stage: PlainPolicy.Stage, _ combination: Tier.Combination) -> Tier {
      Tier(
        name: "\(stage)", combination: combination,
        policies: policies.filter { $0.stage == stage }.map(\.lowered))
    }
    return [
      tier(.admin, .firstMatch(.isUndefined)), tier(.normal, .denyOverrides),
      tier(.baseline, .firstMatch(.isUndefined)),
    ]
  }
}

extension PlainPolicy {
  fileprivate func with(rank: Int) -> PlainPolicy {
    PlainPolicy(
      identity: identity, stage: stage, rank: rank, subject: subject,
      isolates: stage == .normal ? isolates : [], rules: rules, location: location)
  }
}
