internal import Kubernetes
internal import Netlink
internal import Nftables

/// The elements of a set or a map of any kind, as the kernel takes them.
struct KeyedElements: Sequence, IteratorProtocol {
  struct Element {
    let key: [Interval]
    /// Nil in sets.
    let value: MapValue?
    let timeout: Duration?
  }

  private let collection: NamedCollection
  private var place = 0

  init(_ collection: NamedCollection) { self.collection = collection }

  mutating func next() -> Element? {
    defer { place += 1 }
    switch collection {
    case .set(let set):
      return set.elements.indices.contains(place)
        ? Element(key: set.elements[place].key, value: nil, timeout: set.elements[place].timeout) : nil
    case .verdicts(let map):
      guard map.elements.indices.contains(place) else { return nil }
      let element = map.elements[place]
      return Element(key: element.key, value: MapValue(element.verdict), timeout: element.timeout)
    case .marks(let map):
      guard map.elements.indices.contains(place) else { return nil }
      let element = map.elements[place]
      return Element(key: element.key, value: .mark(element.mark), timeout: element.timeout)
    }
  }
}

/// Ranges as the kernel keeps them: for each its first key, and the key behind it, ascending. Where ranges of a set touch they
/// are one. Where those of a map do, and the map is a rule's own, the second begins where the first ends; in one with a name the
/// kernel takes that for an overlap. What is below the first range ends first.
struct RangeEnds: Sequence, IteratorProtocol {
  struct End {
    let key: SetKey
    let isBehind: Bool
    var value: MapValue?
    var timeout: Duration?
  }

  private var ends: [End] = []
  private var place = 0

  /// - Parameters:
  ///   - type: of the keys.
  ///   - set: where they are to be.
  init(_ elements: some Sequence<KeyedElements.Element>, of type: KeyType?, _ set: SetReference) {
    guard let type else { return }
    let sorted = elements.compactMap { element -> Range? in
      guard let interval = element.key.first, let first = interval.first.position,
        let last = interval.last.position
      else { return nil }
      return Range(first: first, last: last, value: element.value, timeout: element.timeout)
    }.sorted { ($0.first, $0.last) < ($1.first, $1.last) }
    var ranges: [Range] = []
    for range in sorted {
      if range.value == nil, let known = ranges.last, known.last == .max || range.first <= known.last + 1 {
        ranges[ranges.count - 1].last = Swift.max(known.last, range.last)
      } else {
        ranges.append(range)
      }
    }
    if let first = ranges.first, first.first > 0 {
      ends.append(End(key: type.key(0), isBehind: true))
    }
    for (index, range) in ranges.enumerated() {
      ends.append(
        End(key: type.key(range.first), isBehind: false, value: range.value, timeout: range.timeout))
      let next = index + 1 < ranges.count && set.isOwn ? ranges[index + 1].first : nil
      if range.last < type.lastPosition, next != range.last + 1 {
        ends.append(End(key: type.key(range.last + 1), isBehind: true))
      }
    }
  }

  private struct Range {
    let first: UInt128
    var last: UInt128
    let value: MapValue?
    let timeout: Duration?
  }

  mutating func next() -> End? {
    guard ends.indices.contains(place) else { return nil }
    defer { place += 1 }
    return ends[place]
  }
}

extension KeyType {
  /// A key of a set of ranges: numbers in the order of the network, so that they can be compared.
  fileprivate func key(_ position: UInt128) -> SetKey {
    switch self {
    case .ipv4Address, .mark: .ipv4(UInt32(truncatingIfNeeded: position))
    case .ipv6Address: .ipv6(position)
    case .port: .port(UInt16(truncatingIfNeeded: position))
    default: .byte(UInt8(truncatingIfNeeded: position))
    }
  }

  fileprivate var lastPosition: UInt128 { .max >> (128 - 8 * UInt128(part.length)) }
}

extension SetReference {
  fileprivate var isOwn: Bool {
    if case .own = self { true } else { false }
  }
}
