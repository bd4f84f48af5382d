import SourceGroups
import Testing

@Suite("SortedChunks")
struct SortedChunksTests {
  private struct Number: Keyed, Equatable {
    let key: Int
    var value = 0
  }

  @Test("is a sorted dictionary, and copies stay as they were", arguments: UInt64(0)..<5)
  func dictionary(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    var (chunks, expected): (SortedChunks<Number>, [Int: Int]) = (SortedChunks(), [:])
    var copies: [(SortedChunks<Number>, [Int: Int])] = []
    for step in 0..<20_000 {
      let key = random.below(10_000)
      // Grows, shrinks, and grows again.
      if random.chance(step / 5_000 % 2 == 0 ? 80 : 20) {
        chunks.insert(Number(key: key, value: step))
        expected[key] = step
      } else {
        chunks.remove(key)
        expected[key] = nil
      }
      if chunks[key]?.value != expected[key] { Issue.record("seed \(seed), step \(step): key \(key)") }
      if step % 2_500 == 0 { copies.append((chunks, expected)) }
    }
    for (chunks, expected) in copies + [(chunks, expected)] {
      let sorted = expected.map { Number(key: $0, value: $1) }.sorted { $0.key < $1.key }
      #expect(Array(chunks) == sorted)
      #expect(chunks.count == sorted.count)
      let middle = 5_000
      var seen: [Number] = []
      chunks.forEach(from: middle) { number in
        seen.append(number)
        return seen.count < 100
      }
      #expect(seen == Array(sorted.filter { $0.key >= middle }.prefix(100)))
    }
  }

  @Test("in order, and backwards, has everything", arguments: [true, false])
  func order(isAscending: Bool) {
    var chunks = SortedChunks<Number>()
    for number in 0..<10_000 { chunks.insert(Number(key: isAscending ? number : -number)) }
    #expect(chunks.count == 10_000)
    for number in 0..<10_000 { chunks.remove(isAscending ? number : -number) }
    #expect(chunks.isEmpty)
    #expect(Array(chunks).isEmpty)
  }
}
