extension SortedChunks where Element: Equatable {
  /// Goes through what is different in an older state, by ascending key: what was there, and what is there now.
  ///
  /// Whatever both share is passed over: O(lists + chunks of lists that changed + elements of chunks that changed).
  func forEachDifference(from older: SortedChunks, _ body: (_ old: Element?, _ new: Element?) -> Void) {
    var (old, new) = (Cursor(older), Cursor(self))
    while true {
      if old.isAtStartOfList, new.isAtStartOfList, old.list != nil, old.list == new.list {
        old.skipList()
        new.skipList()
        continue
      }
      if old.isAtStartOfChunk, new.isAtStartOfChunk, old.chunk != nil, old.chunk == new.chunk {
        old.skipChunk()
        new.skipChunk()
        continue
      }
      switch (old.element, new.element) {
      case (nil, nil): return
      case (let gone?, let next) where next.map({ gone.key < $0.key }) ?? true:
        body(gone, nil)
        old.advance()
      case (let known, let come?) where known.map({ come.key < $0.key }) ?? true:
        body(nil, come)
        new.advance()
      case (let known?, let now?):
        if known != now { body(known, now) }
        old.advance()
        new.advance()
      default: return
      }
    }
  }

  /// A place in the elements that knows which storage it is in.
  private struct Cursor {
    private let lists: [[[Element]]]
    private var place = (list: 0, chunk: 0, index: 0)

    init(_ chunks: SortedChunks) { lists = chunks.lists }

    private var isAtEnd: Bool { place.list == lists.count }
    var isAtStartOfChunk: Bool { place.index == 0 }
    var isAtStartOfList: Bool { place.index == 0 && place.chunk == 0 }
    /// What tells the list's storage from others; nil at the end.
    var list: UnsafeRawPointer? { isAtEnd ? nil : lists[place.list].storage }
    var chunk: UnsafeRawPointer? { isAtEnd ? nil : lists[place.list][place.chunk].storage }
    var element: Element? { isAtEnd ? nil : lists[place.list][place.chunk][place.index] }

    mutating func advance() {
      place.index += 1
      if place.index == lists[place.list][place.chunk].count { skipChunk() }
    }

    mutating func skipChunk() {
      (place.chunk, place.index) = (place.chunk + 1, 0)
      if place.chunk == lists[place.list].count { skipList() }
    }

    mutating func skipList() { place = (place.list + 1, 0, 0) }
  }
}

extension Array {
  /// Equal for arrays that share their elements. Only to be compared, while both arrays live.
  fileprivate var storage: UnsafeRawPointer? {
    withUnsafeBufferPointer { $0.baseAddress.map { UnsafeRawPointer($0) } }
  }
}
