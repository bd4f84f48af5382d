internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Decides what is closed and what is allowed, and has it written.
struct SuggestionBuilder {
  /// A workload that NetworkPolicies cannot close, or not for sure.
  struct Exception {
    let group: Int
    /// The end of a sentence.
    let reason: String
  }

  let cluster: Cluster
  let observations: Observations
  let options: PolicySuggestion.Options
  /// Namespaces that get policies.
  let places: Set<Int>
  /// Workloads that answer for names, with their ports.
  private(set) var nameServers: [Int: Set<PlannedPolicy.Port>] = [:]
  /// By workload, the directions in which only what is allowed gets through, whoever closes them.
  private(set) var closed: [Int: Set<Direction>] = [:]
  /// Workloads of the places of which nothing was seen.
  private(set) var unseen: [Int] = []
  private(set) var exceptions: [Exception] = []
  private(set) var parts: [PolicySuggestion.Part] = []

  private let input: ClusterInput
  private let compiled: CompiledPolicies
  private let units: [ConnectivityUnit]
  /// What something declares to need, and policies let through.
  private(set) var needs: [Need] = []
  /// Where each workload looks up names.
  private var lookups: [Int: [Need.Target]] = [:]
  /// By workload, the directions that policies of the input do not close.
  private var open: [Int: Set<Direction>] = [:]
  /// By workload, the directions in which something was seen.
  private var seen: [Int: Set<Direction>] = [:]
  /// Connections that no rule can name.
  private(set) var unwritten: Set<Int> = []
  /// What has a rule of its own.
  private var written: Set<Side> = []

  /// One side of a connection.
  private struct Side: Hashable {
    /// Index into the connections.
    let connection: Int
    let direction: Direction
  }

  init(_ log: FlowLog, _ input: ClusterInput, _ cluster: Cluster, _ options: PolicySuggestion.Options) {
    self.input = input
    self.cluster = cluster
    self.options = options
    let resolver = FlowResolver(cluster)
    observations = Observations(log, resolver)
    compiled = resolver.compiled
    units = compiled.units()
    places = SystemNamespaces.places(units, in: cluster.world, only: options.namespace)
    let needs = NeedCollector.needs(input, cluster, compiled).filter { $0.kind != .probe }
    let outcomes = NeedEvaluator(cluster, compiled, units).outcomes(of: needs)
    self.needs = zip(needs, outcomes).filter { if case .met = $1 { true } else { false } }.map(\.0)
    for need in needs where need.kind == .dns {
      guard case .workload(let client) = need.source else { continue }
      lookups[client, default: []] += need.targets
      for target in need.targets {
        guard case .workload(let server) = target.end else { continue }
        nameServers[server, default: []].insert(.init(transport: target.transport, number: target.port))
      }
    }
  }

  mutating func build() {
    findSeen()
    decideWhatToClose()
    let closedOnly = FlowResolver(with(closing()))
    var writer = write(without: [], closedOnly)
    // A rule that does not help is not written: something denies the connection before NetworkPolicies are asked.
    let draft = FlowResolver(with(writer))
    let useless = written.filter { side in
      observations.connections[side.connection].flows.allSatisfy {
        draft.outcome($0, side.direction) == .denied
      }
    }
    if !useless.isEmpty { writer = write(without: useless, closedOnly) }
    parts = writer.namespaces.map { part($0, writer) }
  }

  // MARK: - What is closed

  private mutating func findSeen() {
    for connection in observations.connections {
      if let group = connection.source.workload { seen[group, default: []].insert(.egress) }
      if let group = connection.destination.workload { seen[group, default: []].insert(.ingress) }
    }
    // The log speaks of them, too, and says that nothing got through.
    for denied in observations.denied {
      for group in denied.groups { seen[group, default: []].formUnion([]) }
    }
  }

