package import Kubernetes

/// The sets of all source groups, made of what clusters have and how fresh that is.
///
/// One owner feeds it and publishes ``snapshot``, which is complete after every call: an edit of policies brings the members of
/// its new sources with it, and no set is ever without members that it has before and after. Transitions are events, which each
/// call answers.
///
/// A value without a clock: moments are parameters.
package struct IdentitySets: Sendable {
  package private(set) var snapshot = IdentitySnapshot()
  private var groups: [IdentityGroup] = []
  private(set) var clusters: [String: ClusterIdentities] = [:]
  private var freshness: [String: [ObservedKind: ClusterFreshness]] = [:]
  /// Which sources have the members of a selection, by integration.
  private var users: [String: [ClusterSelection: [SourcePlace]]] = [:]

  private struct SourcePlace: Sendable, Hashable, Comparable {
    let set: Int
    let source: Int

    static func < (left: SourcePlace, right: SourcePlace) -> Bool {
      (left.set, left.source) < (right.set, right.source)
    }
  }

  /// A source whose members or state may be others now.
  private struct TouchedSource {
    let place: SourcePlace
    /// Objects that may have come or left; nil for too many to tell.
    let objects: [Slot]?
  }

  package init() {}

  // MARK: - What becomes of groups

  /// Follows these groups from now on. Groups and sources that were there, and mean the same, keep versions, members and states.
  /// O(sources), and for selections that nobody asked for before, O(objects that they may select).
  package mutating func follow(_ groups: [IdentityGroup], at moment: Timestamp) -> [IdentityEvent] {
    self.groups = groups
    users = [:]
    var wanted: [String: Set<ClusterSelection>] = clusters.mapValues { _ in [] }
    for (set, group) in groups.enumerated() {
      for (place, source) in group.sources.enumerated() {
        guard case .cluster(let integration, let selection) = source.origin else { continue }
        users[integration, default: [:]][selection, default: []].append(SourcePlace(set: set, source: place))
        wanted[integration, default: []].insert(selection)
      }
    }
    for (integration, selections) in wanted {
      clusters[integration, default: ClusterIdentities()].setSelections(selections, at: moment)
      // Only new selections changed, and their sources are made below.
      _ = clusters[integration]?.takeChanges()
    }
    return rebuild(at: moment)
  }

  /// Integrations that any source names.
  package var integrations: [String] { users.keys.sorted() }

  /// What must be followed of an integration's cluster.
  package func observedKinds(of integration: String) -> Set<ObservedKind> {
    clusters[integration]?.observedKinds ?? []
  }

  // MARK: - What becomes of clusters

  /// Tells what happened in a cluster; everything that the body does is one step for readers. O(what can change).
  package mutating func update(
    _ integration: String, at moment: Timestamp, _ body: (inout ClusterIdentities) -> Void
  ) -> [IdentityEvent] {
    body(&clusters[integration, default: ClusterIdentities()])
    let changes = clusters[integration]?.takeChanges() ?? []
    snapshot.books[integration] = clusters[integration]?.book
    let users = users[integration] ?? [:]
    return resolve(
      changes.flatMap { change in
        (users[change.selection] ?? []).map { TouchedSource(place: $0, objects: change.touched) }
      }, at: moment)
  }

  /// Forgets a cluster. Sources that still name it wait for it.
  package mutating func forget(_ integration: String, at moment: Timestamp) -> [IdentityEvent] {
    clusters[integration] = nil
    freshness[integration] = nil
    snapshot.books[integration] = nil
    return follow(groups, at: moment)
  }

  // MARK: - What becomes of freshness

  /// Tells how fresh what is known of an integration's cluster is, by kind; of what is left out nothing is known. O(sources).
  package mutating func hear(
    _ freshness: [ObservedKind: ClusterFreshness], of integration: String, at moment: Timestamp
  ) -> [IdentityEvent] {
    self.freshness[integration] = freshness
    return resolveSources(of: [integration], at: moment)
  }

  /// Tells that everything that is known of an integration's cluster is equally fresh. O(sources).
  package mutating func hear(
    _ freshness: ClusterFreshness, of integration: String, at moment: Timestamp
  ) -> [IdentityEvent] {
    hear(
      Dictionary(uniqueKeysWithValues: ObservedKind.allCases.map { ($0, freshness) }), of: integration,
      at: moment)
  }

  /// Lets time pass: sources that have been stale for longer than their grace become what they shall be. O(sources).
  package mutating func transition(at moment: Timestamp) -> [IdentityEvent] {
    resolveSources(of: Set(freshness.filter { $0.value.values.contains { $0 != .fresh } }.keys), at: moment)
  }

  /// When ``transition(at:)`` has something to do next; nil for never. O(sources).
  package var nextTransition: Timestamp? {
    snapshot.sets.lazy.flatMap(\.sources).compactMap { source in
      guard source.state == .following, case .stale(let since) = freshness(of: source.source) else {
        return nil
      }
      return source.source.deadline(silentSince: since)
    }.min()
  }

  private mutating func resolveSources(of integrations: Set<String>, at moment: Timestamp) -> [IdentityEvent]
  {
    let places = integrations.flatMap { (users[$0] ?? [:]).values.joined() }
    return resolve(places.map { TouchedSource(place: $0, objects: []) }, at: moment)
  }

  // MARK: - Sets

  /// Finds out anew what some sources have, set by set.
  private mutating func resolve(_ sources: [TouchedSource], at moment: Timestamp) -> [IdentityEvent] {
    let sorted = sources.sorted { $0.place < $1.place }
    var (events, start): ([IdentityEvent], Int) = ([], 0)
    while start < sorted.count {
      let set = sorted[start].place.set
      let end = sorted[start...].firstIndex { $0.place.set != set } ?? sorted.count
      events += resolve(set, sorted[start..<end], at: moment)
      start = end
    }
    return events
  }

  /// Finds out anew what some sources of a set have.
  ///
  /// - Parameter touched: these sources of the set.
  private mutating func resolve(
    _ set: Int, _ touched: ArraySlice<TouchedSource>, at moment: Timestamp
  ) -> [IdentityEvent] {
    let old = snapshot.sets[set].sources
    var (sources, objects): ([SourceSet], TouchedObjects) = (old, TouchedObjects())
    for source in touched {
      let place = source.place.source
      sources[place] = resolved(old[place].source, canAllow: groups[set].canAllow, old[place], at: moment)
      if old[place].state == sources[place].state {
        objects.add(source.objects, of: sources[place])
      } else {
        objects.addAll(of: old[place])
        objects.addAll(of: sources[place])
      }
    }
    let (group, known) = (groups[set], snapshot.sets[set])
    let next = known.replacing(sources, canAllow: group.canAllow, touched: objects.all)
    if next.version != known.version {
      snapshot.sets[set] = next
      snapshot.version += 1
    }
    return touched.compactMap {
      event(group.id, old[$0.place.source].state, sources[$0.place.source], at: moment)
    }
  }

  /// Makes all sets of the groups, out of those there are as far as they mean the same.
  private mutating func rebuild(at moment: Timestamp) -> [IdentityEvent] {
    var events: [IdentityEvent] = []
    var next = IdentitySnapshot()
    for group in groups {
      let old = snapshot[group.id]
      var vacant = old?.sources ?? []
      var objects = TouchedObjects()
      let sources = group.sources.map { source in
        // The same source, or the one that it was before somebody changed what becomes of it.
        let place =
          vacant.firstIndex { $0.source.isSame(as: source) }
          ?? vacant.firstIndex { $0.source.origin == source.origin }
        let known = place.map { vacant.remove(at: $0) }
        let made = resolved(source, canAllow: group.canAllow, known, at: moment)
        if known.map({ !made.isSame(as: $0) }) ?? true {
          if let known { objects.addAll(of: known) }
          objects.addAll(of: made)
        }
        if let event = event(group.id, known?.state, made, at: moment) { events.append(event) }
        return made
      }
      vacant.forEach { objects.addAll(of: $0) }
      // Later than any version that a group of this name may have had before.
      next.places[group.id] = next.places[group.id] ?? next.sets.count
      next.sets.append(
        old?.replacing(sources, canAllow: group.canAllow, touched: objects.all)
          ?? IdentitySet(
            id: group.id, canAllow: group.canAllow, version: snapshot.version + 1, sources: sources))
    }
    next.books = snapshot.books
    let isSame = next.sets.elementsEqual(snapshot.sets) { $0.id == $1.id && $0.version == $1.version }
    next.version = isSame ? snapshot.version : snapshot.version + 1
    snapshot = next
    return events
  }

  /// A source with what its cluster has for it.
  private func resolved(
    _ source: Source, canAllow: Bool, _ old: SourceSet?, at moment: Timestamp
  ) -> SourceSet {
    let (known, freshness) = known(of: source)
    let state = source.state(freshness, isSynced: known?.isSynced ?? false, at: moment)
    let content = state == .waiting || state == .cleared ? nil : known
    return SourceSet(
      source: source, state: state, since: old?.state == state ? old?.since ?? moment : moment,
      isUnresolved: state == .waiting && (!canAllow || source.onStale != .clear),
      content: content ?? SelectionMembers())
  }

  /// What a source's cluster has for it, and how fresh that is.
  private func known(of source: Source) -> (SelectionMembers?, ClusterFreshness) {
    guard case .cluster(let integration, let selection) = source.origin else { return (nil, .fresh) }
    return (clusters[integration]?.members(of: selection), freshness(of: source))
  }

  /// How fresh what a source needs to know is: as the worst part of it.
  private func freshness(of source: Source) -> ClusterFreshness {
    guard case .cluster(let integration, let selection) = source.origin else { return .fresh }
    var since: Timestamp?
    for kind in selection.observedKinds {
      switch freshness[integration]?[kind] ?? .neverSynced {
      case .neverSynced: return .neverSynced
      case .fresh: break
      case .stale(let moment): since = since.map { min($0, moment) } ?? moment
      }
    }
    return since.map { .stale(since: $0) } ?? .fresh
  }

  private func event(
    _ group: String, _ from: SourceState?, _ source: SourceSet, at moment: Timestamp
  ) -> IdentityEvent? {
    guard source.integration != nil, from ?? .following != source.state else { return nil }
    let reason: IdentityEvent.Reason
    switch (source.state, freshness(of: source.source)) {
    case (.waiting, _): reason = .notSynced
    case (.following, _), (.fixed, _): reason = from == .waiting ? .firstSync : .heardAgain
    case (_, .stale(let since)): reason = .silent(since: since)
    case (_, _): reason = .notSynced
    }
    return IdentityEvent(
      group: group, source: source.source, from: from, to: source.state, reason: reason, at: moment)
  }
}

