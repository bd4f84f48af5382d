internal import Nftables

/// The classes of a document's senders, and which of them have a chain.
struct ClassTable: Sendable {
  private struct Entry: Sendable {
    let senderClass: SenderClass
    let name: ChainName
    let mark: UInt32
    var senders = 0
    /// Nil for those that have none.
    var program: ClassProgram?
    /// Written addresses, or everybody else: stays while the document does.
    var isFixed = false

    /// What leads packets with the mark to the chain.
    var dispatch: VerdictMap.Element { VerdictMap.Element([.one(.mark(mark))], .goto(name)) }
  }

  private var entries: [Entry] = []
  private var byMembership: [[SourceNumber]: Int] = [:]
  /// By the number of a set of sources; nil for those that were not asked for.
  private var byNumber: [Int?] = []
  /// By ``SenderClass/identity``.
  private var byIdentity: [String: Int] = [:]
  private var names: Set<ChainName> = []
  private var marks = ClassMarks()
  /// Those that have senders and no chain yet.
  private var missing: Set<Int> = []
  /// Those that have a chain and no senders any more.
  private var idle: Set<Int> = []

  private(set) var document: DocumentProgram
  let sources: SourceTable
  let unresolved: [SourceNumber]

  init(_ document: DocumentProgram, _ sources: SourceTable, unresolved: [SourceNumber]) {
    self.document = document
    self.sources = sources
    self.unresolved = unresolved
  }

  /// The class of a sender by the sources that it is a member of, ascending. O(1) for memberships that there were before,
  /// O(sources that it is a member of, or that are unresolved) for others.
  mutating func place(memberOf membership: [SourceNumber]) -> Int {
    if let place = byMembership[membership] { return place }
    let senderClass = SenderClass(memberOf: membership, unresolved: unresolved, in: sources)
    let identity = senderClass.identity
    let place: Int
    if let known = byIdentity[identity] {
      place = known
    } else {
      place = entries.count
      let identityHash = StableHash("class", identity).value
      var hash = identityHash
      while !names.insert(ChainName("class", hash: hash)).inserted { hash &+= 1 }
      entries.append(
        Entry(
          senderClass: senderClass, name: ChainName("class", hash: hash), mark: marks.take(identityHash)))
      byIdentity[identity] = place
    }
    byMembership[membership] = place
    return place
  }

  /// The class of an address of a cluster.
  ///
  /// - Parameters:
  ///   - number: of the set of its clusters' sources, in ``AddressMembers``.
  ///   - written: sources that the document writes the address for.
  mutating func place(of number: Int, _ own: [SourceNumber], written: [SourceNumber]) -> Int {
    if !written.isEmpty { return place(memberOf: (own + written).sorted()) }
    if let known = place(known: number, own, written: written) { return known }
    let place = place(memberOf: own)
    while byNumber.count <= number { byNumber.append(nil) }
    byNumber[number] = place
    return place
  }

  /// The same for a class that was asked for before. O(1) for addresses that are not written.
  func place(known number: Int, _ own: [SourceNumber], written: [SourceNumber]) -> Int? {
    if !written.isEmpty { return byMembership[(own + written).sorted()] }
    return number < byNumber.count ? byNumber[number] : nil
  }

  /// The same for a class that there is already; nil for memberships that there were not before. O(1).
  func place(knownMemberOf membership: [SourceNumber]) -> Int? {
    byMembership[membership]
  }

  func name(_ place: Int) -> ChainName { entries[place].name }

  /// The mark of packets of the class's senders.
  func mark(_ place: Int) -> UInt32 { entries[place].mark }

  /// Whether its mark leads to a chain.
  func hasChain(_ place: Int) -> Bool { entries[place].program != nil }

  func senderClass(_ place: Int) -> SenderClass { entries[place].senderClass }

  // MARK: - Senders

  /// Says that a class is needed as long as the document is.
  mutating func fix(_ place: Int) {
    entries[place].isFixed = true
    if entries[place].program == nil { missing.insert(place) }
    idle.remove(place)
  }

  mutating func addSender(to place: Int) {
    entries[place].senders += 1
    if entries[place].senders > 1 { return }
    if entries[place].program == nil { missing.insert(place) }
    idle.remove(place)
  }

  mutating func removeSender(from place: Int) {
    entries[place].senders -= 1
    guard entries[place].senders == 0, !entries[place].isFixed else { return }
    if entries[place].program == nil { missing.remove(place) } else { idle.insert(place) }
  }

  /// Makes the chains that there are those of another document with the same sources. O(chains).
  mutating func follow(_ document: DocumentProgram) {
    self.document = document
    for place in entries.indices where entries[place].program != nil {
      entries[place].program = ClassProgram(entries[place].senderClass, entries[place].name, in: document)
    }
  }

  // MARK: - Chains

  /// Chains of classes, and what leads to them.
  struct Part: Sendable, Hashable {
    var chains: [Chain] = []
    var dispatch: [VerdictMap.Element] = []
  }

  var isMissingChains: Bool { !missing.isEmpty }
  var hasIdleChains: Bool { !idle.isEmpty }

  /// All there is.
  var whole: Part {
    let settled = entries.filter { $0.program != nil }
    return Part(chains: settled.flatMap { $0.program?.chains ?? [] }, dispatch: settled.map(\.dispatch))
  }

  /// The marks that lead to a chain.
  var marksWithChains: Set<UInt32> { Set(entries.lazy.filter { $0.program != nil }.map(\.mark)) }

  /// Makes the chains that are missing, and forgets those of classes without senders. O(chains that change).
  mutating func settle() -> (added: Part, removed: Part) {
    var (added, removed) = (Part(), Part())
    for place in missing.sorted() {
      let program = ClassProgram(entries[place].senderClass, entries[place].name, in: document)
      entries[place].program = program
      added.chains += program.chains
      added.dispatch.append(entries[place].dispatch)
    }
    for place in idle.sorted() {
      removed.chains += entries[place].program?.chains ?? []
      removed.dispatch.append(entries[place].dispatch)
      entries[place].program = nil
    }
    missing = []
    idle = []
    return (added, removed)
  }
}
