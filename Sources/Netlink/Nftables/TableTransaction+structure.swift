/// What a set or a map is, without its elements.
package struct SetKind: Sendable, Hashable {
  /// A part of a key.
  package struct Part: Sendable, Hashable {
    /// The number of its type in nft.
    package let type: UInt32
    /// In bytes.
    package let length: UInt32
    /// Whether it is a number in the order of the machine, or a text.
    package let isOfMachine: Bool

    package init(type: UInt32, length: UInt32, isOfMachine: Bool = false) {
      self.type = type
      self.length = length
      self.isOfMachine = isOfMachine
    }
  }

  /// What a map's keys have.
  package enum Values: Sendable, Hashable {
    case verdicts
    case marks
  }

  package let parts: [Part]
  package let values: Values?
  package let hasIntervals: Bool
  package let hasTimeouts: Bool
  package let isDynamic: Bool
  package let timeout: Duration?
  package let size: UInt32?

  package init(
    _ parts: [Part], values: Values? = nil, hasIntervals: Bool = false, hasTimeouts: Bool = false,
    isDynamic: Bool = false, timeout: Duration? = nil, size: UInt32? = nil
  ) {
    self.parts = parts
    self.values = values
    self.hasIntervals = hasIntervals
    self.hasTimeouts = hasTimeouts
    self.isDynamic = isDynamic
    self.timeout = timeout
    self.size = size
  }

  /// The order of a key's bytes, without which nft cannot list it: `BYTEORDER_HOST_ENDIAN`, `BYTEORDER_BIG_ENDIAN`. What is
  /// compared by its bytes is in the order of the network.
  fileprivate var byteOrder: UInt32? {
    guard parts.count == 1 else { return nil }
    return parts[0].isOfMachine && !hasIntervals ? 1 : 2
  }

  /// Whether keys are kept as blocks of several ranges, and not as the ends of ranges.
  fileprivate var isOfBlocks: Bool { hasIntervals && parts.count > 1 }

  /// `enum nft_set_flags`
  fileprivate func flags(isOwn: Bool) -> UInt32 {
    (isOwn ? 0x3 : 0) | (hasIntervals ? 0x4 : 0) | (values == nil ? 0 : NftablesAttribute.mapFlag)
      | (hasTimeouts ? 0x10 : 0) | (isDynamic ? 0x20 : 0) | (isOfBlocks ? 0x80 : 0)
  }
}

/// Where the kernel calls the rules of a chain.
package struct ChainHook: Sendable, Hashable {
  /// `enum nf_inet_hooks`
  package let number: UInt32
  package let priority: Int32
  /// Whether what no rule decides is let through.
  package let accepts: Bool

  package init(number: UInt32, priority: Int32, accepts: Bool) {
    self.number = number
    self.priority = priority
    self.accepts = accepts
  }
}

extension TableTransaction {
  /// Adds the table, or takes one that nobody owns any more, for as long as the connection is open: until then only it can
  /// change the table, and nobody can take it away. After that it stays as it is, and is anybody's.
  ///
  /// Since Linux 6.9 (`NFT_TABLE_F_OWNER`, `NFT_TABLE_F_PERSIST`). One that was added without is not taken.
  package mutating func addOwnedTable() {
    append(NftablesMessage.newTable, MessageFlags.create) { writer, table in
      writer.attribute(NftablesAttribute.tableName, table)
      writer.attribute(NftablesAttribute.tableFlags, TableOwnership.flags.bigEndian)
    }
  }

  /// Adds the table, if there is none, and leaves it to everybody.
  package mutating func addTable() {
    append(NftablesMessage.newTable, MessageFlags.create) { $0.attribute(NftablesAttribute.tableName, $1) }
  }

  /// - Parameter name: nil for the table that the transaction is about.
  package mutating func deleteTable(_ name: String? = nil) {
    append(NftablesMessage.deleteTable) { $0.attribute(NftablesAttribute.tableName, name ?? $1) }
  }

  package mutating func addCounter(_ name: String) {
    append(NftablesMessage.newObject, MessageFlags.create) { writer, table in
      writer.object(name, table)
      let data = writer.beginNest(NftablesAttribute.objectData)
      writer.attribute(NftablesAttribute.counterBytes, 0 as UInt64)
      writer.attribute(NftablesAttribute.counterPackets, 0 as UInt64)
      writer.endNest(data)
    }
  }

  package mutating func deleteCounter(_ name: String) {
    append(NftablesMessage.deleteObject) { $0.object(name, $1) }
  }

  package mutating func addChain(_ name: String, _ hook: ChainHook?) {
    append(NftablesMessage.newChain, MessageFlags.create) { writer, table in
      writer.chain(name, table)
      guard let hook else { return }
      let nest = writer.beginNest(NftablesAttribute.chainHook)
      writer.attribute(NftablesAttribute.hookNumber, hook.number.bigEndian)
      writer.attribute(NftablesAttribute.hookPriority, hook.priority.bigEndian)
      writer.endNest(nest)
      writer.attribute(NftablesAttribute.chainPolicy, UInt32(hook.accepts ? 1 : 0).bigEndian)
      writer.attribute(NftablesAttribute.chainType, "filter")
    }
  }

  package mutating func deleteChain(_ name: String) {
    append(NftablesMessage.deleteChain) { $0.chain(name, $1) }
  }