  private mutating func decideWhatToClose() {
    var peers = PolicyPeers(cluster)
    var isHost: [Int: Bool] = [:]
    for unit in units where places.contains(unit.namespace) && !AssumedPods.contains(unit.location) {
      isHost[unit.workload] = (isHost[unit.workload] ?? false) || unit.hostNetwork
      if !unit.isIngressIsolated { open[unit.workload, default: []].insert(.ingress) }
      if !unit.isEgressIsolated { open[unit.workload, default: []].insert(.egress) }
    }
    for (group, isHost) in isHost.sorted(by: { $0.key < $1.key }) {
      let isSeen = seen[group] != nil
      if !isSeen, !isHost { unseen.append(group) }
      guard isSeen || options.closesUnseen else { continue }
      if isHost {
        exceptions.append(
          Exception(
            group: group, reason: "it uses its node's network, which NetworkPolicies do not close everywhere")
        )
        continue
      }
      var directions = Set(Direction.allCases)
      if isSeen, options.onlySeenDirections { directions = seen[group] ?? [] }
      if nameServers[group] != nil, open[group]?.contains(.egress) ?? false, directions.remove(.egress) != nil
      {
        exceptions.append(
          Exception(
            group: group, reason: "its egress is left as it is: whom it asks for names need not be in the log"
          ))
      }
      if peers.selection(of: group).labels.isEmpty, !directions.isDisjoint(with: open[group] ?? []) {
        exceptions.append(
          Exception(group: group, reason: "it has no labels that last, by which a policy could select it"))
        directions.subtract(open[group] ?? [])
      }
      if !directions.isEmpty { closed[group] = directions }
    }
  }

  /// Closes what is not closed yet, and allows nothing.
  private func closing() -> SuggestionWriter {
    var writer = SuggestionWriter(input, cluster)
    for (group, directions) in closed.sorted(by: { $0.key < $1.key }) {
      for direction in Direction.allCases where directions.contains(direction) && isOpen(group, direction) {
        writer.close(group, direction, remark: remark(group, direction))
      }
    }
    return writer
  }

  private func isOpen(_ group: Int, _ direction: Direction) -> Bool {
    open[group]?.contains(direction) ?? false
  }

  private func remark(_ group: Int, _ direction: Direction) -> String? {
    let own = seen[group] ?? []
    if own.contains(direction) { return nil }
    let name = cluster.world.qualifiedName(cluster.world.workloads[group])
    if own.isEmpty {
      let what = seen[group] == nil ? "Nothing was seen of \(name)" : "Nothing was let through of \(name)"
      return direction == .ingress ? "\(what): it is closed." : nil
    }
    return direction == .ingress
      ? "Nothing was seen to connect to \(name): its ingress is closed."
      : "Nothing was seen to be opened by \(name): its egress is closed but for DNS."
  }

  // MARK: - What is allowed

  /// - Parameter closedOnly: what is allowed when everything is closed and nothing is written.
  private mutating func write(without useless: Set<Side>, _ closedOnly: FlowResolver) -> SuggestionWriter {
    var writer = closing()
    written = []
    unwritten = []
    for (number, connection) in observations.connections.enumerated() {
      for direction in Direction.allCases {
        let side = Side(connection: number, direction: direction)
        guard let group = connection.subject(direction), isClosed(group, direction), !useless.contains(side),
          connection.flows.contains(where: { closedOnly.outcome($0, direction) != .allowed })
        else { continue }
        if writer.allow(connection, direction, of: group, options) {
          written.insert(side)
        } else {
          unwritten.insert(number)
        }
      }
    }
    for (group, directions) in closed.sorted(by: { $0.key < $1.key }) {
      if directions.contains(.egress), isOpen(group, .egress) {
        for target in lookups[group] ?? [] where !Self.isAllowed(group, target, closedOnly) {
          writer.allowLookups(group, at: target)
        }
      }
      if directions.contains(.ingress), isOpen(group, .ingress) {
        for port in (nameServers[group] ?? []).sorted() {
          writer.allowClients(of: group, at: Need.Target(.workload(group), port.transport, port.number))
        }
      }
    }
    return writer
  }

