internal import Kubernetes
internal import PolicyModel

/// One way in which what a row does not know may turn out. A row is computed for each, and what they disagree
/// about is undefined.
struct RowCase: Sendable, Hashable {
  var peers = PeerCase()
  /// The atom of the subject's own address, where rules ask for it and it is not known; else -1.
  var atomOfSubject: Int32 = -1
  /// Nil when no rule looks at it.
  var sourcePort: UInt16?
}

/// A tier as far as it concerns a row.
struct RowTier: Sendable, Hashable {
  /// Index of the tier.
  let tier: Int32
  let combination: Tier.Combination
  /// The policies of the row that close the direction at the end of the tier.
  let closing: [Int32]
  /// Whether policies of the row have one rank, and nobody says which of them goes first.
  let mayTie: Bool
  /// Whether its rules are not asked: what it closes is open, and nothing is left for later tiers.
  let isExempt: Bool

  var isolates: Bool { !closing.isEmpty }
}

/// A rule with its peers as sets.
struct CompiledRule: Sendable {
  let rule: Rule
  let policy: Int32
  let tier: Int32
  /// The place of its policy in the tier; equal for policies of one rank.
  let rank: Int32
  let peers: CompiledPeers
  /// Whom it asks the subject to be; nil when it does not.
  let subject: CompiledPeers?
  /// What is perhaps among the peers, by labels that nobody knows.
  var doubtfulPeers: PartySet?
}
