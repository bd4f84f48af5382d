internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What a change of manifests does to who can talk to whom, and why.
package struct DiffReport {
  /// Why a row is another one.
  package enum Effect: String, Sendable, Hashable {
    /// Policies say something else.
    case policies
    /// The ends themselves are other ones: labels, ports, addresses.
    case objects
    /// Both.
    case policiesAndObjects = "policies and objects"
    /// An end is new.
    case appeared
    /// An end is gone.
    case vanished
  }

  /// One pair of ends between which something else may flow.
  package struct Row: Sendable {
    package let source: String
    package let destination: String
    /// What the names stand for.
    let sourceEnd: DiffEnd
    let destinationEnd: DiffEnd
    package let traffic: TrafficDifference
    package let effect: Effect
    /// Whether an end is an address or a name outside the cluster, that anybody on the internet may have.
    package let touchesInternet: Bool
    /// Why, per direction that changed; index into ``DiffReport/causes``.
    package let causes: [Int]
    /// Index into ``DiffReport/groups``.
    package let group: Int
  }

  /// Rows that changed for the same reason.
  package struct Group: Sendable, Hashable {
    package let effect: Effect
    /// The policies that brought it about; those of ``DiffReport/policyChanges``.
    package let policies: [PolicyChange]
    /// The workloads that are other ones.
    package let workloads: [String]
  }

  package let before: Cluster
  package let after: Cluster
  /// Policies that mean something else, whether that changes any row or not.
  package let policyChanges: [PolicyChange]
  /// Workloads that are new, and those that are gone.
  package let appeared: [String]
  package let vanished: [String]
  package let rows: [Row]
  /// Every unit of both sides.
  let workloads: [DiffEnd]
  package let groups: [Group]
  package let causes: [DirectionCause]

  /// Compares. O(workloads²) small steps, plus what changed.
  package init(_ pair: ClusterPair) {
    before = pair.before
    after = pair.after
    policyChanges = PolicyChange.all(from: pair.before.tiers, to: pair.after.tiers)
    let comparison = ConnectivityComparison(pair.compiledBefore, pair.compiledAfter)
    var collector = DiffCollector(comparison, policyChanges, tiersBefore: pair.before.tiers)
    comparison.forEachChange { collector.add($0) }
    appeared = comparison.matching.appeared.map { collector.names.after[$0] }
    vanished = comparison.matching.vanished.map { collector.names.before[$0] }
    rows = collector.rows
    workloads =
      comparison.before.units.map { DiffEnd($0, comparison.before.compiled.world) }
      + comparison.after.units.map { DiffEnd($0, comparison.after.compiled.world) }
    groups = collector.groups
    causes = collector.causes
  }

  /// Whether the same may flow between all ends, and no end is new or gone.
  package var isEmpty: Bool { rows.isEmpty && appeared.isEmpty && vanished.isEmpty }

  /// How many rows carry more than before, and how many carry less; a row may do both.
  package var counts: (opened: Int, closed: Int) {
    (rows.count { $0.traffic.opens }, rows.count { $0.traffic.closes })
  }
}
