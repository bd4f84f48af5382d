/// Builds a ``Document`` from the events of a parser. Shared by YAML and JSON.
struct DocumentBuilder {
  private let file: SourceFile
  private var records: [Document.Record] = []
  private var scalars: ScalarBytes
  private var open: [OpenCollection] = []
  private var anchors: [String: Anchor] = [:]
  private var aliasedNodes = 0
  private var duplicateKeys: [Int32] = []
  private var hasMergeKeys = false
  private var hasCollectionKeys = false
  private var seenKeys: Set<[UInt8]> = []

  private struct OpenCollection {
    var index: Int
    var anchor: String?
    var aliasedNodesBefore: Int
  }

  private struct Anchor {
    var index: Int
    /// How many nodes an alias to it stands for; nil while it is still open.
    var size: Int?
  }

  /// - Parameter input: the text that scalars may be ranges of.
  /// - Parameter expectedBytes: how much text there is to parse.
  init(file: SourceFile, input: [UInt8] = [], expectedBytes: Int) {
    self.file = file
    scalars = ScalarBytes(input: input)
    records.reserveCapacity(expectedBytes / 12 + 8)
    if input.isEmpty { scalars.pool.reserveCapacity(expectedBytes / 2 + 16) }
  }

  var isEmpty: Bool { records.isEmpty }
  var depth: Int { open.count }

  /// Appends a scalar, copying its bytes.
  mutating func appendScalar(
    _ bytes: UnsafeBufferPointer<UInt8>, isPlain: Bool, isVerbatim: Bool, line: UInt32, column: UInt32,
    anchor: String? = nil
  ) {
    let start = scalars.end
    scalars.pool.append(contentsOf: bytes)
    appendScalar(
      start..<scalars.end, isPlain: isPlain, isVerbatim: isVerbatim, line: line, column: column,
      anchor: anchor)
  }

  /// Appends a scalar whose bytes are a range of the input, or lie in the pool already.
  mutating func appendScalar(
    _ range: Range<Int>, isPlain: Bool, isVerbatim: Bool, line: UInt32, column: UInt32,
    anchor: String? = nil
  ) {
    if let anchor { anchors[anchor] = Anchor(index: records.count, size: 1) }
    records.append(
      .init(
        line: line, column: column, kind: isPlain ? .plainScalar : .quotedScalar, isVerbatim: isVerbatim,
        start: UInt32(truncatingIfNeeded: range.lowerBound), extent: UInt32(truncatingIfNeeded: range.count)))
  }

  /// Puts bytes of a scalar that is being decoded into the pool.
  mutating func appendToPool(_ bytes: some Collection<UInt8>) { scalars.pool.append(contentsOf: bytes) }

  /// Where the pool's next byte will be.
  var poolEnd: Int { scalars.end }

  mutating func beginCollection(
    _ kind: Document.Kind, line: UInt32, column: UInt32, anchor: String? = nil
  ) throws(DocumentError) {
    if open.count >= DocumentLimits.depth {
      throw DocumentError(
        message: "nested deeper than \(DocumentLimits.depth) levels", line: line, column: column)
    }
    if let anchor { anchors[anchor] = Anchor(index: records.count, size: nil) }
    open.append(OpenCollection(index: records.count, anchor: anchor, aliasedNodesBefore: aliasedNodes))
    records.append(.init(line: line, column: column, kind: kind, start: 0, extent: 0))
  }

  mutating func endCollection() {
    guard let collection = open.popLast() else { return }
    records[collection.index].extent = UInt32(truncatingIfNeeded: records.count)
    // An anchor of the same name inside the collection is the later one, and stays.
    if let anchor = collection.anchor, anchors[anchor]?.index == collection.index {
      let size = records.count - collection.index + aliasedNodes - collection.aliasedNodesBefore
      anchors[anchor] = Anchor(index: collection.index, size: size)
    }
    if records[collection.index].kind == .mapping {
      checkKeys(of: collection.index)
    }
  }

