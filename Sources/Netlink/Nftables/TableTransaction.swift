/// Changes of one table of family `inet`, which become true at one moment or not at all.
///
/// Operations are encoded as they are added, in order; neighbours that do the same to elements of the same set share messages.
/// An operation on an element costs well under a microsecond and, once the buffer has grown, no allocation. A transaction can
/// be committed again.
package struct TableTransaction: Sendable {
  /// What is done to elements.
  enum Operation: Sendable, Hashable {
    case add
    case create
    case delete
    case destroy

    var type: UInt16 {
      switch self {
      case .add, .create: NftablesMessage.newElements
      case .delete: NftablesMessage.deleteElements
      case .destroy: NftablesMessage.destroyElements
      }
    }

    var flags: UInt16 {
      switch self {
      case .add: MessageFlags.request | MessageFlags.create
      case .create: MessageFlags.request | MessageFlags.create | MessageFlags.exclusive
      case .delete, .destroy: MessageFlags.request
      }
    }
  }

  /// The message that is written last.
  private struct Current: Sendable {
    let flags: UInt16
    let start: Int
    /// The list of elements to which others may be added; nil when it has none.
    let elements: Elements?

    struct Elements: Sendable {
      let operation: Operation
      let set: SetReference
      let list: Int
    }
  }

  package let table: String
  /// How many operations there are.
  package private(set) var count = 0
  private(set) var messages: MessageWriter
  private var messageCount: UInt32 = 0
  private var setCount: UInt32 = 0
  private var current: Current?

  package init(table: String) {
    self.table = table
    messages = MessageWriter()
  }

  package var isEmpty: Bool { count == 0 }

  /// Forgets all operations, and keeps the memory.
  package mutating func removeAll() {
    count = 0
    messageCount = 0
    setCount = 0
    current = nil
    messages.removeAll()
  }

  // MARK: - Operations

  /// Adds an element. One that is there already stays; whether it gets the new timeout depends on the kernel (since 6.12 it
  /// does), and one with another value is an error (``NetlinkError/Reason/present``).
  ///
  /// - Parameters:
  ///   - value: for maps, of the kind that the map has.
  ///   - timeout: for how long, at least a millisecond; nil for as long as the set says. The set must have `flags timeout`.
  package mutating func add(
    _ key: SetKey, to set: String, value: MapValue? = nil, timeout: Duration? = nil
  ) {
    append(.add, key, .named(set), value, timeout)
  }

  /// Adds an element that must not be there.
  package mutating func create(
    _ key: SetKey, in set: String, value: MapValue? = nil, timeout: Duration? = nil
  ) {
    append(.create, key, .named(set), value, timeout)
  }

  /// Lets an element that is there, or not, have a whole timeout again, on every kernel: it is added, taken away and added,
  /// which packets see nothing of. In maps it must not be there with another value.
  ///
  /// Where adding again renews (``add(_:to:value:timeout:)``), that costs a third.
  package mutating func renew(
    _ key: SetKey, in set: String, value: MapValue? = nil, timeout: Duration
  ) {
    append(.add, key, .named(set), value, timeout)
    append(.delete, key, .named(set), nil, nil)
    append(.add, key, .named(set), value, timeout)
  }

  /// Takes away an element that must be there.
  package mutating func delete(_ key: SetKey, from set: String) {
    append(.delete, key, .named(set), nil, nil)
  }

  /// Takes away an element, if it is there. Needs ``NftablesConnection/hasDestroy()``.
  package mutating func destroy(_ key: SetKey, from set: String) {
    append(.destroy, key, .named(set), nil, nil)
  }

  /// Takes away all elements.
  package mutating func flush(_ set: String) {
    append(NftablesMessage.deleteElements) { writer, table in
      writer.attribute(NftablesAttribute.elementsTable, table)
      writer.attribute(NftablesAttribute.elementsSet, set)
    }
  }

  /// Adds an element to a set or a map of ranges.
  ///
  /// - Parameter mark: whether the key is the first of a range, or the one behind a range, where the kernel keeps both; or the
  ///   key of the other end, where a key has several parts.
  package mutating func add(
    _ key: SetKey, _ mark: RangeMark, to set: SetReference, value: MapValue? = nil, timeout: Duration? = nil
  ) {
    append(.add, key, set, value, timeout, mark)
  }

  // MARK: - Encoding

  /// A nest has at most 64 KB; the longest element has 80 bytes of keys, a chain's name of 128 bytes, and 64 beside them.
  private static let longestList = 65_535 - 512

  private mutating func append(
    _ operation: Operation, _ key: SetKey, _ set: SetReference, _ value: MapValue?, _ timeout: Duration?,
    _ mark: RangeMark = .first
  ) {
    var (start, list) = (0, 0)
    if let current, let open = current.elements, open.operation == operation, open.set == set,
      messages.count - open.list < Self.longestList
    {
      (start, list) = (current.start, open.list)
    } else {
      start = beginMessage(operation.type, operation.flags)
      messages.attribute(NftablesAttribute.elementsTable, table)
      messages.attribute(NftablesAttribute.elementsSet, set.name)
      if let number = set.number {
        messages.attribute(NftablesAttribute.elementsSetNumber, number.bigEndian)
      }
      list = messages.beginNest(NftablesAttribute.elements)
      current = Current(
        flags: operation.flags, start: start,
        elements: Current.Elements(operation: operation, set: set, list: list))
    }
    let element = messages.beginNest(NftablesAttribute.listElement)
    messages.element(key, value, timeout, mark)
    messages.endNest(element)
    messages.endNest(list)
    messages.end(start)
    count += 1
  }

  /// Writes a message of its own.
  ///
  /// - Parameter write: what comes after the header; is given the name of the table.
  mutating func append(
    _ type: UInt16, _ flags: UInt16 = 0, _ write: (inout MessageWriter, String) -> Void
  ) {
    let flags = MessageFlags.request | flags
    let start = beginMessage(type, flags)
    write(&messages, table)
    messages.end(start)
    current = Current(flags: flags, start: start, elements: nil)
    count += 1
  }

  /// Begins a message, and moves the wish for an answer to it: the kernel answers once, at the end, and reports errors anyway.
  private mutating func beginMessage(_ type: UInt16, _ flags: UInt16) -> Int {
    if let current { messages.setFlags(current.flags, ofMessageAt: current.start) }
    messageCount += 1
    let start = messages.begin(type, flags | MessageFlags.acknowledge, sequence: messageCount)
    messages.netfilterHeader(NetfilterFamily.inet)
    return start
  }

  /// A number for a set that the transaction adds.
  mutating func nextSetNumber() -> UInt32 {
    setCount += 1
    return setCount
  }

  /// The number of the message that is answered.
  var lastSequence: UInt32 { messageCount }
}

