/// Steele, Lea and Flood's SplitMix64: the same seed gives the same world on every machine.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number of the range.
  mutating func int(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// True in that many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

  /// One of the items, of which there must be at least one.
  mutating func pick<Item>(_ items: [Item]) -> Item { items[int(0...(items.count - 1))] }

  /// So many results of a generator.
  mutating func several<Item>(
    _ range: ClosedRange<Int>, _ make: (inout SplitMix64) -> Item
  ) -> [Item] {
    (0..<int(range)).map { _ in make(&self) }
  }

  /// A result of the generator in that many of a hundred cases, otherwise nil.
  mutating func maybe<Item>(_ percent: Int, _ make: (inout SplitMix64) -> Item) -> Item? {
    chance(percent) ? make(&self) : nil
  }
}
