/// A map of either kind, as the kernel has them: under names of one kind.
enum NamedMap: Sendable, Hashable {
  case verdicts(VerdictMap)
  case marks(MarkMap)

  var name: MapName {
    switch self {
    case .verdicts(let map): map.name
    case .marks(let map): map.name
    }
  }

  var storage: KeyStorage {
    switch self {
    case .verdicts(let map): map.storage
    case .marks(let map): map.storage
    }
  }

  /// The keys of its elements, in their order.
  var keys: [[Interval]] {
    switch self {
    case .verdicts(let map): map.elements.map(\.key)
    case .marks(let map): map.elements.map(\.key)
    }
  }

  /// Whether the kernel can make one of the other by changing elements.
  func isOfKind(of other: NamedMap) -> Bool {
    switch (self, other) {
    case (.verdicts, .verdicts), (.marks, .marks): storage == other.storage
    case (.verdicts, .marks), (.marks, .verdicts): false
    }
  }
}

extension NftablesProgram {
  /// The maps of both kinds, by name.
  var namedMaps: [NamedMap] {
    (maps.map(NamedMap.verdicts) + markMaps.map(NamedMap.marks)).sorted { $0.name < $1.name }
  }
}
