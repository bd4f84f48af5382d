/// Changes of the elements of sets and maps of one table, which become true at one moment or not at all.
///
/// Operations are encoded as they are added, in order; neighbours that do the same to the same set share messages. An operation
/// costs well under a microsecond and, once the buffer has grown, no allocation. A transaction can be committed again.
/// The table is of family `inet`; its sets are made by rules' text, see `Nftables`.
package struct ElementTransaction: Sendable {
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
    let operation: Operation
    let set: String
    let start: Int
    /// Where its list of elements begins; nil when it is about all elements.
    let list: Int?
  }

  package let table: String
  /// How many operations there are.
  package private(set) var count = 0
  private(set) var messages: MessageWriter
  private var messageCount: UInt32 = 0
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
    append(.add, key, set, value, timeout)
  }

  /// Adds an element that must not be there.
  package mutating func create(
    _ key: SetKey, in set: String, value: MapValue? = nil, timeout: Duration? = nil
  ) {
    append(.create, key, set, value, timeout)
  }

  /// Lets an element that is there, or not, have a whole timeout again, on every kernel: it is added, taken away and added,
  /// which packets see nothing of. In maps it must not be there with another value.
  ///
  /// Where adding again renews (``add(_:to:value:timeout:)``), that costs a third.
  package mutating func renew(
    _ key: SetKey, in set: String, value: MapValue? = nil, timeout: Duration
  ) {
    append(.add, key, set, value, timeout)
    append(.delete, key, set, nil, nil)
    append(.add, key, set, value, timeout)
  }

  /// Takes away an element that must be there.
  package mutating func delete(_ key: SetKey, from set: String) {
    append(.delete, key, set, nil, nil)
  }

  /// Takes away an element, if it is there. Needs ``NftablesConnection/hasDestroy()``.
  package mutating func destroy(_ key: SetKey, from set: String) {
    append(.destroy, key, set, nil, nil)
  }

  /// Takes away all elements.
  package mutating func flush(_ set: String) {
    beginMessage(.delete, set, hasList: false)
    count += 1
  }

  // MARK: - Encoding

  /// A nest has at most 64 KB; the longest element has 40 bytes of key, a chain's name of 128 bytes, and 64 beside them.
  private static let longestList = 65_535 - 256

  private mutating func append(
    _ operation: Operation, _ key: SetKey, _ set: String, _ value: MapValue?, _ timeout: Duration?
  ) {
    var (start, list) = (0, 0)
    if let current, current.operation == operation, current.set == set, let open = current.list,
      messages.count - open < Self.longestList
    {
      (start, list) = (current.start, open)
    } else {
      (start, list) = beginMessage(operation, set, hasList: true)
    }
    let element = messages.beginNest(NftablesAttribute.listElement)
    messages.element(key, value, timeout)
    messages.endNest(element)
    messages.endNest(list)
    messages.end(start)
    count += 1
  }

  /// Begins a message, and moves the wish for an answer to it: the kernel answers once, at the end, and reports errors anyway.
  @discardableResult
  private mutating func beginMessage(
    _ operation: Operation, _ set: String, hasList: Bool
  ) -> (start: Int, list: Int) {
    if let current { messages.setFlags(current.operation.flags, ofMessageAt: current.start) }
    messageCount += 1
    let start = messages.begin(
      operation.type, operation.flags | MessageFlags.acknowledge, sequence: messageCount)
    messages.netfilterHeader(NetfilterFamily.inet)
    messages.attribute(NftablesAttribute.elementsTable, table)
    messages.attribute(NftablesAttribute.elementsSet, set)
    let list = hasList ? messages.beginNest(NftablesAttribute.elements) : 0
    messages.end(start)
    current = Current(operation: operation, set: set, start: start, list: hasList ? list : nil)
    return (start, list)
  }

  /// The number of the message that is answered.
  var lastSequence: UInt32 { messageCount }
}

extension MessageWriter {
  /// The parts of an element.
  mutating func element(_ key: SetKey, _ value: MapValue?, _ timeout: Duration?) {
    let keyNest = beginNest(NftablesAttribute.elementKey)
    key.withBytes { attribute(NftablesAttribute.dataValue, $0) }
    endNest(keyNest)
    if let timeout {
      let (seconds, attoseconds) = timeout.components
      let milliseconds = max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
      attribute(NftablesAttribute.elementTimeout, milliseconds.bigEndian)
    }
    if let value {
      let data = beginNest(NftablesAttribute.elementData)
      switch value {
      case .verdict(let verdict):
        let (code, chain) = verdict.encoded
        let nest = beginNest(NftablesAttribute.dataVerdict)
        attribute(NftablesAttribute.verdictCode, code.bigEndian)
        if let chain { attribute(NftablesAttribute.verdictChain, chain) }
        endNest(nest)
      // The kernel keeps marks in the byte order of the machine.
      case .mark(let mark): attribute(NftablesAttribute.dataValue, mark)
      }
      endNest(data)
    }
  }
}
