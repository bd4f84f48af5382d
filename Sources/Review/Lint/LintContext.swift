internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What rules look at, computed once for all of them.
struct LintContext: Sendable {
  let input: ClusterInput
  let cluster: Cluster
  let compiled: CompiledPolicies
  /// Without what is only assumed to be there.
  let units: [ConnectivityUnit]
  let selected: SelectedEndpoints
  /// For each policy, the endpoints that it selects.
  let subjects: [[Int]]
  /// For each policy, the numbers of its rules.
  let rulesOfPolicies: [[Int32]]
  let effects: RuleEffects
  let needs: [(need: Need, outcome: NeedOutcome)]
  let reach: OutgoingReach
  let evaluator: FlowEvaluator
  let findings: Findings

  init(_ input: ClusterInput, _ cluster: Cluster) {
    self.input = input
    self.cluster = cluster
    let compiled = CompiledPolicies(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    self.compiled = compiled
    let units = compiled.units()
    self.units = units.filter { !AssumedPods.contains($0.location) }
    let selected = SelectedEndpoints(compiled)
    self.selected = selected
    subjects = compiled.policies.indices.map { selected.of(policy: $0) }
    rulesOfPolicies = compiled.rulesOfPolicies
    effects = RuleEffects(compiled, cluster.tiers)
    let evaluator = NeedEvaluator(cluster, compiled, units)
    let needs = NeedCollector.needs(input, cluster, compiled)
    self.needs = zip(needs, evaluator.outcomes(of: needs)).map { ($0, $1) }
    reach = OutgoingReach(cluster.world, compiled, units)
    self.evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
    findings = Findings(cluster, compiled)
  }

  var world: World { cluster.world }

  /// `shop/web`
  func name(_ unit: ConnectivityUnit) -> String { "\(world.namespaces[unit.namespace].name)/\(unit.name)" }

  func object(_ unit: ConnectivityUnit) -> ObjectName {
    ObjectName(kind: unit.kind, namespace: world.namespaces[unit.namespace].name, name: unit.name)
  }

  /// `3 workloads (shop/a, shop/b and 1 more)`.
  func words(_ endpoints: [Int]) -> String {
    let groups = Set(endpoints.map { world.endpoints[$0].workload }).sorted()
    return Self.list(groups.map { world.qualifiedName(world.workloads[$0]) })
  }

  /// The first names of a list: `a`, `a and b`, `a, b, c and 2 more`.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(names.count == 4 ? 4 : 3)
    if names.count > shown.count {
      return "\(shown.joined(separator: ", ")) and \(names.count - shown.count) more"
    }
    guard let last = shown.last, shown.count > 1 else { return shown.joined() }
    return "\(shown.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension ObjectName {
  init(_ identity: PolicyIdentity) {
    self.init(kind: identity.kind, namespace: identity.namespace, name: identity.name)
  }
}

/// How far workloads can connect.
struct OutgoingReach: Sendable {
  /// More public addresses than one organisation has.
  private static let internetSize = UInt128(1) << 24

  /// By workload: whether some pod but those of cluster DNS can certainly be reached.
  private(set) var reachesPods: [Bool]
  /// By workload: whether about every address outside can be reached on some port.
  private(set) var reachesInternet: [Bool]

  /// O(units²) for those that are closed.
  init(_ world: World, _ compiled: CompiledPolicies, _ units: [ConnectivityUnit]) {
    reachesPods = [Bool](repeating: false, count: world.workloads.count)
    reachesInternet = reachesPods
    let walk = ConnectivityWalk(compiled, units: units)
    for (number, unit) in units.enumerated() {
      guard compiled.concerns(unit, .egress) else {
        reachesPods[unit.workload] = true
        reachesInternet[unit.workload] = true
        continue
      }
      if !reachesPods[unit.workload] {
        reachesPods[unit.workload] = walk.destinations(of: number).contains { found in
          let other = units[Int(found.unit)]
          return other.workload != unit.workload && !walk.connection(found.connection).certain.isEmpty
            && !WellKnownPods.isDNS(world.endpoints[other.endpoints[0]].labels)
        }
      }
      for outside in walk.outsideDestinations(of: number) {
        guard case .addresses(let set) = outside.end, !walk.connection(outside.connection).certain.isEmpty
        else { continue }
        let size = walk.addressSets[set].intervals.reduce(UInt128(0)) { sum, interval in
          interval.family == .ipv4 ? sum + (interval.last - interval.first) : sum
        }
        if size >= Self.internetSize { reachesInternet[unit.workload] = true }
      }
    }
  }
}
