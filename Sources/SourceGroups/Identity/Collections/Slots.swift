/// A number of a record within its ``Slots``. It names another record once the record is gone.
typealias Slot = Int32

/// Records in numbered places, so that others can refer to them in four bytes. Places are used again.
struct Slots<Record: Sendable>: Sendable {
  private var records: [Record?] = []
  private var vacant: [Slot] = []

  /// Records, without vacant places.
  var count: Int { records.count - vacant.count }

  /// Nil for a vacant place; nothing must be assigned to it. O(1).
  subscript(slot: Slot) -> Record? {
    get { records[Int(slot)] }
    _modify { yield &records[Int(slot)] }
  }

  /// The slot that the next record gets. O(1).
  var next: Slot { vacant.last ?? Slot(records.count) }

  mutating func insert(_ record: Record) -> Slot {
    let slot = next
    if vacant.popLast() == nil { records.append(record) } else { records[Int(slot)] = record }
    return slot
  }

  /// The slot must be taken.
  mutating func remove(_ slot: Slot) {
    records[Int(slot)] = nil
    vacant.append(slot)
  }

  /// The taken slots, ascending. O(slots).
  var taken: some Sequence<Slot> {
    records.indices.lazy.filter { records[$0] != nil }.map { Slot($0) }
  }
}
