extension NftablesConnection {
  /// What a table of family `inet` has; nil when there is no such table. O(chains and rules of all tables).
  ///
  /// Parts are read one after the other: whoever must know that they are of one moment compares ``generation()`` before and
  /// after.
  package mutating func table(_ table: String) throws(NetlinkError) -> FoundTable? {
    guard let state = try state(of: table) else { return nil }
    let chains = try socket.list("list the chains of table \(table)", type: NftablesMessage.getChain) {
      $0.netfilterHeader(NetfilterFamily.inet)
    } read: { message in
      FoundTable.Chain(message, of: table)
    }
    let rules = try socket.list("list the rules of table \(table)", type: NftablesMessage.getRule) {
      $0.netfilterHeader(NetfilterFamily.inet)
      $0.attribute(NftablesAttribute.ruleTable, table)
    } read: { message in
      FoundRule(message, of: table)
    }
    let sets = try socket.list("list the sets of table \(table)", type: NftablesMessage.getSet) {
      $0.netfilterHeader(NetfilterFamily.inet)
      $0.attribute(NftablesAttribute.setTable, table)
    } read: { message in
      FoundTable.KeySet(message, of: table)
    }
    let counters = try counters(of: table).map(\.name)
    return FoundTable(
      isDormant: state.flags & NftablesAttribute.dormantFlag != 0, chains: chains, sets: sets,
      counters: counters,
      rules)
  }
}

/// What the kernel has of a table, but elements.
package struct FoundTable: Sendable, Hashable {
  package struct Chain: Sendable, Hashable {
    package let name: String
    /// Where packets come in; nil for chains that others go to.
    package let hook: Hook?

    package struct Hook: Sendable, Hashable {
      /// As ``LoggedPacket/Hook`` has it.
      package let number: UInt32
      package let priority: Int32
    }
  }

  /// A set or a map with a name.
  package struct KeySet: Sendable, Hashable {
    package let name: String
    /// Whether its keys have values.
    package let isMap: Bool
    /// As the kernel tells sets apart: flags, types and lengths of keys and values.
    package let kind: [UInt32]
  }

  /// Whether the kernel calls none of its chains.
  package let isDormant: Bool
  /// Sorted by name.
  package let chains: [Chain]
  /// Those that rules give names to, sorted.
  package let sets: [KeySet]
  /// Sorted.
  package let counters: [String]
  /// A number that depends on all rules and their order, on the chains and on the kinds of sets: the same as long as nobody
  /// writes the table anew.
  package let digest: UInt64

  init(isDormant: Bool, chains: [Chain], sets: [KeySet], counters: [String], _ rules: [FoundRule]) {
    self.isDormant = isDormant
    self.chains = chains.sorted { $0.name < $1.name }
    // Sets without a name have one that begins so.
    self.sets = sets.filter { !$0.name.hasPrefix("__") }.sorted { $0.name < $1.name }
    self.counters = counters.sorted()
    var digest = StructureDigest()
    digest.combine(isDormant ? 1 : 0)
    for chain in self.chains {
      digest.combine(chain.name)
      digest.combine(chain.hook.map { UInt64($0.number) + 1 } ?? 0)
      digest.combine(UInt64(bitPattern: Int64(chain.hook?.priority ?? 0)))
    }
    for set in self.sets {
      digest.combine(set.name)
      for number in set.kind { digest.combine(UInt64(number)) }
    }
    for counter in self.counters { digest.combine(counter) }
    var byChain: [String: StructureDigest] = [:]
    for rule in rules { byChain[rule.chain, default: StructureDigest()].combine(rule.expressions) }
    for (chain, rules) in byChain.sorted(by: { $0.key < $1.key }) {
      digest.combine(chain)
      digest.combine(rules.value)
    }
    self.digest = digest.value
  }
}

/// A rule as the kernel has it.
struct FoundRule: Sendable {
  let chain: String
  let expressions: [UInt8]

  init?(_ message: NetlinkMessage, of table: String) {
    let attributes = message.attributes(after: 4)
    guard message.type == NftablesMessage.newRule, attributes[NftablesAttribute.ruleTable]?.text == table,
      let chain = attributes[NftablesAttribute.ruleChain]?.text
    else { return nil }
    self.chain = chain
    expressions = attributes[NftablesAttribute.ruleExpressions].map { Array($0.value) } ?? []
  }
}

extension FoundTable.Chain {
  init?(_ message: NetlinkMessage, of table: String) {
    let attributes = message.attributes(after: 4)
    guard message.type == NftablesMessage.newChain, attributes[NftablesAttribute.chainTable]?.text == table,
      let name = attributes[NftablesAttribute.chainName]?.text
    else { return nil }
    self.name = name
    hook = attributes[NftablesAttribute.chainHook].flatMap { hook in
      guard let number: UInt32 = hook.nested[NftablesAttribute.hookNumber]?.networkNumber(),
        let priority: Int32 = hook.nested[NftablesAttribute.hookPriority]?.networkNumber()
      else { return nil }
      return Hook(number: number, priority: priority)
    }
  }
}

extension FoundTable.KeySet {
  init?(_ message: NetlinkMessage, of table: String) {
    let attributes = message.attributes(after: 4)
    guard message.type == NftablesMessage.newSet, attributes[NftablesAttribute.setTable]?.text == table,
      let name = attributes[NftablesAttribute.setName]?.text
    else { return nil }
    func number(_ type: UInt16) -> UInt32 { attributes[type]?.networkNumber() ?? 0 }
    self.name = name
    isMap = number(NftablesAttribute.setFlags) & NftablesAttribute.mapFlag != 0
    kind = [
      number(NftablesAttribute.setFlags), number(NftablesAttribute.setKeyType),
      number(NftablesAttribute.setKeyLength),
      number(NftablesAttribute.setDataType), number(NftablesAttribute.setDataLength),
    ]
  }
}

/// A number that changes when what it is made of does (FNV-1a, the same in every run).
private struct StructureDigest {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { for byte in $0 { combine(byte) } }
  }

  mutating func combine(_ bytes: [UInt8]) {
    combine(UInt64(bytes.count))
    for byte in bytes { combine(byte) }
  }

  mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(0xFF as UInt8)
  }

  private mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}
