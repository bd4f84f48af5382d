/// One parsed YAML or JSON document: a tree in two flat arrays.
///
/// Nodes stand in the order of the text (a collection, then its subtree), so a subtree is an index range
/// and building it never moves anything. Scalars are ranges of bytes. A class because nodes of a
/// document are handed around by reference; it never changes after it is built.
package final class Document: Sendable {
  /// What a node is. Plain scalars are resolved on demand, see ``PlainScalar``.
  enum Kind: UInt8, Sendable {
    case plainScalar
    case quotedScalar
    case sequence
    case mapping
    case alias
  }

  /// A node of the tree in 20 bytes.
  struct Record: Sendable {
    /// 1-based.
    var line: UInt32
    /// 1-based, in characters.
    var column: UInt32
    var kind: Kind
    /// Scalars: whether the text stands on one line as it is, behind the quote if there is one.
    var isVerbatim = false
    /// Scalars: offset into ``ScalarBytes``. Aliases: index of the node they stand for.
    var start: UInt32
    /// Scalars: length in bytes. Collections: index after the last node of the subtree.
    var extent: UInt32
  }

  let file: SourceFile
  let records: [Record]
  let scalars: ScalarBytes
  /// Keys that repeat an earlier key of the same mapping.
  let duplicateKeys: [Int32]
  /// Whether a `<<` key occurs, so that lookups know whether to look further.
  let hasMergeKeys: Bool
  /// Whether a mapping has a collection as key: what `{{ … }}` of a template parses as.
  let hasCollectionKeys: Bool

  init(
    file: SourceFile, records: [Record], scalars: ScalarBytes, duplicateKeys: [Int32], hasMergeKeys: Bool,
    hasCollectionKeys: Bool
  ) {
    self.file = file
    self.records = records
    self.scalars = scalars
    self.duplicateKeys = duplicateKeys
    self.hasMergeKeys = hasMergeKeys
    self.hasCollectionKeys = hasCollectionKeys
  }

  /// The top node. A document always has one.
  package var root: Node { Node(document: self, index: 0) }

  /// The index after the subtree of a node.
  @inline(__always)
  func indexAfter(_ index: Int) -> Int {
    let record = records[index]
    switch record.kind {
    case .sequence, .mapping: return Int(record.extent)
    case .plainScalar, .quotedScalar, .alias: return index + 1
    }
  }
}

/// The bytes of a document's scalars: the input itself, where they stand in it as they are, then a pool of
/// those that had to be decoded. Offsets run through both.
struct ScalarBytes: Sendable {
  /// Empty for YAML, whose parser hands out copies.
  let input: [UInt8]
  var pool: [UInt8] = []

  /// The offset that the next byte of the pool will have.
  var end: Int { input.count + pool.count }

  @inline(__always)
  func withBytes<Result>(at start: UInt32, count: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result)
    -> Result
  {
    let isInput = Int(start) < input.count
    let offset = isInput ? Int(start) : Int(start) - input.count
    return (isInput ? input : pool).withUnsafeBufferPointer { bytes in
      body(UnsafeBufferPointer(rebasing: bytes[offset..<(offset + Int(count))]))
    }
  }
}

/// Limits that keep hostile input from exhausting memory or time.
package enum DocumentLimits {
  /// The largest input that is read, in bytes.
  package static let inputBytes = 512 << 20
  /// How deep collections may nest.
  package static let depth = 200
  /// How many nodes may be reached through aliases in one document.
  package static let aliasedNodes = 100_000
}

/// Why a text is not a document.
package struct DocumentError: Error, Sendable {
  /// What is wrong, as the continuation of `not YAML:`.
  package let message: String
  /// From 1, in the whole file and not in the document.
  package let line: UInt32
  package let column: UInt32
}