/// What an element is to a range.
package enum RangeMark: Sendable, Hashable {
  /// A key by itself, or the first of a range.
  case first
  /// The key behind a range.
  case behind
  /// The first key of a block, with the last.
  case block(SetKey)
}

extension MessageWriter {
  /// The parts of an element.
  mutating func element(
    _ key: SetKey, _ value: MapValue?, _ timeout: Duration?, _ mark: RangeMark = .first
  ) {
    self.key(NftablesAttribute.elementKey, key)
    switch mark {
    case .first: break
    case .behind: attribute(NftablesAttribute.elementFlags, UInt32(1).bigEndian)
    case .block(let last): self.key(NftablesAttribute.elementKeyEnd, last)
    }
    if let timeout { attribute(NftablesAttribute.elementTimeout, timeout.kernelMilliseconds.bigEndian) }
    if let value {
      let data = beginNest(NftablesAttribute.elementData)
      switch value {
      case .verdict(let verdict): self.verdict(verdict)
      // The kernel keeps marks in the byte order of the machine.
      case .mark(let mark): attribute(NftablesAttribute.dataValue, mark)
      }
      endNest(data)
    }
  }

  mutating func verdict(_ verdict: MapVerdict) {
    let (code, chain) = verdict.encoded
    let nest = beginNest(NftablesAttribute.dataVerdict)
    attribute(NftablesAttribute.verdictCode, code.bigEndian)
    if let chain { attribute(NftablesAttribute.verdictChain, chain) }
    endNest(nest)
  }

  private mutating func key(_ type: UInt16, _ key: SetKey) {
    let nest = beginNest(type)
    key.withBytes { attribute(NftablesAttribute.dataValue, $0) }
    endNest(nest)
  }
}

extension Duration {
  /// As the kernel counts, at least one.
  var kernelMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
