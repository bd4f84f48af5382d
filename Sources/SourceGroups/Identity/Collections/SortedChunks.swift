/// What has a place in a sorted collection.
package protocol Keyed: Sendable {
  associatedtype Key: Comparable & Sendable

  var key: Key { get }
}

/// Elements by ascending key, of which copies share whatever did not change since.
///
/// Made for sets that are published after every event: the copy is O(1), and the first change after it copies one chunk, one list
/// of chunks and the list of these, 150 references for 100,000 elements. An array does better where nobody keeps copies.
package struct SortedChunks<Element: Keyed>: Sendable {
  typealias Chunk = [Element]

  /// Lists of chunks. No list and no chunk is empty; each chunk is sorted, and all of its keys are less than those of the next.
  private(set) var lists: [[Chunk]] = []
  package private(set) var count = 0

  private struct Place {
    var list = 0
    var chunk = 0
    var index = 0
    /// Whether the element there has the key.
    var isTaken = false
  }

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// O(log elements).
  package subscript(key: Element.Key) -> Element? {
    let place = place(of: key)
    return place.isTaken ? lists[place.list][place.chunk][place.index] : nil
  }

  /// Puts an element in its place, instead of the one with the same key. O(log elements), and once after a copy the
  /// copying of a chunk.
  package mutating func insert(_ element: Element) {
    let place = place(of: element.key)
    if place.isTaken {
      lists[place.list][place.chunk][place.index] = element
      return
    }
    count += 1
    guard !lists.isEmpty else {
      lists.append([[element]])
      return
    }
    guard let chunk = lists[place.list][place.chunk].insertOrSplit(element, at: place.index),
      let list = lists[place.list].insertOrSplit(chunk, at: place.chunk + 1)
    else { return }
    lists.insert(list, at: place.list + 1)
  }

  /// Takes the element with a key out, when there is one. O(log elements), and once after a copy the copying of a chunk.
  package mutating func remove(_ key: Element.Key) {
    let place = place(of: key)
    guard place.isTaken else { return }
    count -= 1
    lists[place.list][place.chunk].remove(at: place.index)
    guard lists[place.list].closeGap(at: place.chunk) else { return }
    _ = lists.closeGap(at: place.list)
  }

  /// Goes through the elements from a key on until the body says that it has seen enough. O(log elements + seen).
  package func forEach(from key: Element.Key, _ body: (Element) -> Bool) {
    var place = place(of: key)
    while place.list < lists.count {
      while place.chunk < lists[place.list].count {
        let chunk = lists[place.list][place.chunk]
        for index in place.index..<chunk.count where !body(chunk[index]) { return }
        (place.chunk, place.index) = (place.chunk + 1, 0)
      }
      (place.list, place.chunk) = (place.list + 1, 0)
    }
  }

  /// Where the key is, or belongs: in the last list and chunk that do not start after it.
  private func place(of key: Element.Key) -> Place {
    guard !lists.isEmpty else { return Place() }
    var place = Place()
    place.list = Swift.max(0, lists.countOfFirst { $0[0][0].key <= key } - 1)
    place.chunk = Swift.max(0, lists[place.list].countOfFirst { $0[0].key <= key } - 1)
    place.index = lists[place.list][place.chunk].countOfFirst { $0.key < key }
    let chunk = lists[place.list][place.chunk]
    place.isTaken = place.index < chunk.count && chunk[place.index].key == key
    return place
  }
}

extension SortedChunks: Sequence {
  package typealias Iterator = FlattenSequence<FlattenSequence<[[[Element]]]>>.Iterator

  package func makeIterator() -> Iterator { lists.joined().joined().makeIterator() }
  package var underestimatedCount: Int { count }
}

extension SortedChunks: Equatable where Element: Equatable {
  package static func == (left: SortedChunks, right: SortedChunks) -> Bool {
    left.count == right.count && left.elementsEqual(right)
  }
}

/// More elements than these become two arrays.
private let chunkLimit = 64

extension Array {
  /// The number of elements at the start for which a predicate holds that no later element meets. O(log elements).
  fileprivate func countOfFirst(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Inserts an element. Answers the upper part when it became too long for one array: all that comes in order fills its arrays.
  fileprivate mutating func insertOrSplit(_ element: Element, at index: Int) -> [Element]? {
    if count < chunkLimit {
      insert(element, at: index)
      return nil
    }
    if index == count { return [element] }
    var upper = Array(self[(count / 2)...])
    removeSubrange((count / 2)...)
    if index <= count { insert(element, at: index) } else { upper.insert(element, at: index - count) }
    return upper
  }
}

extension Array where Element: RangeReplaceableCollection {
  /// Takes out an element that has become empty, or joins it with the next where both are short. Answers whether there is one less.
  fileprivate mutating func closeGap(at index: Int) -> Bool {
    if self[index].isEmpty {
      remove(at: index)
      return true
    }
    guard index + 1 < count, self[index].count + self[index + 1].count <= chunkLimit / 2 else { return false }
    let next = remove(at: index + 1)
    self[index] += next
    return true
  }
}
