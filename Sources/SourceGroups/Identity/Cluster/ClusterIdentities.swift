internal import Kubernetes

/// Who is behind which address of one cluster, and whom selections select there.
///
/// It is told what changes (`apply`, `remove`), or the whole truth after a list (`replace`), and then asked what became of the
/// selections (``takeChanges()``). The whole truth is applied as a difference to what was known: nobody who was selected before
/// and after it is missing in between. Something that is known already is no change.
///
/// Costs follow what can change. A pod event asks the selections whose anchor (one of their positive conditions) it meets, in
/// its namespace and among those for every namespace, and looks at the pods with the same address; a new selection looks at
/// the distinct label sets with its rarest label, or at the pods of the namespaces that it asks for. Nothing that happens often looks
/// at all pods. 100,000 pods in five sets each take about 60 MB.
///
/// A value without a clock: moments are parameters, and the same events give the same sets.
package struct ClusterIdentities: Sendable {
  var pods = Slots<PodRecord>()
  var labelSets = LabelSets()
  /// The first pod of each label set; the others follow through ``PodRecord/next``.
  var podsByLabels: [Slot] = []
  var nodeNames = SharedNames()
  var serviceAccounts = SharedNames()
  var namespaces = Slots<NamespaceRecord>()
  var namespaceSlots: [String: Slot] = [:]
  var nodes = Slots<NodeRecord>()
  var nodeSlots: [NamespacedName: Slot] = [:]
  var services = ServiceTable()

  var selections = Slots<SelectionState>()
  var selectionSlots: [ClusterSelection: Slot] = [:]
  /// Pod selections that ask nothing of namespaces, by what they ask of pods.
  var podIndex = SelectorIndex()
  /// Pod selections that do, by what they ask of namespaces.
  var namespaceIndex = SelectorIndex()
  var nodeIndex = SelectorIndex()

  /// What has been listed once.
  package private(set) var synced: Set<ObservedKind> = []
  /// Who has which address, whether anybody selects them or not.
  package internal(set) var book = AddressBook()
  var unsettledPods: [Slot] = []
  var unsettledEndpoints: [Slot] = []
  /// Counts lists of pods, so that those which a list did not mention can be told.
  var listing: UInt32 = 0
  private var touchedSelections: Set<Slot> = []
  private var version: UInt64 = 0

  package init() {}

  package var podCount: Int { pods.count }

  /// What must be followed for the selections there are.
  package var observedKinds: Set<ObservedKind> {
    selectionSlots.keys.reduce(into: []) { $0.formUnion($1.observedKinds) }
  }

  /// Whom a selection selects, as ``takeChanges()`` last said; nil when nobody has asked for it. O(1).
  package func members(of selection: ClusterSelection) -> SelectionMembers? {
    selectionSlots[selection].flatMap { selections[$0]?.published }
  }

  /// What became of selections since the last call. Nothing is handed out that is as it was. O(changes × log members).
  package mutating func takeChanges() -> [SelectionChange] {
    if touchedSelections.isEmpty { return [] }
    var changes: [SelectionChange] = []
    for slot in touchedSelections.sorted() {
      if let change = selections[slot]?.publish(version: version + 1) {
        version += 1
        changes.append(change)
      }
    }
    touchedSelections.removeAll(keepingCapacity: true)
    return changes
  }

  /// Says what an object is to a selection.
  mutating func place(
    _ slot: Slot, in selection: Slot, member: Identity? = nil, exclusion: Exclusion? = nil,
    at moment: Timestamp
  ) {
    selections[selection]?.place(slot, member: member, exclusion: exclusion, at: moment)
    if selections[selection]?.isUntouched == false { touchedSelections.insert(selection) }
  }

  mutating func markSynced(_ kind: ObservedKind) {
    if synced.insert(kind).inserted { selectionSlots.values.forEach { updateSynced($0) } }
  }

  /// A selection is synced when everything is that it depends on.
  mutating func updateSynced(_ slot: Slot) {
    guard let selection = selections[slot]?.selection else { return }
    selections[slot]?.setSynced(selection.observedKinds.isSubset(of: synced))
    touchedSelections.insert(slot)
  }

  /// Decides on everything that an event may have changed. O(unsettled × (labels + candidates)).
  mutating func settle(at moment: Timestamp) {
    for slot in unsettledPods { settlePod(slot, at: moment) }
    unsettledPods.removeAll(keepingCapacity: true)
    for slot in unsettledEndpoints { settleEndpoint(slot, at: moment) }
    unsettledEndpoints.removeAll(keepingCapacity: true)
  }

  mutating func unsettlePod(_ slot: Slot) {
    guard pods[slot]?.isUnsettled == false else { return }
    pods[slot]?.isUnsettled = true
    unsettledPods.append(slot)
  }

  mutating func unsettleEndpoint(_ slot: Slot) {
    guard services.endpoints[slot]?.isUnsettled == false else { return }
    services.endpoints[slot]?.isUnsettled = true
    unsettledEndpoints.append(slot)
  }

  /// Everybody else who claims one of the addresses may win or lose it. O(addresses × (log n + claimants)).
  mutating func unsettleClaimants(of addresses: [IPAddress]) {
    for address in addresses {
      for claimant in claimants(of: address) {
        switch claimant.kind {
        case .pod: if pods[claimant.slot]?.claimsAddresses == true { unsettlePod(claimant.slot) }
        case .endpoint: unsettleEndpoint(claimant.slot)
        case .node: break
        }
      }
    }
  }

  private func claimants(of address: IPAddress) -> [Identity] {
    var claimants: [Identity] = []
    book.forEachClaimant(of: address) { claimants.append($0) }
    return claimants
  }

  /// The pod whose own an address is; nil when no pod claims it for itself. O(log n + claimants).
  func owner(of address: IPAddress) -> PodRecord? {
    var owner: PodRecord?
    book.forEachClaimant(of: address) { claimant in
      guard claimant.kind == .pod, let pod = pods[claimant.slot], pod.claimsAddresses else { return }
      if owner.map(pod.precedes) ?? true { owner = pod }
    }
    return owner
  }
}

extension [IPAddress] {
  /// Those that can tell an object from others: loopback and the like are everybody's. Ascending, without repetition.
  var identifying: [IPAddress] {
    let own = allSatisfy(\.isOfOneHost) ? self : filter(\.isOfOneHost)
    return own.count < 2 ? own : Set(own).sorted()
  }
}
