package import Kubernetes
package import Nftables

/// Names and shapes of the parts of a gateway's program.
///
/// The program owns the mark of packets that are forwarded: each has 0 or the mark of its sender's class from then on,
/// whatever it came with. Nothing else may mark them, or ask for another mark after the base chain `forward`; what routes
/// by marks does so before.
package enum GatewayTable {
  package static let name: TableName = "merlon"
  /// From addresses of clusters to the marks of their classes. No verdicts: with those the kernel would walk all addresses
  /// for each one that comes.
  package static func senders(_ family: AddressFamily) -> MapName {
    family == .ipv4 ? senders4 : senders6
  }
  private static let senders4: MapName = "sources4"
  private static let senders6: MapName = "sources6"
  /// From the marks of classes to their chains. Changes with the structure alone.
  package static let classes: MapName = "classes"
  /// Packets that belong to no connection.
  package static let unconnected: CounterName = "unconnected"

  static let forward: ChainName = "forward"
  /// Senders that the document names by their addresses, and everybody else.
  static let networks: ChainName = "networks"
  /// What becomes of packets that no group decides.
  static let last: ChainName = "undecided"
  /// How senders hear of a denial.
  static let refuse: ChainName = "refuse"

  /// The set that has an element while a lease runs.
  package static func lease(_ lease: Lease) -> SetName {
    SetName("lease", hash: StableHash("lease", lease.description).value)
  }

  package static func counter(group: UInt64) -> CounterName { CounterName("members", hash: group) }
  package static func counter(rule: UInt64) -> CounterName { CounterName("matches", hash: rule) }
  static func deny(rule: UInt64) -> ChainName { ChainName("deny", hash: rule) }
  /// Notes a match of an audited rule, and goes on.
  static func note(rule: UInt64) -> ChainName { ChainName("note", hash: rule) }
  /// The ways to match an audited rule, of which one is noted.
  static func watch(rule: UInt64) -> ChainName { ChainName("watch", hash: rule) }

  static func group(_ group: UInt64, _ extent: SenderClass.Extent) -> ChainName {
    ChainName(extent == .everything ? "members" : "denials", hash: group)
  }

  /// Named for what the program contains, whatever its parts are called: its presence says what is loaded.
  static func marker(_ fingerprint: UInt64) -> ChainName { ChainName("structure", hash: fingerprint) }

  static let leaseStorage = KeyStorage([.family], hasTimeouts: true)

  static func namesStorage(_ family: AddressFamily) -> KeyStorage {
    KeyStorage([.address(family), .address(family)], hasTimeouts: true)
  }

  static let classesStorage = KeyStorage([.mark])

  static func sendersStorage(_ family: AddressFamily) -> KeyStorage { KeyStorage([.address(family)]) }
}

extension AddressFamily {
  /// Who opened the connection.
  var opener: Field { .tupleAddress(.original, self, .source) }
  /// Who answers: where the connection really goes, also where its destination was translated.
  var answerer: Field { .tupleAddress(.reply, self, .source) }
}
