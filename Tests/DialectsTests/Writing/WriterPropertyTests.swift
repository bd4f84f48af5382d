import Dialects
import Kubernetes
import PolicyModel
import Testing

@Suite("Whatever policies are written")
struct WriterPropertyTests {
  private static let worlds = 150

  @Test("the strict reader takes every object without a warning", arguments: WritableDialect.allCases)
  func validity(dialect: WritableDialect) {
    for seed in 0..<UInt64(Self.worlds) {
      var random = RandomPolicies(seed: seed)
      let written = Written(dialect, random.policies(), random.surroundings())
      guard written.problems.isEmpty else {
        Issue.record("seed \(seed): \(written.problems)\n\(written.yaml)")
        return
      }
      #expect(written.policies.objects.count == written.written.objects.count, "seed \(seed)")
      #expect(Set(written.names).count == written.names.count, "seed \(seed)")
    }
  }

  @Test(
    "the order of the policies and of rules without order makes no difference",
    arguments: WritableDialect.allCases)
  func order(dialect: WritableDialect) {
    for seed in 0..<UInt64(Self.worlds) {
      var random = RandomPolicies(seed: seed)
      let (policies, surroundings) = (random.policies(), random.surroundings())
      let written = dialect.write(policies, surroundings)
      let shuffled = dialect.write(policies.reversed().map(\.withRulesReversed), surroundings)
      #expect(written.objects.yaml == shuffled.objects.yaml, "seed \(seed)")
      #expect(written.losses.map(\.message) == shuffled.losses.map(\.message), "seed \(seed)")
      #expect(written.assumptions == shuffled.assumptions, "seed \(seed)")
    }
  }
}

extension PlainPolicy {
  /// The same policy with its rules in another order, where order has no meaning.
  fileprivate var withRulesReversed: PlainPolicy {
    PlainPolicy(
      identity: identity, stage: stage, rank: rank, subject: subject, isolates: isolates,
      rules: stage == .normal ? rules.reversed() : rules, location: location)
  }
}
