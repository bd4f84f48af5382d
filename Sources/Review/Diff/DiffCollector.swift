internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Turns changes of the engine into rows with reasons. Reasons are looked up once per change, and put into words once each.
struct DiffCollector {
  private(set) var rows: [DiffReport.Row] = []
  private(set) var groups: [DiffReport.Group] = []
  private(set) var causes: [DirectionCause] = []
  let names: (before: [String], after: [String])
  private let comparison: ConnectivityComparison
  private let texts: (before: DecidersText, after: DecidersText)
  private let policyChanges: [PolicyIdentity: PolicyChange]
  private var objects: ObjectChanges
  private var causePlaces: [CausePlace: Int] = [:]
  private var causeNumbers: [CauseKey: Int] = [:]
  private var numbersOfCauses: [DirectionCause: Int] = [:]
  private var groupNumbers: [DiffReport.Group: Int] = [:]
  /// Of rows whose ends are as before, by the causes.
  private var groupsOfCauses: [[Int]: Int] = [:]
  private var differences: [[ConnectivityWalk.ConnectionID]: TrafficDifference] = [:]

  /// Where a cause is looked up; many pairs of units have the same.
  private struct CausePlace: Hashable {
    let direction: Direction
    let before: DecidingPlace
    let after: DecidingPlace
    /// Numbers of what flows.
    let connections: [ConnectivityWalk.ConnectionID]
  }

  private struct CauseKey: Hashable {
    let direction: Direction
    let before: Deciders
    let after: Deciders
  }

  init(_ comparison: ConnectivityComparison, _ policyChanges: [PolicyChange], tiersBefore: [Tier]) {
    self.comparison = comparison
    names = (
      ConnectivityReport.names(comparison.before.units, comparison.before.compiled.world),
      ConnectivityReport.names(comparison.after.units, comparison.after.compiled.world)
    )
    texts = (DecidersText(comparison.before.compiled), DecidersText(comparison.after.compiled))
    self.policyChanges = Dictionary(policyChanges.map { ($0.identity, $0) }) { first, _ in first }
    objects = ObjectChanges(comparison, tiersBefore: tiersBefore)
  }

  mutating func add(_ change: ConnectivityComparison.Change) {
    let traffic = difference(change)
    if let effect = oneSided(change) {
      // One group per workload: its rows to others of the same fate are its own.
      let known = [change.source, change.destination].lazy.compactMap(oneSidedName).first
      let group = number(of: .init(effect: effect, policies: [], workloads: known.map { [$0] } ?? []))
      append(change, traffic, effect, [], group)
      return
    }
    let numbers = [Direction.egress, .ingress].compactMap { cause($0, change, traffic.whole) }
    let changed = [change.source, change.destination].filter { objects.isChanged($0) }
    let effect = changed.isEmpty ? .policies : objects.effect(change)
    append(change, traffic, effect, numbers, group(effect, numbers, changed))
  }

  private mutating func group(
    _ effect: DiffReport.Effect, _ numbers: [Int], _ changed: [ConnectivityComparison.End]
  ) -> Int {
    if changed.isEmpty, let known = groupsOfCauses[numbers] { return known }
    let identities = numbers.reduce(into: Set<PolicyIdentity>()) { $0.formUnion(causes[$1].policies) }
    let policies =
      effect == .objects
      ? [] : identities.compactMap { policyChanges[$0] }.sorted { $0.identity < $1.identity }
    let workloads = effect == .policies ? [] : Array(Set(changed.map(name))).sorted()
    let group = number(of: .init(effect: effect, policies: policies, workloads: workloads))
    if changed.isEmpty { groupsOfCauses[numbers] = group }
    return group
  }

  private mutating func append(
    _ change: ConnectivityComparison.Change, _ traffic: TrafficDifference, _ effect: DiffReport.Effect,
    _ causes: [Int], _ group: Int
  ) {
    let (source, destination) = (end(change.source), end(change.destination))
    rows.append(
      DiffReport.Row(
        source: name(change.source), destination: name(change.destination), sourceEnd: source,
        destinationEnd: destination, traffic: traffic, effect: effect,
        touchesInternet: source.touchesInternet || destination.touchesInternet, causes: causes, group: group))
  }

  private mutating func difference(_ change: ConnectivityComparison.Change) -> TrafficDifference {
    let key = [change.before, change.after]
    if let known = differences[key] { return known }
    let found = TrafficDifference(
      from: comparison.before.connection(change.before), to: comparison.after.connection(change.after))
    differences[key] = found
    return found
  }

  private mutating func number(of group: DiffReport.Group) -> Int {
    if let known = groupNumbers[group] { return known }
    groupNumbers[group] = groups.count
    groups.append(group)
    return groups.count - 1
  }

  // MARK: - Ends

  private func end(_ end: ConnectivityComparison.End) -> DiffEnd {
    switch end {
    case .unit(_, let new?): DiffEnd(comparison.after.units[new], comparison.after.compiled.world)
    case .unit(let old?, nil): DiffEnd(comparison.before.units[old], comparison.before.compiled.world)
    case .unit(nil, nil): .name("")
    case .addresses(let addresses): .addresses(addresses)
    case .name(let text): .name(text)
    }
  }

