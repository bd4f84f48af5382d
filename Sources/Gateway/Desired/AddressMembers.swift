internal import Kubernetes

/// Which sources have which addresses of clusters.
struct AddressMembers: Sendable {
  /// A source that has the address, and by how many members.
  private struct Holding: Sendable {
    let source: SourceNumber
    var count: Int
  }

  /// Ascending by source.
  private var holdings: [IPAddress: [Holding]] = [:]

  /// How many addresses any source has.
  var count: Int { holdings.count }

  /// Every address with the sources that have it, ascending.
  var memberships: some Sequence<(IPAddress, [SourceNumber])> {
    holdings.lazy.map { ($0.key, $0.value.map(\.source)) }
  }

  /// Sources that have the address, ascending.
  subscript(address: IPAddress) -> [SourceNumber] { holdings[address]?.map(\.source) ?? [] }

  /// Lets some more members of a source have an address. O(sources that have it).
  mutating func join(_ address: IPAddress, _ source: SourceNumber, count: Int = 1) {
    if count <= 0 { return }
    Self.join(&holdings[address, default: []], source, count)
  }

  private static func join(_ known: inout [Holding], _ source: SourceNumber, _ count: Int) {
    let place = known.firstIndex { $0.source >= source } ?? known.count
    if place < known.count, known[place].source == source {
      known[place].count += count
    } else {
      known.insert(Holding(source: source, count: count), at: place)
    }
  }

  /// Lets a member less of a source have an address; nothing when none has. O(sources that have it).
  mutating func leave(_ address: IPAddress, _ source: SourceNumber) {
    guard var known = holdings[address], let place = known.firstIndex(where: { $0.source == source }) else {
      return
    }
    known[place].count -= 1
    if known[place].count == 0 { known.remove(at: place) }
    holdings[address] = known.isEmpty ? nil : known
  }
}