extension Source {
  /// What its members are worth.
  fileprivate func state(_ freshness: ClusterFreshness, isSynced: Bool, at moment: Timestamp) -> SourceState {
    if case .addresses = origin { return .fixed }
    guard isSynced else { return .waiting }
    switch freshness {
    case .neverSynced: return .waiting
    case .fresh: return .following
    case .stale(let since):
      if moment < deadline(silentSince: since) { return .following }
      switch onStale {
      case .clear: return .cleared
      case .keep: return .kept
      case .deny: return .denied
      }
    }
  }

  /// When it has been stale for long enough; part of a second counts as one.
  fileprivate func deadline(silentSince moment: Timestamp) -> Timestamp {
    let grace = staleGrace.components
    return moment.advanced(bySeconds: Int(clamping: grace.seconds) + (grace.attoseconds > 0 ? 1 : 0))
  }
}

/// Objects of several sources, up to a limit.
private struct TouchedObjects {
  private static let limit = 1024

  /// Nil for too many.
  private(set) var all: [ObjectNumber]? = []

  mutating func add(_ slots: [Slot]?, of source: SourceSet) {
    guard let integration = source.integration, let kind = source.kind else {
      // Written addresses have no members to tell of.
      all = nil
      return
    }
    guard let slots, let known = all, known.count + slots.count <= Self.limit else {
      all = nil
      return
    }
    all = known + slots.map { ObjectNumber(integration: integration, kind: kind, slot: $0) }
  }

  mutating func addAll(of source: SourceSet) {
    let members = source.content.members
    add(members.count <= Self.limit ? members.map(\.key) : nil, of: source)
  }
}
