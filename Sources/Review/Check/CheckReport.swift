package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// The main answer: what was read, what is wrong, who is isolated and which namespaces talk.
package struct CheckReport: Sendable {
  /// What was read.
  package let summary: InputSummary
  package let profile: String
  /// Why the profile was taken; nil when it was asked for.
  package let profileReason: String?
  /// What was known of the cluster besides the manifests.
  package let facts: ClusterFacts
  /// Problems of the text and of the policies, in the order of the places.
  package let problems: [Diagnostic]
  /// A part of the input could not be read, so that every other number may be wrong.
  package let isIncomplete: Bool
  /// One entry per namespace with workloads, in order.
  package let coverage: [NamespaceCoverage]
  /// Which namespaces talk to which.
  package let matrix: NamespaceMatrix

  /// How much of a namespace is isolated.
  package struct NamespaceCoverage: Sendable {
    package let namespace: String
    /// Counts rows of `connectivity`: pods of one workload that policies tell apart count one by one.
    package var workloads = 0
    /// Workloads to which only what a rule allows may connect.
    package var ingressIsolated = 0
    /// Workloads that may only connect to what a rule allows.
    package var egressIsolated = 0
    /// Workloads that nothing isolates in any direction, and to which no rule denies anything.
    package var open: [String] = []
  }

  /// Compiles the policies and walks all pairs of workloads once.
  package init(_ cluster: Cluster) {
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    summary = cluster.summary
    profile = cluster.profile.name
    profileReason = cluster.profileReason
    facts = cluster.facts
    problems = (cluster.diagnostics + Findings(cluster, compiled).all()).sortedByLocation()
    isIncomplete = cluster.isIncomplete
    let report = ConnectivityReport(cluster, compiled)
    coverage = Self.coverage(report)
    matrix = NamespaceMatrix(report)
  }

  package var hasErrors: Bool { problems.contains { $0.severity == .error } }

  private static func coverage(_ report: ConnectivityReport) -> [NamespaceCoverage] {
    var coverage: [NamespaceCoverage] = []
    for (number, unit) in report.units.enumerated() {
      let name = report.cluster.world.namespaces[unit.namespace].name
      if coverage.last?.namespace != name { coverage.append(NamespaceCoverage(namespace: name)) }
      coverage[coverage.count - 1].workloads += 1
      if unit.isIngressIsolated { coverage[coverage.count - 1].ingressIsolated += 1 }
      if unit.isEgressIsolated { coverage[coverage.count - 1].egressIsolated += 1 }
      if !unit.isIngressIsolated, !unit.isEgressIsolated, !unit.isDeniedSomething {
        coverage[coverage.count - 1].open.append(report.names[number])
      }
    }
    return coverage
  }
}

/// How many pairs of workloads may talk at all, from namespace to namespace.
package struct NamespaceMatrix: Sendable {
  /// Namespaces with workloads, in order.
  package let namespaces: [String]
  /// `connected[from][to]`: pairs of workloads that may exchange something.
  package private(set) var connected: [[Int]]
  /// `total[from][to]`: pairs there are.
  package let total: [[Int]]
  /// Workloads of each namespace that may send to, and receive from, addresses outside the input.
  package private(set) var toOutside: [Int]
  package private(set) var fromOutside: [Int]
  /// Workloads of each namespace, what the columns of outside addresses are out of.
  package let workloads: [Int]

  init(_ report: ConnectivityReport) {
    let places = Set(report.units.map(\.namespace)).sorted()
    var indices: [Int: Int] = [:]
    for (index, place) in places.enumerated() { indices[place] = index }
    namespaces = places.map { report.cluster.world.namespaces[$0].name }
    let indexOfUnit = report.units.map { indices[$0.namespace] ?? 0 }
    var counts = [Int](repeating: 0, count: places.count)
    var connected = [[Int]](repeating: counts, count: places.count)
    var total = connected
    var pairsWithin = counts
    for (number, unit) in report.units.enumerated() {
      counts[indexOfUnit[number]] += 1
      // A single pod has no other replica to talk to.
      let isOnePod =
        unit.endpoints.count == 1 && report.cluster.world.endpoints[unit.endpoints[0]].kind == .pod
      if isOnePod { pairsWithin[indexOfUnit[number]] -= 1 }
    }
    for from in places.indices {
      for to in places.indices {
        total[from][to] = counts[from] * counts[to] + (from == to ? pairsWithin[from] : 0)
      }
    }
    var toOutside = [Int](repeating: 0, count: places.count)
    var fromOutside = toOutside
    let walk = ConnectivityWalk(report.compiled, units: report.units)
    for source in report.units.indices {
      for found in walk.destinations(of: source) {
        connected[indexOfUnit[source]][indexOfUnit[Int(found.unit)]] += 1
      }
      if !walk.outsideDestinations(of: source).isEmpty { toOutside[indexOfUnit[source]] += 1 }
      if !walk.outsideSources(of: source).isEmpty { fromOutside[indexOfUnit[source]] += 1 }
    }
    self.connected = connected
    self.total = total
    self.toOutside = toOutside
    self.fromOutside = fromOutside
    workloads = counts
  }
}
