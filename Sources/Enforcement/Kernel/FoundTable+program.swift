internal import Kubernetes
internal import Netlink
internal import Nftables

extension NftablesProgram {
  /// What a table of the kernel has, as far as it must be known to make another program of it.
  ///
  /// - Parameters:
  ///   - elements: those of maps that only the program changes, by the names of the maps.
  ///   - wanted: what is to be made of it. Sets that are the same as its own are kept, with what is in them.
  /// - Returns: nil when a part cannot be taken over: then the table has to be replaced as a whole.
  init?(_ found: FoundTable, _ elements: [MapName: [SetElement]], wanted: NftablesProgram) {
    // Whoever wakes it would meet its chains one by one.
    if found.isDormant { return nil }
    let wantedChains = Dictionary(
      wanted.chains.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
    var chains: [Chain] = []
    for chain in found.chains {
      guard let name = ChainName(chain.name) else { return nil }
      let base = wantedChains[chain.name]?.base
      // A chain with a hook and one without cannot be made of each other while rules go there.
      guard (base == nil) == (chain.hook == nil) || wantedChains[chain.name] == nil else { return nil }
      if let base, let hook = chain.hook, !hook.isSame(as: base) { return nil }
      chains.append(Chain(name, base: base, []))
    }
    let wantedSets = Dictionary(
      wanted.sets.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
    let storages = Dictionary(
      wanted.maps.map { ($0.name.text, $0.storage) } + wanted.markMaps.map { ($0.name.text, $0.storage) },
      uniquingKeysWith: { first, _ in first })
    let markMapNames = Set(wanted.markMaps.map(\.name.text))
    var (sets, maps, markMaps): ([NamedSet], [VerdictMap], [MarkMap]) = ([], [], [])
    for set in found.sets {
      if set.isMap {
        guard let name = MapName(set.name) else { return nil }
        let storage = storages[set.name] ?? KeyStorage([.mark])
        let hasMarks = markMapNames.contains(set.name)
        if storages[set.name] != nil, !set.fits(storage) || set.hasVerdicts == hasMarks { return nil }
        let known = elements[name] ?? []
        if hasMarks {
          markMaps.append(MarkMap(name, storage, known.compactMap(MarkMap.Element.init)))
        } else {
          maps.append(VerdictMap(name, storage, known.compactMap(VerdictMap.Element.init)))
        }
      } else {
        guard let name = SetName(set.name) else { return nil }
        let storage = wantedSets[set.name]?.storage ?? KeyStorage([.mark])
        if wantedSets[set.name] != nil, !set.fits(storage) { return nil }
        sets.append(NamedSet(name, storage))
      }
    }
    var counters: [NamedCounter] = []
    for counter in found.counters {
      guard let name = CounterName(counter) else { return nil }
      counters.append(NamedCounter(name))
    }
    self.init(
      table: wanted.table, counters: counters, sets: sets, maps: maps, markMaps: markMaps, chains: chains)
  }
}

extension MarkMap.Element {
  /// An element of a map from addresses.
  fileprivate init?(_ found: SetElement) {
    guard let address = found.key.address, case .mark(let mark) = found.value else { return nil }
    self.init([.address(IPAddress(address))], mark)
  }
}

extension VerdictMap.Element {
  /// An element of a map from marks.
  fileprivate init?(_ found: SetElement) {
    guard let mark = found.key.mark else { return nil }
    // Which one it is matters only where it is one of the program's.
    let verdict: Verdict =
      if case .verdict(.goto(let chain)) = found.value, let name = ChainName(chain) { .goto(name) } else {
        .drop
      }
    self.init([.one(.mark(mark))], verdict)
  }
}

extension FoundTable.Chain.Hook {
  fileprivate func isSame(as base: Chain.Base) -> Bool {
    let wanted = ChainHook(base)
    return wanted.number == number && wanted.priority == priority
  }
}

extension FoundTable.KeySet {
  /// The fourth number of ``kind`` is the type of values; `NFT_DATA_VERDICT`.
  fileprivate var hasVerdicts: Bool { kind[3] == 0xFFFF_FF00 }

  /// Whether keys are laid out, and kept, as a program says. The first number of ``kind`` are the kernel's flags of a set, the
  /// third is the length of a key.
  fileprivate func fits(_ storage: KeyStorage) -> Bool {
    let (timeout, interval): (UInt32, UInt32) = (0x10, 0x4)
    let length = storage.types.reduce(0) {
      $0 + (storage.types.count > 1 ? ($1.part.length + 3) & ~3 : $1.part.length)
    }
    return (kind[0] & timeout != 0) == storage.hasTimeouts
      && (kind[0] & interval != 0) == storage.hasIntervals
      && kind[2] == length
  }
}
