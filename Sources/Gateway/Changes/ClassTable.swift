internal import Nftables

/// The classes of a document's senders, and which of them have a chain.
struct ClassTable: Sendable {
  private struct Entry: Sendable {
    let senderClass: SenderClass
    let name: ChainName
    var senders = 0
    /// Nil for those that have none.
    var program: ClassProgram?
    /// Written addresses, or everybody else: stays while the document does.
    var isFixed = false
  }

  private var entries: [Entry] = []
  private var byMembership: [[SourceNumber]: Int] = [:]
  private var byClass: [SenderClass: Int] = [:]
  private var names: Set<ChainName> = []
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

  /// The class of a sender by the sources that it is a member of, ascending. O(1) for memberships that there were before.
  mutating func place(memberOf membership: [SourceNumber]) -> Int {
    if let place = byMembership[membership] { return place }
    let senderClass = SenderClass(memberOf: membership, unresolved: unresolved, in: sources)
    let place: Int
    if let known = byClass[senderClass] {
      place = known
    } else {
      place = entries.count
      var hash = StableHash("class", senderClass.identity).value
      while !names.insert(ChainName("class", hash: hash)).inserted { hash &+= 1 }
      entries.append(Entry(senderClass: senderClass, name: ChainName("class", hash: hash)))
      byClass[senderClass] = place
    }
    byMembership[membership] = place
    return place
  }

  /// The same for a class that there is already. O(sources) for memberships that there were not before.
  func place(knownMemberOf membership: [SourceNumber]) -> Int? {
    byMembership[membership]
  }

  func name(_ place: Int) -> ChainName { entries[place].name }

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

  var isMissingChains: Bool { !missing.isEmpty }
  var hasIdleChains: Bool { !idle.isEmpty }

  /// All chains there are.
  var chains: [Chain] { entries.flatMap { $0.program?.chains ?? [] } }

  /// Makes the chains that are missing, and forgets those of classes without senders.
  mutating func settle() -> (added: [Chain], removed: [Chain]) {
    var (added, removed): ([Chain], [Chain]) = ([], [])
    for place in missing.sorted() {
      let program = ClassProgram(entries[place].senderClass, entries[place].name, in: document)
      entries[place].program = program
      added += program.chains
    }
    for place in idle.sorted() {
      removed += entries[place].program?.chains ?? []
      entries[place].program = nil
    }
    missing = []
    idle = []
    return (added, removed)
  }
}
