internal import Gateway
internal import Netlink
internal import Nftables

extension KernelTable {
  /// Fewer elements than these are quicker in the text.
  private static let worthPreparing = 1000

  /// Adds elements to the maps of marks that mean nothing before the structure is another one, as those of a
  /// ``GatewayUpdate/preparation`` do: netlink takes them in a fifth of the time that nft needs for their text. O(elements).
  ///
  /// - Parameters:
  ///   - old: what the kernel has in the generation.
  ///   - generation: becomes the one in which the elements are there.
  /// - Returns: what the kernel has then.
  /// - Throws: ``EnforcementError/unsteady`` when somebody changed rules meanwhile. What was added means nothing.
  mutating func prepare(
    _ wanted: NftablesProgram, over old: NftablesProgram, _ generation: inout UInt32
  ) throws(EnforcementError) -> NftablesProgram {
    let classes = old.maps.first { $0.name == GatewayTable.classes }?.elements ?? []
    let meaningful = Set(classes.map { $0.key })
    var maps: [MarkMap] = []
    for map in old.markMaps {
      guard let new = wanted.markMaps.first(where: { $0.name == map.name }) else {
        maps.append(map)
        continue
      }
      let known = Set(map.elements.map(\.key))
      let missing = new.elements.filter {
        !known.contains($0.key) && !meaningful.contains([.one(.mark($0.mark))])
      }
      guard missing.count >= Self.worthPreparing else {
        maps.append(map)
        continue
      }
      try add(missing, to: map.name, &generation)
      // The same array is compared at once.
      let isAll = known.isEmpty && missing.count == new.elements.count
      maps.append(MarkMap(map.name, map.storage, isAll ? new.elements : map.elements + missing))
    }
    return NftablesProgram(
      table: old.table, counters: old.counters, sets: old.sets, maps: old.maps, markMaps: maps,
      chains: old.chains)
  }

  private mutating func add(
    _ elements: [MarkMap.Element], to map: MapName, _ generation: inout UInt32
  ) throws(EnforcementError) {
    var rest = elements[...]
    while !rest.isEmpty {
      let transaction = TableTransaction(rest.prefix(Self.batchSize).lazy.map { .map($0, in: map) })
      do throws(NetlinkError) {
        try connection.commit(transaction, expecting: generation)
      } catch {
        throw error.reason == .changed ? .unsteady : .netlink(error)
      }
      generation &+= 1
      rest = rest.dropFirst(Self.batchSize)
    }
  }
}