  private static func isAllowed(_ group: Int, _ target: Need.Target, _ resolver: FlowResolver) -> Bool {
    guard case .workload(let server) = target.end else { return false }
    let flow = Flow(from: .workload(group), to: .workload(server), .port(target.transport, target.port))
    return resolver.outcome(flow, .egress) == .allowed
  }

  func isClosed(_ group: Int, _ direction: Direction) -> Bool {
    closed[group]?.contains(direction) ?? false
  }

  /// The input with policies that are being written.
  private func with(_ writer: SuggestionWriter) -> Cluster {
    let documents = writer.namespaces.flatMap { writer.policies(in: $0) }.map(\.yaml)
    let text = ManifestText(path: SuggestionProof.path, documents.joined(separator: "---\n"))
    return input.adding(text).cluster(cluster.profile, enforcesStaged: options.enforcesStaged)
  }

  private func part(_ namespace: String, _ writer: SuggestionWriter) -> PolicySuggestion.Part {
    let own = observations.connections.filter { connection in
      Direction.allCases.contains { direction in
        connection.subject(direction).map { place(of: $0) == namespace } ?? false
      }
    }
    var sighting = own.first?.sighting
    for connection in own.dropFirst() { sighting?.merge(connection.sighting) }
    return PolicySuggestion.Part(
      namespace: namespace, policies: writer.policies(in: namespace).map(\.yaml), connections: own.count,
      sighting: sighting)
  }

  private func place(of group: Int) -> String {
    cluster.world.namespaces[cluster.world.workloads[group].namespace].name
  }

  // MARK: - What became of it

  /// Whether a connection begins or ends in a namespace that gets policies.
  func isWanted(_ connection: ObservedConnection) -> Bool {
    Direction.allCases.contains { direction in
      connection.subject(direction).map { places.contains(cluster.world.workloads[$0].namespace) } ?? false
    }
  }

  func isWanted(_ flow: Flow) -> Bool {
    [flow.source, flow.destination].flatMap { cluster.world.endpoints(of: $0) }.contains {
      places.contains(cluster.world.endpoints[$0].namespace)
    }
  }

  func isWanted(_ unmapped: Observations.Unmapped) -> Bool {
    guard let namespace = options.namespace else { return true }
    return unmapped.entry.source.namespace == namespace || unmapped.entry.destination.namespace == namespace
  }

  func isWanted(_ denied: Observations.Denied) -> Bool {
    denied.groups.contains { places.contains(cluster.world.workloads[$0].namespace) }
  }

  /// - Parameter suggested: the cluster with the policies.
  func connections(_ suggested: FlowResolver) -> [PolicySuggestion.Connection] {
    func side(_ number: Int, _ connection: ObservedConnection, _ direction: Direction)
      -> PolicySuggestion.Side
    {
      let isAllowed = connection.flows.allSatisfy { suggested.outcome($0, direction) == .allowed }
      if !isAllowed { return .cut }
      if written.contains(Side(connection: number, direction: direction)) { return .suggested }
      return connection.subject(direction).map { isClosed($0, direction) } ?? false ? .existing : .open
    }
    return observations.connections.enumerated().filter { isWanted($0.element) }.map { number, connection in
      PolicySuggestion.Connection(
        source: connection.sourceName, destination: connection.destinationName, port: connection.portText,
        sighting: connection.sighting, egress: side(number, connection, .egress),
        ingress: side(number, connection, .ingress))
    }.sorted { ($0.source, $0.destination, $0.port) < ($1.source, $1.destination, $1.port) }
  }
}

extension ObservedConnection {
  /// The workload whose policies decide a direction; nil where it is none.
  func subject(_ direction: Direction) -> Int? {
    direction == .egress ? source.workload : destination.workload
  }
}