  /// Where both sides have a name, that of the side which tells more pods apart.
  private func name(_ end: ConnectivityComparison.End) -> String {
    switch end {
    case .unit(let old?, let new?):
      let (own, other) = (comparison.before.units[old], comparison.after.units[new])
      return own.endpoints.count < other.endpoints.count ? names.before[old] : names.after[new]
    case .unit(let old?, nil): return names.before[old]
    case .unit(nil, let new?): return names.after[new]
    case .unit(nil, nil): return ""
    case .addresses(let addresses): return addresses.description
    case .name(let text): return text
    }
  }

  private func oneSidedName(_ end: ConnectivityComparison.End) -> String? {
    switch end {
    case .unit(let old?, nil): comparison.matching.vanished.contains(old) ? names.before[old] : nil
    case .unit(nil, let new?): comparison.matching.appeared.contains(new) ? names.after[new] : nil
    case .unit, .addresses, .name: nil
    }
  }

  private func oneSided(_ change: ConnectivityComparison.Change) -> DiffReport.Effect? {
    for end in [change.source, change.destination] {
      switch end {
      case .unit(_?, nil): return .vanished
      case .unit(nil, _?): return .appeared
      case .unit, .addresses, .name: continue
      }
    }
    return nil
  }

  // MARK: - Causes

  /// Nil when the direction lets the same through as before.
  private mutating func cause(
    _ direction: Direction, _ change: ConnectivityComparison.Change, _ traffic: TrafficSet
  ) -> Int? {
    let place = place(direction, change)
    if let place, let known = causePlaces[place] { return known < 0 ? nil : known }
    let found = findCause(direction, change, traffic)
    if let place { causePlaces[place] = found ?? -1 }
    return found
  }

  private func place(_ direction: Direction, _ change: ConnectivityComparison.Change) -> CausePlace? {
    guard case .unit(let oldSource?, let newSource?) = change.source,
      case .unit(let oldDestination?, let newDestination?) = change.destination
    else { return nil }
    let (before, after) = (comparison.before, comparison.after)
    guard
      let old = before.compiled.decidingPlace(
        direction, from: before.units[oldSource], to: before.units[oldDestination]),
      let new = after.compiled.decidingPlace(
        direction, from: after.units[newSource], to: after.units[newDestination])
    else { return nil }
    return CausePlace(
      direction: direction, before: old, after: new, connections: [change.before, change.after])
  }

  private mutating func findCause(
    _ direction: Direction, _ change: ConnectivityComparison.Change, _ traffic: TrafficSet
  ) -> Int? {
    guard let source = rowEnds(change.source), let destination = rowEnds(change.destination) else {
      return nil
    }
    let key = CauseKey(
      direction: direction,
      before: comparison.before.compiled.deciders(
        direction, from: source.before, to: destination.before, about: traffic),
      after: comparison.after.compiled.deciders(
        direction, from: source.after, to: destination.after, about: traffic))
    if key.before.certain == key.after.certain, key.before.possible == key.after.possible { return nil }
    if let known = causeNumbers[key] { return known }
    let cause = DirectionCause(
      direction: direction, before: texts.before.text(key.before), after: texts.after.text(key.after),
      policies: responsible(key),
      location: texts.after.location(key.after) ?? texts.before.location(key.before))
    let number = numbersOfCauses[cause] ?? causes.count
    if number == causes.count { causes.append(cause) }
    numbersOfCauses[cause] = number
    causeNumbers[key] = number
    return number
  }

  /// The policies that changed and decide: what closes a direction matters only where no rule lets anything through on the
  /// other side. All that are spoken of where none of those changed.
  private func responsible(_ key: CauseKey) -> Set<PolicyIdentity> {
    let rules = texts.before.ruling(key.before.allows + key.before.denials).union(
      texts.after.ruling(key.after.allows + key.after.denials))
    var deciding = rules
    if key.after.allows.isEmpty { deciding.formUnion(texts.before.closing(key.before)) }
    if key.before.allows.isEmpty { deciding.formUnion(texts.after.closing(key.after)) }
    if deciding.contains(where: isChanged) { return deciding }
    let spoken = rules.union(texts.before.closing(key.before)).union(texts.after.closing(key.after))
    if spoken.contains(where: isChanged) { return spoken }
    // A rule that passes decides nothing by itself, and brings others to decide.
    return texts.before.concerned(key.before).union(texts.after.concerned(key.after))
  }

  private func isChanged(_ policy: PolicyIdentity) -> Bool { policyChanges[policy] != nil }

  private func rowEnds(
    _ end: ConnectivityComparison.End
  ) -> (before: CompiledPolicies.RowEnd, after: CompiledPolicies.RowEnd)? {
    switch end {
    case .unit(let old?, let new?):
      return (.unit(comparison.before.units[old]), .unit(comparison.after.units[new]))
    case .unit: return nil
    case .addresses(let addresses): return (.addresses(addresses), .addresses(addresses))
    case .name(let text):
      guard let old = comparison.before.compiled.namedEnd(called: text),
        let new = comparison.after.compiled.namedEnd(called: text)
      else { return nil }
      return (.name(old), .name(new))
    }
  }
}
