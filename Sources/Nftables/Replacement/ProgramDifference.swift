/// What is not the same in two programs of one table, and what changes it.
struct ProgramDifference {
  private let counters: Changes<NamedCounter>
  private let collections: Changes<NamedCollection>
  private let chains: Changes<Chain>
  private let newChainsInOrder: [Chain]

  /// - Parameter rewritesRules: whether chains get their rules anew also where both have the same.
  init(old: NftablesProgram, new: NftablesProgram, rewritesRules: Bool = false) {
    counters = Changes(old.counters, new.counters, by: \.name) { _, _ in .same }
    let collections = Changes(old.collections, new.collections, by: \.name) { old, new in
      old.isOfKind(of: new) ? (old == new ? .same : .changed) : .remade
    }
    let remade = Set(collections.remade.map(\.new.name))
    chains = Changes(old.chains, new.chains, by: \.name) { old, new in
      if old.base?.hook != new.base?.hook || old.base?.priority != new.base?.priority { return .remade }
      let usesRemade =
        !remade.isEmpty
        && old.rules.contains { rule in
          rule.sets.contains { remade.contains($0.text) } || rule.maps.contains { remade.contains($0.text) }
        }
      let isSame = old.rules == new.rules && old.base == new.base && !usesRemade && !rewritesRules
      return isSame ? .same : .changed
    }
    self.collections = collections
    newChainsInOrder = new.chainsInDependencyOrder
  }

  /// First what is added, then the rules that use it, then what nothing uses any more.
  var changes: [TableChange] {
    counters.added.map(TableChange.addCounter)
      + chainChanges + collectionChanges + elementChanges + ruleChanges + deletions
  }

  /// Chains alone. Their rules come when all chains and sets are there.
  private var chainChanges: [TableChange] {
    let rewritten = (chains.changed + chains.remade).map { TableChange.flushChain($0.old.name) }
    let gone = chains.remade.map { TableChange.deleteChain($0.old.name) }
    let others = chains.changed.filter { $0.old.base != $0.new.base }.map(\.new)
    return rewritten + gone
      + (chains.added + chains.remade.map(\.new) + others).map { .addChain($0.name, $0.base) }
  }

  private var collectionChanges: [TableChange] {
    collections.remade.map { .deleteCollection($0.old) }
      + (collections.added + collections.remade.map(\.new)).map(TableChange.addCollection)
  }

  private var elementChanges: [TableChange] {
    let new = collections.added + collections.remade.map(\.new)
    return new.flatMap { Self.adding($0.inOrder) }
      + collections.changed.flatMap { change -> [TableChange] in
        switch change {
        case (.set(let old), .set(let new)): Self.change(from: old, to: new)
        case (.verdicts(let old), .verdicts(let new)): Self.change(from: old, to: new)
        case (.marks(let old), .marks(let new)): Self.change(from: old, to: new)
        // Those of another kind are made anew.
        default: []
        }
      }
  }

  private static func adding(_ collection: NamedCollection) -> [TableChange] {
    collection.keys.isEmpty ? [] : [.addElements(collection)]
  }

  /// An element with another timeout or value is removed and added again.
  private static func change<Collection: KeyedCollection>(
    from old: Collection, to new: Collection
  ) -> [TableChange] {
    if new.storage.hasIntervals {
      return [.flushCollection(new.having([]))] + adding(new.having(new.elements.inOrder))
    }
    let removed = Array(Set(old.elements).subtracting(new.elements)).inOrder
    let added = Array(Set(new.elements).subtracting(old.elements)).inOrder
    let replaced = Set(removed.map(\.key))
    // One that has run out cannot be deleted, and would undo the whole transaction: it is there after it was added.
    let revived = new.storage.changesAtRunTime ? removed : []
    let fresh = added.filter { !replaced.contains($0.key) }
    let again = added.filter { replaced.contains($0.key) }
    return adding(new.having(fresh + revived))
      + (removed.isEmpty ? [] : [.deleteElements(new.having(removed))])
      + adding(new.having(again))
  }

  private var ruleChanges: [TableChange] {
    let rewritten = Set((chains.added + chains.remade.map(\.new) + chains.changed.map(\.new)).map(\.name))
    return newChainsInOrder.filter { rewritten.contains($0.name) }.flatMap { chain in
      chain.rules.map { .addRule(chain.name, $0) }
    }
  }

  /// Rules before what they use: the kernel deletes nothing that is in use.
  private var deletions: [TableChange] {
    chains.removed.map { .flushChain($0.name) } + collections.removed.map(TableChange.deleteCollection)
      + chains.removed.map { .deleteChain($0.name) } + counters.removed.map(TableChange.deleteCounter)
  }
}

/// The parts of one kind of two programs, compared by name.
private struct Changes<Part> {
  enum Effect {
    case same
    /// The content is another.
    case changed
    /// What it is is another: it has to go before it can come.
    case remade
  }

  private(set) var added: [Part] = []
  private(set) var removed: [Part] = []
  private(set) var changed: [(old: Part, new: Part)] = []
  private(set) var remade: [(old: Part, new: Part)] = []

  init<Key: Hashable>(
    _ old: [Part], _ new: [Part], by name: (Part) -> Key, _ effect: (Part, Part) -> Effect
  ) {
    let before = Dictionary(old.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
    let after = Set(new.map(name))
    removed = old.filter { !after.contains(name($0)) }
    for part in new {
      guard let other = before[name(part)] else {
        added.append(part)
        continue
      }
      switch effect(other, part) {
      case .same: break
      case .changed: changed.append((other, part))
      case .remade: remade.append((other, part))
      }
    }
  }
}
