/// What is said to nftables without its program: changes of elements, and what there is.
package struct NftablesConnection: ~Copyable, Sendable {
  var socket: NetlinkSocket

  /// A connection about the network namespace that the calling thread is in.
  package init() throws(NetlinkError) {
    socket = try NetlinkSocket(.netfilter, for: "open a connection to nftables")
    socket.reserveReceiving(bytes: 1 << 20)
  }

  // MARK: - What there is

  /// The number of the rules' generation, which every change increases.
  package mutating func generation() throws(NetlinkError) -> UInt32 {
    var generation: UInt32?
    try socket.request("read the generation of the rules", type: NftablesMessage.getGeneration) {
      $0.netfilterHeader(NetfilterFamily.unspecified)
    } read: { message in
      generation = message.attributes(after: 4)[NftablesAttribute.generationID]?.networkNumber()
    }
    guard let generation else {
      throw NetlinkError(.unanswered, "read the generation of the rules", "the kernel gives none")
    }
    return generation
  }

  /// Whether there is a table of family `inet`.
  package mutating func hasTable(_ table: String) throws(NetlinkError) -> Bool { try state(of: table) != nil }

  private mutating func hasSet(_ set: String, in table: String) throws(NetlinkError) -> Bool {
    try find("set \(table) \(set)", NftablesMessage.getSet) {
      $0.attribute(NftablesAttribute.setTable, table)
      $0.attribute(NftablesAttribute.setName, set)
    } read: { _ in
      true
    } ?? false
  }

  /// What is said of a table itself: its flags, and the number of the socket that owns it; nil when there is none.
  mutating func state(of table: String) throws(NetlinkError) -> (flags: UInt32, owner: UInt32?)? {
    try find("table \(table)", NftablesMessage.getTable) {
      $0.attribute(NftablesAttribute.tableName, table)
    } read: { message in
      let attributes = message.attributes(after: 4)
      return (
        attributes[NftablesAttribute.tableFlags]?.networkNumber() ?? 0,
        attributes[NftablesAttribute.tableOwner]?.networkNumber()
      )
    }
  }

  /// What the kernel says of the object that attributes name; nil when there is none.
  private mutating func find<Found>(
    _ words: String, _ type: UInt16, _ write: (inout MessageWriter) -> Void, read: (NetlinkMessage) -> Found
  ) throws(NetlinkError) -> Found? {
    var found: Found?
    do {
      try socket.request("look for \(words)", type: type) {
        $0.netfilterHeader(NetfilterFamily.inet)
        write(&$0)
      } read: { message in
        found = read(message)
      }
      return found
    } catch let error where error.reason == .missing {
      return nil
    }
  }

  /// All elements of a set or map, in no order.
  ///
  /// The kernel looks for its place anew for each 32 kB that it writes, so that 100,000 elements cost it about half a second.
  package mutating func elements(of set: String, in table: String) throws(NetlinkError) -> [SetElement] {
    try socket.list("list set \(table) \(set)", type: NftablesMessage.getElements) {
      $0.netfilterHeader(NetfilterFamily.inet)
      $0.attribute(NftablesAttribute.elementsTable, table)
      $0.attribute(NftablesAttribute.elementsSet, set)
    } read: { message in
      message.elements
    }.flatMap { $0 }
  }

  /// The element of a key; nil when there is none. Its cost does not depend on how many there are.
  package mutating func element(
    _ key: SetKey, of set: String, in table: String
  ) throws(NetlinkError) -> SetElement? {
    var elements: [SetElement] = []
    do {
      try socket.request("look into set \(table) \(set)", type: NftablesMessage.getElements) {
        $0.netfilterHeader(NetfilterFamily.inet)
        $0.attribute(NftablesAttribute.elementsTable, table)
        $0.attribute(NftablesAttribute.elementsSet, set)
        let list = $0.beginNest(NftablesAttribute.elements)
        let nest = $0.beginNest(NftablesAttribute.listElement)
        $0.element(key, nil, nil)
        $0.endNest(nest)
        $0.endNest(list)
      } read: { message in
        elements += message.elements
      }
    } catch let error where error.reason == .missing {
      // A set that is not there is missing as well.
      if try hasSet(set, in: table) { return nil }
      throw error
    }
    return elements.first
  }

  /// The named counters of a table, in no order.
  ///
  /// - Parameter areReset: whether they are set to zero as they are read, so that nothing is counted twice or missed.
  package mutating func counters(
    of table: String, areReset: Bool = false
  ) throws(NetlinkError) -> [CounterReading] {
    try socket.list(
      "list the counters of table \(table)",
      type: areReset ? NftablesMessage.getAndResetObject : NftablesMessage.getObject
    ) {
      $0.netfilterHeader(NetfilterFamily.inet)
      $0.attribute(NftablesAttribute.objectTable, table)
      $0.attribute(NftablesAttribute.objectType, CounterReading.objectType.bigEndian)
    } read: { message in
      CounterReading(message)
    }
  }

  /// Whether the kernel can take away elements that need not be there (since Linux 6.3).
  ///
  /// It is asked with a table that does not exist: a kernel that knows the request misses the table, and changes nothing.
  package mutating func hasDestroy() throws(NetlinkError) -> Bool {
    var probe = TableTransaction(table: "merlon-none")
    probe.destroy(.byte(0), from: "none")
    do {
      try commit(probe)
      return true
    } catch {
      if error.reason == .missing { return true }
      if error.reason == .forbidden { throw error }
      return false
    }
  }
}

/// A counter with a name, that rules count into.
package struct CounterReading: Sendable, Hashable {
  /// `NFT_OBJECT_COUNTER`.
  static let objectType: UInt32 = 1

  package let name: String
  package let packets: UInt64
  package let bytes: UInt64

  package init(_ name: String, packets: UInt64, bytes: UInt64) {
    self.name = name
    self.packets = packets
    self.bytes = bytes
  }

  init?(_ message: NetlinkMessage) {
    let object = message.attributes(after: 4)
    guard object[NftablesAttribute.objectType]?.networkNumber(UInt32.self) == Self.objectType,
      let name = object[NftablesAttribute.objectName]?.text,
      let data = object[NftablesAttribute.objectData]?.nested,
      let packets: UInt64 = data[NftablesAttribute.counterPackets]?.networkNumber(),
      let bytes: UInt64 = data[NftablesAttribute.counterBytes]?.networkNumber()
    else { return nil }
    self.init(name, packets: packets, bytes: bytes)
  }
}

extension NetlinkMessage {
  /// The elements that a message of nftables has.
  var elements: [SetElement] {
    attributes(after: 4)[NftablesAttribute.elements]?.nested.compactMap(SetElement.init) ?? []
  }
}
