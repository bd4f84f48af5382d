/// A table of the family `inet` as a value: what the kernel is told to do with packets.
///
/// Names are unique among chains, among counters, and among sets and maps together. Parts are kept in order of their
/// names, so equal programs have equal texts, ``text``.
package struct NftablesProgram: Sendable, Hashable {
  package let table: TableName
  package let counters: [NamedCounter]
  package let sets: [NamedSet]
  package let maps: [VerdictMap]
  package let markMaps: [MarkMap]
  package let chains: [Chain]

  package init(
    table: TableName, counters: [NamedCounter] = [], sets: [NamedSet] = [], maps: [VerdictMap] = [],
    markMaps: [MarkMap] = [], chains: [Chain]
  ) {
    self.table = table
    self.counters = counters.sorted { $0.name < $1.name }
    self.sets = sets.sorted { $0.name < $1.name }
    self.maps = maps.sorted { $0.name < $1.name }
    self.markMaps = markMaps.sorted { $0.name < $1.name }
    self.chains = chains.sorted { $0.name < $1.name }
  }
}