  mutating func appendAlias(_ name: String, line: UInt32, column: UInt32) throws(DocumentError) {
    guard let anchor = anchors[name] else {
      throw DocumentError(message: "unknown anchor `\(name)`", line: line, column: column)
    }
    guard let size = anchor.size else {
      throw DocumentError(message: "anchor `\(name)` contains itself", line: line, column: column)
    }
    aliasedNodes += size
    if aliasedNodes > DocumentLimits.aliasedNodes {
      throw DocumentError(
        message: "aliases stand for more than \(DocumentLimits.aliasedNodes) nodes", line: line,
        column: column)
    }
    records.append(
      .init(
        line: line, column: column, kind: .alias, start: UInt32(truncatingIfNeeded: anchor.index), extent: 0))
  }

  /// Hands out the document and starts anew.
  mutating func finish() -> Document {
    let document = Document(
      file: file, records: records, scalars: scalars, duplicateKeys: duplicateKeys,
      hasMergeKeys: hasMergeKeys,
      hasCollectionKeys: hasCollectionKeys)
    records = []
    scalars.pool = []
    anchors = [:]
    aliasedNodes = 0
    duplicateKeys = []
    hasMergeKeys = false
    hasCollectionKeys = false
    return document
  }

  /// Notes keys that occur twice. Few keys are compared with each other, which allocates nothing; many go
  /// through a set. O(keys) expected.
  private mutating func checkKeys(of mapping: Int) {
    let end = Int(records[mapping].extent)
    var count = 0
    var index = mapping + 1
    while index < end {
      let key = records[index]
      switch key.kind {
      case .plainScalar, .quotedScalar:
        if key.kind == .plainScalar, key.extent == 2, isEqual(key, "<<") { hasMergeKeys = true }
        if count < 24 {
          if repeatsEarlierKey(index, in: mapping) { duplicateKeys.append(Int32(index)) }
        } else {
          if count == 24 { noteKeys(from: mapping + 1, to: index) }
          if !seenKeys.insert(bytes(of: key)).inserted { duplicateKeys.append(Int32(index)) }
        }
      case .sequence, .mapping: hasCollectionKeys = true
      case .alias: break
      }
      count += 1
      index = indexAfter(indexAfter(index))
    }
  }

  private mutating func noteKeys(from first: Int, to end: Int) {
    seenKeys.removeAll(keepingCapacity: true)
    var index = first
    while index < end {
      if isScalar(records[index]) { seenKeys.insert(bytes(of: records[index])) }
      index = indexAfter(indexAfter(index))
    }
  }

  private func repeatsEarlierKey(_ index: Int, in mapping: Int) -> Bool {
    let key = records[index]
    var earlier = mapping + 1
    while earlier < index {
      let other = records[earlier]
      if other.extent == key.extent, isScalar(other), isEqual(other, key) { return true }
      earlier = indexAfter(indexAfter(earlier))
    }
    return false
  }

  private func isScalar(_ record: Document.Record) -> Bool {
    record.kind == .plainScalar || record.kind == .quotedScalar
  }

  private func bytes(of record: Document.Record) -> [UInt8] {
    scalars.withBytes(at: record.start, count: record.extent) { Array($0) }
  }

  private func isEqual(_ left: Document.Record, _ right: Document.Record) -> Bool {
    scalars.withBytes(at: left.start, count: left.extent) { leftBytes in
      scalars.withBytes(at: right.start, count: right.extent) { leftBytes.elementsEqual($0) }
    }
  }

  private func isEqual(_ record: Document.Record, _ literal: StaticString) -> Bool {
    scalars.withBytes(at: record.start, count: record.extent) {
      $0.elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
  }

  private func indexAfter(_ index: Int) -> Int {
    let record = records[index]
    return record.kind == .sequence || record.kind == .mapping ? Int(record.extent) : index + 1
  }
}
