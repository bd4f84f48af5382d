/// A set or a map, as the kernel has them: under names of one kind.
package enum NamedCollection: Sendable, Hashable {
  case set(NamedSet)
  case verdicts(VerdictMap)
  case marks(MarkMap)

  package var name: String {
    switch self {
    case .set(let set): set.name.text
    case .verdicts(let map): map.name.text
    case .marks(let map): map.name.text
    }
  }

  package var storage: KeyStorage {
    switch self {
    case .set(let set): set.storage
    case .verdicts(let map): map.storage
    case .marks(let map): map.storage
    }
  }

  /// The keys of its elements, in their order.
  var keys: [[Interval]] {
    switch self {
    case .set(let set): set.elements.map(\.key)
    case .verdicts(let map): map.elements.map(\.key)
    case .marks(let map): map.elements.map(\.key)
    }
  }

  /// Whether the kernel can make one of the other by changing elements.
  func isOfKind(of other: NamedCollection) -> Bool {
    switch (self, other) {
    case (.set, .set), (.verdicts, .verdicts), (.marks, .marks): storage == other.storage
    default: false
    }
  }
}

/// A set or a map of one kind.
protocol KeyedCollection {
  associatedtype Element: KeyedElement
  var storage: KeyStorage { get }
  var elements: [Element] { get }
  /// The same with other elements.
  func having(_ elements: [Element]) -> NamedCollection
}

extension NamedSet: KeyedCollection {
  func having(_ elements: [Element]) -> NamedCollection { .set(NamedSet(name, storage, elements)) }
}

extension VerdictMap: KeyedCollection {
  func having(_ elements: [Element]) -> NamedCollection { .verdicts(VerdictMap(name, storage, elements)) }
}

extension MarkMap: KeyedCollection {
  func having(_ elements: [Element]) -> NamedCollection { .marks(MarkMap(name, storage, elements)) }
}

extension NftablesProgram {
  /// The sets, and then the maps of both kinds, each by name.
  var collections: [NamedCollection] {
    sets.map(NamedCollection.set)
      + (maps.map(NamedCollection.verdicts) + markMaps.map(NamedCollection.marks)).sorted {
        $0.name < $1.name
      }
  }
}
