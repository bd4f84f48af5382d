package import Kubernetes
internal import Nftables
package import SourceGroups

/// What a gateway enforces: a document, who its senders are at the moment, and the program of nftables that says so.
///
/// A value without a clock that does no I/O. Each call makes it the next state, and answers what the kernel must be told:
/// whoever tells it applies each answer as a whole and in order, or starts again from ``replacement(_:)``.
///
/// Every packet is judged by the connection that it belongs to, in the kernel's own view of it: by who opened it, and by
/// whom it really reaches. So the packets of both directions are judged alike, and an edit or a member that leaves cuts open
/// connections with the next packet. A group is a chain, and a class of senders is a chain that asks its groups in
/// order; an edit of a rule rewrites the chain of its group and moves nobody.
package struct Gateway: Sendable {
  package let settings: GatewaySettings
  private(set) var document: DocumentProgram
  let sources: SourceTable
  let networks: WrittenNetworks
  var statuses: [SourceKey: SourceStatus]
  var members: AddressMembers
  var classes: ClassTable
  /// Those that run, each with how long it was said to run.
  var leases: [Lease: Duration]
  /// Where senders that no cluster has find their classes.
  private(set) var networksChain: Chain
  /// Of all parts of the program but elements that change.
  var fingerprint: UInt64 = 0

  /// A gateway that nothing passes: it has no document yet.
  package init(_ settings: GatewaySettings) {
    let start = SourceLocation(file: SourceFile(path: "<none>"), line: 1, column: 1)
    let nothing = SourceGroupPolicy(
      name: "none", defaultPolicy: Located(.deny, at: start), groups: [], location: start)
    self.init(nothing, [:], leases: [:], settings)
  }

  /// A gateway from the start.
  ///
  /// - Parameters:
  ///   - identities: what is known of each source of a cluster; those that are left out are waited for, and have no members.
  ///   - leases: for how long from now on those may run of which it is known; see ``wantedLeases``.
  package init(
    _ policy: SourceGroupPolicy, _ identities: [SourceKey: SourceIdentities], leases: [Lease: Duration],
    _ settings: GatewaySettings
  ) {
    let sources = SourceTable(policy)
    var members = AddressMembers()
    // Some addresses have several sources: for all of them there would be too much room.
    members.reserveCapacity(identities.values.reduce(0) { $0 + $1.addresses.count } / 2)
    for (key, source) in identities {
      guard let number = sources.clusterSource(key) else { continue }
      for (address, count) in source.addresses { members.join(address, number, count: count) }
    }
    self.init(
      DocumentProgram(policy, settings), sources, WrittenNetworks(sources), identities.mapValues(\.status),
      members, leases: leases)
  }

  init(
    _ document: DocumentProgram, _ sources: SourceTable, _ networks: WrittenNetworks,
    _ statuses: [SourceKey: SourceStatus], _ members: AddressMembers, leases: [Lease: Duration]
  ) {
    settings = document.settings
    self.document = document
    self.sources = sources
    self.networks = networks
    self.statuses = statuses
    self.members = members
    self.leases = [:]
    classes = ClassTable(document, sources, unresolved: sources.unresolved(statuses))
    networksChain = networks.chain(&classes)
    for (address, number) in members.memberships {
      let written = networks.sources(of: address)
      classes.addSender(to: classes.place(of: number, members.sources(number), written: written))
    }
    _ = classes.settle()
    self.leases = leases.filter { $1 > .zero && canRun($0) }
    fingerprint = structure.fingerprint
  }

  /// Makes it the gateway of a document that has the same sources and other rules.
  mutating func edit(_ document: DocumentProgram) {
    self.document = document
    classes.follow(document)
    _ = classes.settle()
    fingerprint = structure.fingerprint
  }

  // MARK: - What is asked of it

  package var policy: SourceGroupPolicy { document.policy }
  /// What the identifiers in counters and log entries stand for.
  package var names: ProgramNames { document.names }
  package var namesTable: NamesTable { NamesTable(policy, document.ruleNames) }
  /// Leases that say what members are worth: how long each may still run is to be told with ``renew(_:)``.
  package var wantedLeases: [Lease] { sources.leases }

  /// Groups that a sender may be a member of, in the order in which they are asked: whatever its zone, and whichever leases
  /// run. O(log addresses that are written + sources).
  package func groups(of address: IPAddress) -> [String] {
    let own = members.number(of: address).map { members.sources($0) } ?? []
    let place = classes.place(knownMemberOf: (own + networks.sources(of: address)).sorted())
    return place.map { classes.senderClass($0).steps.map(\.group) } ?? []
  }

  /// The class of an address of a cluster; nil for others. O(log addresses that are written).
  func place(of address: IPAddress) -> Int? {
    members.number(of: address).flatMap { place(of: address, $0) }
  }

  /// - Parameter number: of the set of sources that have it.
  func place(of address: IPAddress, _ number: Int) -> Int? {
    classes.place(known: number, members.sources(number), written: networks.sources(of: address))
  }

  /// Whether nothing is known that speaks against a lease: all its sources follow their clusters.
  func canRun(_ lease: Lease) -> Bool {
    let own = sources.entries.filter { $0.lease == lease }
    return !own.isEmpty && own.allSatisfy { statuses[$0.key]?.isFollowing ?? false }
  }
}

extension SourceTable {
  /// Sources that nobody can tell the members of, ascending.
  func unresolved(_ statuses: [SourceKey: SourceStatus]) -> [SourceNumber] {
    entries.indices.filter { statuses[entries[$0].key]?.isUnresolved ?? false }.map { SourceNumber($0) }
  }
}

extension WrittenNetworks {
  /// Where senders that no cluster has find their classes; the last is for everybody else.
  fileprivate func chain(_ classes: inout ClassTable) -> Chain {
    var rules: [Rule] = []
    for family in AddressFamily.allCases {
      var ranges: [(first: IPAddress, last: IPAddress, place: Int)] = []
      for part in parts where part.first.family == family {
        let place = classes.place(memberOf: part.sources)
        classes.fix(place)
        if let last = ranges.last, last.place == place, last.last.bits + 1 == part.first.bits {
          ranges[ranges.count - 1].last = part.last
        } else {
          ranges.append((part.first, part.last, place))
        }
      }
      let elements = ranges.map { range in
        VerdictMap.Element([Interval(covering: range.first, range.last)], .goto(classes.name(range.place)))
      }
      if let whole = elements.first, ranges[0].first.bits == 0, ranges[0].last.bits == family.lastBits {
        rules.append(Rule([.family(family)], [], whole.verdict))
      } else if !elements.isEmpty {
        rules.append(Rule([.verdicts([family.opener], elements)]))
      }
    }
    let others = classes.place(memberOf: [])
    classes.fix(others)
    return Chain(GatewayTable.networks, rules + [Rule([], [], .goto(classes.name(others)))])
  }
}
