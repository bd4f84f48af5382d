/// Builds a ``Document`` from the events of a parser. Shared by YAML and JSON.
struct DocumentBuilder {
  private let file: SourceFile
  private var records: [Document.Record] = []
  private var pool: [UInt8] = []
  private var open: [OpenCollection] = []
  private var anchors: [String: Anchor] = [:]
  private var aliasedNodes = 0
  private var duplicateKeys: [Int32] = []
  private var hasMergeKeys = false
  private var hasCollectionKeys = false
  private var seenKeys: Set<KeyBytes> = []

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

  private struct KeyBytes: Hashable {
    let bytes: [UInt8]
  }

  init(file: SourceFile, expectedBytes: Int) {
    self.file = file
    records.reserveCapacity(expectedBytes / 12 + 8)
    pool.reserveCapacity(expectedBytes / 2 + 16)
  }

  var isEmpty: Bool { records.isEmpty }
  var depth: Int { open.count }

  mutating func appendScalar(
    _ bytes: UnsafeBufferPointer<UInt8>, isPlain: Bool, line: UInt32, column: UInt32, anchor: String? = nil
  ) {
    let start = UInt32(truncatingIfNeeded: pool.count)
    pool.append(contentsOf: bytes)
    finishScalar(from: start, isPlain: isPlain, line: line, column: column, anchor: anchor)
  }

  /// Appends one byte of a scalar that is being decoded; end it with ``finishScalar(from:isPlain:line:column:anchor:)``.
  mutating func appendToPool(_ byte: UInt8) { pool.append(byte) }

  mutating func appendToPool(_ bytes: UnsafeBufferPointer<UInt8>) { pool.append(contentsOf: bytes) }

  var poolCount: UInt32 { UInt32(truncatingIfNeeded: pool.count) }

  mutating func finishScalar(
    from start: UInt32, isPlain: Bool, line: UInt32, column: UInt32, anchor: String? = nil
  ) {
    if let anchor { anchors[anchor] = Anchor(index: records.count, size: 1) }
    records.append(
      .init(
        line: line, column: column, kind: isPlain ? .plainScalar : .quotedScalar, start: start,
        extent: poolCount - start))
  }

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
    if let anchor = collection.anchor {
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
        message: "aliases stand for more than \(DocumentLimits.aliasedNodes) nodes", line: line, column: column)
    }
    records.append(
      .init(line: line, column: column, kind: .alias, start: UInt32(truncatingIfNeeded: anchor.index), extent: 0))
  }

  /// Hands out the document and starts anew.
  mutating func finish() -> Document {
    let document = Document(
      file: file, records: records, pool: pool, duplicateKeys: duplicateKeys, hasMergeKeys: hasMergeKeys,
      hasCollectionKeys: hasCollectionKeys)
    records = []
    pool = []
    anchors = [:]
    aliasedNodes = 0
    duplicateKeys = []
    hasMergeKeys = false
    hasCollectionKeys = false
    return document
  }

  /// Notes keys that occur twice. Small mappings compare pairs, which allocates nothing; O(n) expected above.
  private mutating func checkKeys(of mapping: Int) {
    let end = Int(records[mapping].extent)
    var keys = 0
    var index = mapping + 1
    let isLarge = end - mapping > 64
    if isLarge { seenKeys.removeAll(keepingCapacity: true) }
    while index < end {
      let key = records[index]
      switch key.kind {
      case .plainScalar, .quotedScalar:
        if key.extent == 2, key.kind == .plainScalar, pool[Int(key.start)] == UInt8(ascii: "<"),
          pool[Int(key.start) + 1] == UInt8(ascii: "<")
        {
          hasMergeKeys = true
        }
        if isLarge {
          let bytes = Array(pool[Int(key.start)..<Int(key.start + key.extent)])
          if !seenKeys.insert(KeyBytes(bytes: bytes)).inserted { duplicateKeys.append(Int32(index)) }
        } else if keys > 0, repeatsEarlierKey(index, in: mapping) {
          duplicateKeys.append(Int32(index))
        }
      case .sequence, .mapping: hasCollectionKeys = true
      case .alias: break
      }
      keys += 1
      index = indexAfter(indexAfter(index))
    }
  }

  private func repeatsEarlierKey(_ index: Int, in mapping: Int) -> Bool {
    let key = records[index]
    var earlier = mapping + 1
    while earlier < index {
      let other = records[earlier]
      if other.extent == key.extent, other.kind == .plainScalar || other.kind == .quotedScalar,
        isEqual(Int(other.start), Int(key.start), count: Int(key.extent))
      {
        return true
      }
      earlier = indexAfter(indexAfter(earlier))
    }
    return false
  }

  private func isEqual(_ left: Int, _ right: Int, count: Int) -> Bool {
    for offset in 0..<count where pool[left + offset] != pool[right + offset] { return false }
    return true
  }

  private func indexAfter(_ index: Int) -> Int {
    let record = records[index]
    return record.kind == .sequence || record.kind == .mapping ? Int(record.extent) : index + 1
  }
}
