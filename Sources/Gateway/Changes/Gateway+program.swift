internal import Kubernetes
package import Nftables
internal import SourceGroups

/// Elements that change with members, by the family of the map that has them.
typealias SenderElements = [AddressFamily: [MarkMap.Element]]

extension Gateway {
  /// All of it, with leases that run for as long as was said when they were renewed: to be read, and not for a kernel.
  package var program: NftablesProgram { program(senders, leases) }

  /// Whatever the kernel has: a table of the name is replaced at once by all of the program.
  ///
  /// - Parameters:
  ///   - leases: for how long from now on those may run of which it is known.
  ///   - isThere: whether there is a table for certain.
  package func replacement(_ leases: [Lease: Duration], isThere: Bool = false) -> NftablesTransaction {
    NftablesTransaction(remaking: program(leases: leases), isThere: isThere)
  }

  var senders: SenderElements {
    var senders: SenderElements = [:]
    for (address, number) in members.memberships {
      guard let place = place(of: address, number) else { continue }
      senders[address.family, default: []].append(GatewayTable.sender(address, classes.mark(place)))
    }
    return senders
  }

  /// A chain of this name tells that the structure of the program is the one in the kernel.
  package var marker: ChainName { GatewayTable.marker(fingerprint) }

  /// The program without anything that changes while its structure stays.
  var structure: Structure {
    let unresolved = Set(classes.unresolved.map { sources[$0].key.group })
    let classes = classes.whole
    return Structure(
      counters: Array(document.counters), names: document.ruleNames.all, leases: sources.leases,
      dispatch: classes.dispatch,
      chains: document.chains(unresolved: unresolved) + classes.chains + [networksChain, Self.forward])
  }

  /// The program with some of its elements.
  func program(_ senders: SenderElements, _ leases: [Lease: Duration]) -> NftablesProgram {
    program(structure, senders, leases)
  }

  /// The same of a structure that is made already.
  func program(
    _ structure: Structure, _ senders: SenderElements, _ leases: [Lease: Duration]
  ) -> NftablesProgram {
    NftablesProgram(
      table: GatewayTable.name, counters: structure.counters,
      sets: structure.names + structure.leases.map { GatewayTable.leaseSet($0, leases[$0]) },
      maps: [GatewayTable.classMap(structure.dispatch)], markMaps: GatewayTable.senderMaps(senders),
      chains: structure.chains + [Chain(marker, [])])
  }

  /// Whose packet it is: addresses of clusters first, which change, then those that are written.
  ///
  /// A map that does not have the address ends its rule and leaves the mark, so it is taken away before: what a packet came
  /// with must not choose its class.
  private static let forward = Chain(
    GatewayTable.forward, base: Chain.Base(.forward, policy: .drop),
    [
      Rule([.connection(.oneOf, [.invalid, .untracked])], [.countIn(GatewayTable.unconnected)], .drop)
    ]
      + [Rule([.markPacket(0)])]
      + AddressFamily.allCases.map { Rule([.markPacketBy([$0.opener], GatewayTable.senders($0))]) }
      + [Rule([.verdictMap([.mark], GatewayTable.classes)]), Rule([], [], .goto(GatewayTable.networks))])
}

/// The parts of a program without elements that change.
struct Structure: Sendable, Hashable {
  let counters: [NamedCounter]
  let names: [NamedSet]
  let leases: [Lease]
  /// From marks to the chains of classes.
  let dispatch: [VerdictMap.Element]
  let chains: [Chain]

  /// A number that depends on all parts and not on their order.
  var fingerprint: UInt64 {
    var sum: UInt64 = 0
    for counter in counters { sum &+= StableHash("counter", counter.name.text).value }
    for set in names { sum &+= StableHash("names", set.name.text).value }
    for lease in leases { sum &+= StableHash("lease", GatewayTable.lease(lease).text).value }
    for element in dispatch { sum &+= element.fingerprint }
    return chains.reduce(sum) { $0 &+ $1.fingerprint }
  }
}

extension VerdictMap.Element {
  /// A number that depends on its key and verdict.
  var fingerprint: UInt64 { StableHash("dispatch", text).value }
}

extension Chain {
  /// A number that depends on its name and rules.
  var fingerprint: UInt64 {
    var hash = StableHash("chain", name.text)
    for rule in rules { hash.combine(rule.text) }
    return hash.value
  }
}

extension GatewayTable {
  static func leaseSet(_ lease: Lease, _ time: Duration?) -> NamedSet {
    NamedSet(Self.lease(lease), leaseStorage, time.map(leaseElements) ?? [])
  }

  static func senderMaps(_ elements: SenderElements) -> [MarkMap] {
    AddressFamily.allCases.map { MarkMap(senders($0), sendersStorage($0), elements[$0] ?? []) }
  }

  static func classMap(_ elements: [VerdictMap.Element]) -> VerdictMap {
    VerdictMap(classes, classesStorage, elements)
  }
}