  /// Takes away all rules of a chain.
  package mutating func flushChain(_ name: String) {
    append(NftablesMessage.deleteRule) { writer, table in
      writer.attribute(NftablesAttribute.ruleTable, table)
      writer.attribute(NftablesAttribute.ruleChain, name)
    }
  }

  /// Adds a rule at the end of a chain.
  ///
  /// - Parameter note: comes back when nft lists the rules; at most 128 bytes.
  package mutating func addRule(to chain: String, _ instructions: [Instruction], note: String? = nil) {
    append(NftablesMessage.newRule, MessageFlags.create | MessageFlags.append) { writer, table in
      writer.attribute(NftablesAttribute.ruleTable, table)
      writer.attribute(NftablesAttribute.ruleChain, chain)
      writer.instructions(instructions)
      if let note {
        // Its kind, its length with the zero at its end, and the text, as nft reads it.
        let text = Array(note.utf8.prefix(128)) + [0]
        ([0, UInt8(text.count)] + text).withUnsafeBytes {
          writer.attribute(NftablesAttribute.ruleUserData, $0)
        }
      }
    }
  }

  package mutating func addSet(_ name: String, _ kind: SetKind) {
    addSet(.named(name), kind, number: nextSetNumber(), count: nil)
  }

  /// Adds a set or a map for the rule that is added next, and for no other.
  ///
  /// - Parameter count: how many elements it gets.
  package mutating func addOwnSet(_ kind: SetKind, count: (SetReference) -> Int) -> SetReference {
    let number = nextSetNumber()
    let set = SetReference.own(number: number, isMap: kind.values != nil)
    addSet(set, kind, number: number, count: UInt32(clamping: count(set)))
    return set
  }

  package mutating func deleteSet(_ name: String) {
    append(NftablesMessage.deleteSet) { writer, table in
      writer.attribute(NftablesAttribute.setTable, table)
      writer.attribute(NftablesAttribute.setName, name)
    }
  }

  private mutating func addSet(_ set: SetReference, _ kind: SetKind, number: UInt32, count: UInt32?) {
    append(NftablesMessage.newSet, MessageFlags.create) { writer, table in
      writer.attribute(NftablesAttribute.setTable, table)
      writer.attribute(NftablesAttribute.setName, set.name)
      writer.attribute(NftablesAttribute.setFlags, kind.flags(isOwn: set.number != nil).bigEndian)
      // nft keeps the types of several parts in six bits each.
      let type = kind.parts.reduce(0 as UInt32) { $0 << 6 | $1.type }
      let isOne = kind.parts.count == 1
      let length = kind.parts.reduce(0) { $0 + (isOne ? $1.length : ($1.length + 3) & ~3) }
      writer.attribute(NftablesAttribute.setKeyType, type.bigEndian)
      writer.attribute(NftablesAttribute.setKeyLength, length.bigEndian)
      switch kind.values {
      case .verdicts:
        writer.attribute(NftablesAttribute.setDataType, NftablesAttribute.verdictType.bigEndian)
        writer.attribute(NftablesAttribute.setDataLength, UInt32(16).bigEndian)
      case .marks:
        writer.attribute(NftablesAttribute.setDataType, NftablesAttribute.markType.bigEndian)
        writer.attribute(NftablesAttribute.setDataLength, UInt32(4).bigEndian)
      case nil: break
      }
      writer.attribute(NftablesAttribute.setNumber, number.bigEndian)
      if let timeout = kind.timeout {
        writer.attribute(NftablesAttribute.setTimeout, timeout.kernelMilliseconds.bigEndian)
      }
      let size = kind.size ?? count
      if size != nil || kind.isOfBlocks {
        let description = writer.beginNest(NftablesAttribute.setDescription)
        if let size { writer.attribute(NftablesAttribute.descriptionSize, size.bigEndian) }
        if kind.isOfBlocks { writer.fields(kind.parts) }
        writer.endNest(description)
      }
      // Each with its kind, its length, and the number, as nft reads it. Marks are in the order of the machine.
      let orders: [(UInt8, UInt32?)] = [(0, kind.byteOrder), (1, kind.values == .marks ? 1 : nil)]
      let bytes = orders.flatMap { type, order -> [UInt8] in
        order.map { [type, 4] + withUnsafeBytes(of: $0.littleEndian, Array.init) } ?? []
      }
      if !bytes.isEmpty { bytes.withUnsafeBytes { writer.attribute(NftablesAttribute.setUserData, $0) } }
    }
  }
}

extension MessageWriter {
  fileprivate mutating func object(_ name: String, _ table: String) {
    attribute(NftablesAttribute.objectTable, table)
    attribute(NftablesAttribute.objectName, name)
    attribute(NftablesAttribute.objectType, CounterReading.objectType.bigEndian)
  }

  fileprivate mutating func chain(_ name: String, _ table: String) {
    attribute(NftablesAttribute.chainTable, table)
    attribute(NftablesAttribute.chainName, name)
  }

  /// How long the parts of a key are that are compared one by one.
  fileprivate mutating func fields(_ parts: [SetKind.Part]) {
    let list = beginNest(NftablesAttribute.descriptionFields)
    for part in parts {
      let element = beginNest(NftablesAttribute.listElement)
      attribute(NftablesAttribute.fieldLength, part.length.bigEndian)
      endNest(element)
    }
    endNest(list)
  }
}
