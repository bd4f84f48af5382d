internal import Kubernetes
package import Nftables
internal import SourceGroups

/// Elements that change with members, by the family of the map that has them.
typealias SenderElements = [AddressFamily: [VerdictMap.Element]]

extension Gateway {
  /// All of it, with leases that run for as long as was said when they were renewed: to be read, and not for a kernel.
  package var program: NftablesProgram { program(senders, leases) }

  /// For `nft -f`, whatever the kernel has: a table of the name is replaced at once by all of the program.
  ///
  /// - Parameter leases: for how long from now on those may run of which it is known.
  package func replacement(_ leases: [Lease: Duration]) -> String {
    let table = "table inet \(GatewayTable.name)\n"
    let program = program(senders, leases.filter { $1 > .zero && canRun($0) })
    return "add " + table + "delete " + table + NftablesTransaction(replacing: nil, with: program).text
  }

  private var senders: SenderElements {
    var senders: SenderElements = [:]
    for (address, place) in places {
      senders[address.family, default: []].append(GatewayTable.sender(address, classes.name(place)))
    }
    return senders
  }

  /// A chain of this name tells that the structure of the program is the one in the kernel.
  package var marker: ChainName { GatewayTable.marker(fingerprint) }

  /// The program without anything that changes while its structure stays.
  var structure: Structure {
    let unresolved = Set(classes.unresolved.map { sources[$0].key.group })
    return Structure(
      counters: Array(document.counters), names: document.ruleNames.all, leases: sources.leases,
      chains: document.chains(unresolved: unresolved) + classes.chains + [networksChain, Self.forward])
  }

  /// The program with some of its elements.
  func program(_ senders: SenderElements, _ leases: [Lease: Duration]) -> NftablesProgram {
    let structure = structure
    return NftablesProgram(
      table: GatewayTable.name, counters: structure.counters,
      sets: structure.names + structure.leases.map { GatewayTable.leaseSet($0, leases[$0]) },
      maps: GatewayTable.senderMaps(senders), chains: structure.chains + [Chain(marker, [])])
  }

  /// Whose packet it is: addresses of clusters first, which change, then those that are written.
  private static let forward = Chain(
    GatewayTable.forward, base: Chain.Base(.forward, policy: .drop),
    [
      Rule([.connection(.oneOf, [.invalid, .untracked])], [.countIn(GatewayTable.unconnected)], .drop)
    ]
      + AddressFamily.allCases.map { Rule([.verdictMap([$0.opener], GatewayTable.senders($0))]) }
      + [Rule([], [], .goto(GatewayTable.networks))])
}

/// The parts of a program without elements that change.
struct Structure: Sendable, Hashable {
  let counters: [NamedCounter]
  let names: [NamedSet]
  let leases: [Lease]
  let chains: [Chain]

  /// A number that depends on all parts and not on their order.
  var fingerprint: UInt64 {
    var sum: UInt64 = 0
    for counter in counters { sum &+= StableHash("counter", counter.name.text).value }
    for set in names { sum &+= StableHash("names", set.name.text).value }
    for lease in leases { sum &+= StableHash("lease", GatewayTable.lease(lease).text).value }
    return chains.reduce(sum) { $0 &+ $1.fingerprint }
  }
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

  static func senderMaps(_ elements: SenderElements) -> [VerdictMap] {
    AddressFamily.allCases.map { VerdictMap(senders($0), sendersStorage($0), elements[$0] ?? []) }
  }
}
