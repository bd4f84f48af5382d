package import Dialects
package import Kubernetes
package import PolicyEngine
package import PolicyModel

/// Whether manifests mean what some policies mean: their text is read back by the dialect's own reader and compared in
/// every cluster.
package struct RenderingProof: Sendable {
  package let dialect: WritableDialect
  package let equivalence: Equivalence
  /// What must be true of the cluster, in words.
  package let assumptions: [String]
  /// What reading back found; with an error among them nothing is proved.
  package let problems: [Diagnostic]
  /// What was tolerated.
  package let losses: [Loss]

  /// Reads `text` back and compares. O(kinds of pods²).
  ///
  /// - Parameters:
  ///   - intended: what the manifests are meant to mean, in the words of the engine.
  ///   - meaning: whose rules say what that is; nil for policies that are written for any engine.
  ///   - text: the manifests.
  ///   - written: what their writer says of them; its losses are tolerated as far as they reach.
  package init(
    intended: [Tier], by meaning: EngineProfile? = nil, text: String, written: WrittenPolicies,
    dialect: WritableDialect,
    under conditions: SymbolicWorld.Conditions, witnessLimit: Int = 3
  ) throws(TooManyDistinctions) {
    self.dialect = dialect
    losses = written.losses
    let read = ReadPolicies(text, dialect)
    problems = read.problems
    let profile = dialect.profile
    var conditions = conditions
    // Blocks do not match pods of Cilium: what is written for these instead is true of one family.
    conditions.assumesIPv4 = dialect == .cilium && conditions.podBlocks.isEmpty
    equivalence = try Equivalence(
      intended: Equivalence.Side(
        dialect.tiers(intended), meaning ?? profile.meaningBlocks()),
      actual: Equivalence.Side(read.tiers, profile.takingHostNetworkForNodes()),
      tolerating: Self.tolerance(written.losses), under: conditions,
      // The specification says nothing of protocols other than TCP, UDP and SCTP.
      comparesOtherProtocols: dialect != .kubernetes, witnessLimit: witnessLimit)
    assumptions = Set(equivalence.symbolicWorld.assumptions + written.assumptions).sorted()
  }

  /// Whether the manifests mean what they are meant to mean, but for the losses.
  package var holds: Bool { equivalence.holds && !problems.contains { $0.severity == .error } }

  private static func tolerance(_ losses: [Loss]) -> Equivalence.Tolerance {
    var tolerance = Equivalence.Tolerance()
    for loss in losses {
      if let policy = policy(of: loss, loss.reach.widened) { tolerance.widening.append(policy) }
      if let policy = policy(of: loss, loss.reach.narrowed) { tolerance.narrowing.append(policy) }
    }
    return tolerance
  }

  private static func policy(of loss: Loss, _ rules: [Rule]) -> Policy? {
    if rules.isEmpty { return nil }
    return Policy(
      identity: loss.policy, location: loss.location, subject: .endpoints(loss.subject),
      subjectLocation: loss.location, isolates: [], rules: rules)
  }
}

extension WritableDialect {
  /// What policies mean where Kubernetes leaves it to the engine, which is a matter of the dialect and not of the policies:
  /// ClusterNetworkPolicies are about connections to a pod's own node, too.
  fileprivate func tiers(_ intended: [Tier]) -> [Tier] {
    intended.map {
      Tier(
        name: $0.name, combination: $0.combination, policies: $0.policies,
        isStrict: self == .clusterNetworkPolicy)
    }
  }

  /// Whose rules say what manifests of the dialect mean.
  package var profile: EngineProfile {
    switch self {
    case .kubernetes, .clusterNetworkPolicy: .kubernetes
    case .calico: .calico
    case .cilium: .cilium
    }
  }
}
