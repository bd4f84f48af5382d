/// What is not the same in two programs of one table, and the commands that change it.
struct ProgramDifference {
  private let table: String
  private let counters: Changes<NamedCounter>
  private let sets: Changes<NamedSet>
  private let maps: Changes<NamedMap>
  private let chains: Changes<Chain>
  private let newChainsInOrder: [Chain]

  /// - Parameter rewritesRules: whether chains get their rules anew also where both have the same.
  init(old: NftablesProgram, new: NftablesProgram, rewritesRules: Bool = false) {
    table = "inet " + new.table.text + " "
    counters = Changes(old.counters, new.counters, by: \.name) { _, _ in .same }
    let sets = Changes(old.sets, new.sets, by: \.name) { old, new in
      old.storage == new.storage ? (old == new ? .same : .changed) : .remade
    }
    let maps = Changes(old.namedMaps, new.namedMaps, by: \.name) { old, new in
      old.isOfKind(of: new) ? (old == new ? .same : .changed) : .remade
    }
    let remadeSets = Set(sets.remade.map(\.new.name))
    let remadeMaps = Set(maps.remade.map(\.new.name))
    chains = Changes(old.chains, new.chains, by: \.name) { old, new in
      if old.base?.hook != new.base?.hook || old.base?.priority != new.base?.priority { return .remade }
      let usesRemade = old.rules.contains {
        !remadeSets.isDisjoint(with: $0.sets) || !remadeMaps.isDisjoint(with: $0.maps)
      }
      let isSame = old.rules == new.rules && old.base == new.base && !usesRemade && !rewritesRules
      return isSame ? .same : .changed
    }
    self.sets = sets
    self.maps = maps
    let order = new.chainsInDependencyOrder
    newChainsInOrder = order
  }

  /// First what is added, then the rules that use it, then what nothing uses any more.
  var commands: [String] {
    counters.added.map { "add counter " + table + $0.name.text }
      + chainCommands + setCommands + elementCommands + ruleCommands + deletions
  }

  private var chainCommands: [String] {
    let rewritten = (chains.changed + chains.remade).map { "flush chain " + table + $0.old.name.text }
    let gone = chains.remade.map { "delete chain " + table + $0.old.name.text }
    let others = chains.changed.filter { $0.old.base != $0.new.base }.map(\.new)
    return rewritten + gone + (chains.added + chains.remade.map(\.new) + others).map(creation(of:))
  }

  /// A chain alone. Its rules come when all chains and sets are there.
  private func creation(of chain: Chain) -> String {
    "add chain " + table + chain.name.text + (chain.base.map { " { " + $0.text + " }" } ?? "")
  }

  private var setCommands: [String] {
    var commands = sets.remade.map { "delete set " + table + $0.old.name.text }
    commands += maps.remade.map { "delete map " + table + $0.old.name.text }
    for set in sets.added + sets.remade.map(\.new) {
      commands.append(declaration("set", set.name.text, set.properties))
    }
    for map in maps.added + maps.remade.map(\.new) {
      commands.append(declaration("map", map.name.text, map.properties))
    }
    return commands
  }

  private func declaration(_ kind: String, _ name: String, _ properties: [String]) -> String {
    "add " + kind + " " + table + name + " { " + properties.map { $0 + ";" }.joined(separator: " ") + " }"
  }

  private var elementCommands: [String] {
    var commands: [String] = []
    for set in sets.added + sets.remade.map(\.new) {
      commands += elements("add", set.name.text, set.elements.inOrder.map(\.text))
    }
    for map in maps.added + maps.remade.map(\.new) {
      commands += elements("add", map.name.text, map.elementTexts)
    }
    for (old, new) in sets.changed {
      commands += change("set", new.name.text, new.storage, from: old.elements, to: new.elements)
    }
    for change in maps.changed {
      switch change {
      case (.verdicts(let old), .verdicts(let new)):
        commands += self.change("map", new.name.text, new.storage, from: old.elements, to: new.elements)
      case (.marks(let old), .marks(let new)):
        commands += self.change("map", new.name.text, new.storage, from: old.elements, to: new.elements)
      case (.verdicts, .marks), (.marks, .verdicts): break
      }
    }
    return commands
  }

  /// An element with another timeout or value is removed and added again.
  private func change<Element: KeyedElement>(
    _ kind: String, _ name: String, _ storage: KeyStorage, from old: [Element], to new: [Element]
  ) -> [String] {
    if storage.hasIntervals {
      return ["flush " + kind + " " + table + name] + elements("add", name, new.inOrder.map(\.text))
    }
    let removed = Array(Set(old).subtracting(new)).inOrder
    let added = Array(Set(new).subtracting(old)).inOrder
    let replaced = Set(removed.map(\.key))
    // One that has run out cannot be deleted, and would undo the whole transaction: it is there after it was added.
    let revived = storage.changesAtRunTime ? removed.map(\.text) : []
    let fresh = added.filter { !replaced.contains($0.key) }
    let again = added.filter { replaced.contains($0.key) }
    return elements("add", name, fresh.map(\.text) + revived)
      + elements("delete", name, removed.map(\.key.keyText))
      + elements("add", name, again.map(\.text))
  }

  private func elements(_ verb: String, _ name: String, _ elements: [String]) -> [String] {
    elements.isEmpty
      ? [] : [verb + " element " + table + name + " { " + elements.joined(separator: ", ") + " }"]
  }

  private var ruleCommands: [String] {
    let rewritten = Set((chains.added + chains.remade.map(\.new) + chains.changed.map(\.new)).map(\.name))
    return newChainsInOrder.filter { rewritten.contains($0.name) }.flatMap { chain in
      chain.rules.map { "add rule " + table + chain.name.text + " " + $0.text }
    }
  }

  /// Rules before what they use: the kernel deletes nothing that is in use.
  private var deletions: [String] {
    var commands = chains.removed.map { "flush chain " + table + $0.name.text }
    commands += maps.removed.map { "delete map " + table + $0.name.text }
    commands += sets.removed.map { "delete set " + table + $0.name.text }
    commands += chains.removed.map { "delete chain " + table + $0.name.text }
    commands += counters.removed.map { "delete counter " + table + $0.name.text }
    return commands
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
