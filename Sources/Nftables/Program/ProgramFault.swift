/// Something in a program for which nft or the kernel would refuse all of it.
package enum ProgramFault: Sendable, Hashable {
  /// Two parts of one kind have the name; sets and maps are one kind.
  case duplicateName(String)
  /// A rule of the chain names a chain, set, map or counter that is not there.
  case missing(String, in: ChainName)
  /// A rule of the chain goes to a base chain, which only hooks call.
  case entersBaseChain(ChainName, in: ChainName)
  /// From the chain one comes back to it.
  case loop(ChainName)
  /// A rule of the chain has no value to compare with, or a key that does not fit what it is looked up in.
  case wrongKey(in: ChainName)
  /// A rule of the chain wants verdicts of a map of marks, or marks of a map of verdicts.
  case wrongValue(MapName, in: ChainName)
  /// An element does not fit the type of its set, or is a range in a set without ranges.
  case wrongElement(in: String)
  /// Rules fill the set, and it is not dynamic or has no bound.
  case notDynamic(SetName)
}

extension NftablesProgram {
  /// What is wrong with the program, in order of its parts; empty for one that is accepted. O(size of the program).
  package var faults: [ProgramFault] { ProgramCheck(self).faults }
}

/// The walk over a program that finds faults.
private struct ProgramCheck {
  private(set) var faults: [ProgramFault] = []
  private let chains: [ChainName: Chain]
  private let sets: [SetName: NamedSet]
  private let maps: [MapName: VerdictMap]
  private let markMaps: [MapName: MarkMap]
  private let counters: Set<CounterName>

  init(_ program: NftablesProgram) {
    chains = Dictionary(program.chains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    sets = Dictionary(program.sets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    maps = Dictionary(program.maps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    markMaps = Dictionary(program.markMaps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    counters = Set(program.counters.map(\.name))
    checkNames(program.counters.map(\.name.text))
    checkNames(program.collections.map(\.name))
    checkNames(program.chains.map(\.name.text))
    for collection in program.collections {
      checkElements(collection.keys, collection.storage, collection.name)
    }
    for chain in program.chains {
      for rule in chain.rules {
        for statement in rule.statements { check(statement, in: chain.name) }
      }
    }
    let order = program.chainsInDependencyOrder
    let places = Dictionary(
      order.indices.map { (order[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    // What a chain goes to stands before it, unless that leads back.
    for (place, chain) in order.enumerated() {
      if targets(of: chain).contains(where: { places[$0].map { $0 >= place } ?? false }) {
        faults.append(.loop(chain.name))
      }
    }
  }

  private func targets(of chain: Chain) -> [ChainName] {
    chain.rules.flatMap { rule in
      rule.targets + rule.maps.flatMap { maps[$0]?.elements.compactMap(\.verdict.target) ?? [] }
    }
  }

  private mutating func checkNames(_ names: [String]) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { faults.append(.duplicateName(name)) }
  }

  private mutating func checkElements(_ keys: [[Interval]], _ storage: KeyStorage, _ name: String) {
    let fit = keys.allSatisfy { key in
      key.count == storage.types.count && zip(key, storage.types).allSatisfy { $0.fits($1) }
        && (storage.hasIntervals || key.allSatisfy(\.isOne))
    }
    if !fit || Set(keys).count < keys.count { faults.append(.wrongElement(in: name)) }
  }

  private mutating func check(_ statement: Statement, in chain: ChainName) {
    switch statement {
    case .match(.field(let field, _, let intervals)):
      if intervals.isEmpty || !intervals.allSatisfy({ $0.fits(field.type) }) {
        faults.append(.wrongKey(in: chain))
      }
    case .match(.lookup(let fields, _, let name)):
      check(fields, sets[name]?.storage, name.text, in: chain)
    case .match(.connection(_, let states)):
      if states.isEmpty { faults.append(.wrongKey(in: chain)) }
    case .match(.direction), .match(.tcpFlags), .match(.rate), .reject, .count, .log, .markConnection,
      .markPacket:
      break
    case .verdict(let verdict): check(verdict, in: chain)
    case .verdictMap(let fields, let name):
      check(fields, maps[name]?.storage, markMaps[name], name, in: chain)
      for element in maps[name]?.elements ?? [] { check(element.verdict, in: chain) }
    case .markPacketBy(let fields, let name):
      check(fields, markMaps[name]?.storage, maps[name], name, in: chain)
    case .verdicts(let fields, let elements):
      if elements.isEmpty { faults.append(.wrongKey(in: chain)) }
      for element in elements {
        check(fields, KeyStorage(fields.map(\.type)), "", in: chain, key: element.key)
        check(element.verdict, in: chain)
      }
    case .countIn(let name):
      if !counters.contains(name) { faults.append(.missing(name.text, in: chain)) }
    case .update(let name, let fields, _):
      check(fields, sets[name]?.storage, name.text, in: chain)
      if let storage = sets[name]?.storage, !storage.isDynamic || storage.size == nil {
        faults.append(.notDynamic(name))
      }
    }
  }

  /// - Parameter other: a map of the name that has other values.
  private mutating func check<Other>(
    _ fields: [Field], _ storage: KeyStorage?, _ other: Other?, _ name: MapName, in chain: ChainName
  ) {
    if storage == nil, other != nil {
      faults.append(.wrongValue(name, in: chain))
    } else {
      check(fields, storage, name.text, in: chain)
    }
  }

  private mutating func check(
    _ fields: [Field], _ storage: KeyStorage?, _ name: String, in chain: ChainName, key: [Interval]? = nil
  ) {
    guard let storage else {
      faults.append(.missing(name, in: chain))
      return
    }
    let fits = key.map { $0.count == fields.count && zip($0, fields).allSatisfy { $0.fits($1.type) } } ?? true
    if fields.map(\.type) != storage.types || fields.isEmpty || !fits {
      faults.append(.wrongKey(in: chain))
    }
  }

  private mutating func check(_ verdict: Verdict, in chain: ChainName) {
    guard let name = verdict.target else { return }
    guard let target = chains[name] else {
      faults.append(.missing(name.text, in: chain))
      return
    }
    if target.base != nil { faults.append(.entersBaseChain(name, in: chain)) }
  }
}
