internal import Kubernetes
internal import Netlink
internal import Nftables

extension TableTransaction {
  /// What a transaction of nft does, for a table that the connection owns: no other socket can change that, so the text of the
  /// rules cannot be given to the program nft.
  ///
  /// The kernel gets what nft makes of the text (`EncodingTests`, `NetlinkAgreementTests`). O(parts + n log n) for n elements.
  init(_ transaction: NftablesTransaction) {
    self.init(table: transaction.table.text)
    let table = transaction.table
    var changes = transaction.changes[...]
    for start in [[TableChange.addTable(table), .deleteTable(table)], [.deleteTable(table)]]
    where changes.starts(with: start) {
      // What there is goes: a table that was added without an owner cannot get one.
      if start.count > 1 { addTable() }
      deleteTable()
      changes = changes.dropFirst(start.count)
    }
    // One that is there is taken, and one that is owned stays so.
    addOwnedTable()
    for change in changes where change != .addTable(table) { append(change) }
  }

  private mutating func append(_ change: TableChange) {
    switch change {
    // A transaction is about one table.
    case .addTable: break
    case .deleteTable(let name): deleteTable(name.text)
    case .addCounter(let counter): addCounter(counter.name.text)
    case .deleteCounter(let counter): deleteCounter(counter.name.text)
    case .addChain(let name, let base): addChain(name.text, base.map(ChainHook.init))
    case .flushChain(let name): flushChain(name.text)
    case .deleteChain(let name): deleteChain(name.text)
    case .addCollection(let collection): addSet(collection.name, SetKind(collection))
    case .flushCollection(let collection): flush(collection.name)
    case .deleteCollection(let collection): deleteSet(collection.name)
    case .addElements(let collection):
      add(KeyedElements(collection), of: collection.storage, to: .named(collection.name))
    case .deleteElements(let collection):
      for element in KeyedElements(collection) { delete(SetKey(element.key), from: collection.name) }
    case .addRule(let chain, let rule):
      let encoding = RuleEncoding(rule, &self)
      addRule(to: chain.text, encoding.instructions, note: rule.note?.text)
    }
  }

  /// Adds elements to a set that has none of them.
  mutating func add(_ elements: KeyedElements, of storage: KeyStorage, to set: SetReference) {
    guard storage.hasIntervals else {
      for element in elements {
        add(SetKey(element.key), .first, to: set, value: element.value, timeout: element.timeout)
      }
      return
    }
    if storage.types.count > 1 {
      for element in elements {
        let last = SetKey(parts: element.key.map { SetKey($0.last, isOrdered: true) })
        add(
          SetKey(parts: element.key.map { SetKey($0.first, isOrdered: true) }), .block(last), to: set,
          value: element.value, timeout: element.timeout)
      }
      return
    }
    for end in RangeEnds(elements, of: storage.types.first, set) {
      add(end.key, end.isBehind ? .behind : .first, to: set, value: end.value, timeout: end.timeout)
    }
  }
}

extension ChainHook {
  init(_ base: Chain.Base) {
    let number: UInt32 =
      switch base.hook {
      case .prerouting: 0
      case .input: 1
      case .forward: 2
      case .output: 3
      case .postrouting: 4
      }
    self.init(number: number, priority: Int32(clamping: base.priority), accepts: base.policy == .accept)
  }
}

extension SetKind {
  init(_ collection: NamedCollection) {
    let values: Values? =
      switch collection {
      case .set: nil
      case .verdicts: .verdicts
      case .marks: .marks
      }
    self.init(collection.storage, values)
  }

  init(_ storage: KeyStorage, _ values: Values?) {
    self.init(
      storage.types.map(\.part), values: values, hasIntervals: storage.hasIntervals,
      hasTimeouts: storage.hasTimeouts, isDynamic: storage.isDynamic, timeout: storage.timeout,
      size: storage.size)
  }
}
