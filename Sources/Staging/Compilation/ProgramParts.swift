internal import Kubernetes
internal import Nftables
internal import PolicyModel

/// The chains and sets of a program while it is made. Equal contents are there once, under a name made of them.
struct ProgramParts {
  private(set) var chains: [Chain] = []
  private(set) var sets: [NamedSet] = []
  private var names: [ChainContent: ChainName] = [:]
  private var setNames: [SetContent: SetName] = [:]
  private var usedNames: Set<String> = []

  private struct ChainContent: Hashable {
    let stem: ChainName
    let rules: [Nftables.Rule]
  }

  private struct SetContent: Hashable {
    let family: AddressFamily
    let intervals: [Nftables.Interval]
  }

  /// More intervals than this are a set with a name, which rules share.
  private static let longestList = 3

  /// The chain with these rules.
  mutating func chain(_ stem: ChainName, _ rules: [Nftables.Rule], note: SafeText) -> ChainName {
    let content = ChainContent(stem: stem, rules: rules)
    if let name = names[content] { return name }
    let name = unused(stem, rules.map(\.text))
    names[content] = name
    chains.append(Chain(name, rules, note: note))
    return name
  }

  /// The condition that an address of a packet is in the set, which is of the family.
  mutating func match(_ addresses: AddressSet, _ family: AddressFamily, _ end: End) -> Match {
    let field = Field.address(family, end)
    let intervals = addresses.nftablesIntervals
    if addresses == AddressSet.all.of(family) { return .field(.family, .oneOf, [.one(.family(family))]) }
    if intervals.count <= Self.longestList { return .field(field, .oneOf, intervals) }
    let content = SetContent(family: family, intervals: intervals)
    if let name = setNames[content] { return .lookup([field], .oneOf, name) }
    let name = unused(
      family == .ipv4 ? "peers4" : "peers6" as SetName, intervals.map { "\($0.first) \($0.last)" })
    setNames[content] = name
    sets.append(
      NamedSet(
        name,
        KeyStorage([.address(family)], hasIntervals: !intervals.allSatisfy(\.isOne)),
        intervals.map { NamedSet.Element([$0]) }))
    return .lookup([field], .oneOf, name)
  }

  /// A name made of a content; another one where two contents have the same hash.
  private mutating func unused<Part>(_ stem: Name<Part>, _ content: [String]) -> Name<Part> {
    var hash = Self.hash(content)
    while true {
      let name = Name(stem, hash: hash)
      if usedNames.insert(name.text).inserted { return name }
      hash &+= 1
    }
  }

  /// FNV-1a (draft-eastlake-fnv): the same in every run, as names must be.
  private static func hash(_ lines: [String]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for line in lines {
      for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0x0A) &* 0x100_0000_01B3
    }
    return hash
  }
}
