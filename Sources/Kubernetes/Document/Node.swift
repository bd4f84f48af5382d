/// A place in a ``Document``. Aliases are followed when a node is made, so a node is never one.
package struct Node: Sendable {
  let document: Document
  let index: Int

  init(document: Document, index: Int) {
    self.document = document
    let record = document.records[index]
    self.index = record.kind == .alias ? Int(record.start) : index
  }

  /// What a node can be for a decoder.
  package enum Content: Sendable {
    case scalar
    case sequence
    case mapping
  }

  /// An alias has the content of what it stands for.
  package var content: Content {
    switch document.records[index].kind {
    case .plainScalar, .quotedScalar, .alias: .scalar
    case .sequence: .sequence
    case .mapping: .mapping
    }
  }

  /// Where the node is written; of an alias the place of what it stands for.
  package var location: SourceLocation {
    let record = document.records[index]
    return SourceLocation(file: document.file, line: record.line, column: record.column)
  }

  /// Where the first character of a scalar's ``text`` stands when the text is written as it is, so that the
  /// others follow in the next columns; nil when it is written over several lines, with escapes, or behind an
  /// anchor or a tag.
  package var textStart: SourceLocation? {
    let record = document.records[index]
    guard record.isVerbatim else { return nil }
    let quote: UInt32 = record.kind == .quotedScalar ? 1 : 0
    return SourceLocation(file: document.file, line: record.line, column: record.column + quote)
  }

  /// Whether a mapping in this subtree names a key twice; such text means different things to different readers.
  package var hasDuplicateKeys: Bool {
    let end = document.indexAfter(index)
    return document.duplicateKeys.contains { (index..<end).contains(Int($0)) }
  }

  /// The text of a scalar as it stands after unquoting; empty for collections.
  package var text: String {
    withBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// What a scalar means: quoted ones are strings, plain ones are resolved as YAML 1.1.
  package var scalar: PlainScalar {
    document.records[index].kind == .quotedScalar ? .string : withBytes { PlainScalar.resolve($0) }
  }

  /// Whether this is `null`, `~` or nothing at all.
  package var isNull: Bool {
    document.records[index].kind == .plainScalar && withBytes { PlainScalar.isNull($0) }
  }

  /// The elements of a sequence; empty for anything else.
  package var elements: [Node] {
    guard content == .sequence else { return [] }
    var elements: [Node] = []
    let end = Int(document.records[index].extent)
    var child = index + 1
    while child < end {
      elements.append(Node(document: document, index: child))
      child = document.indexAfter(child)
    }
    return elements
  }

  /// The members of a mapping in the order of the text, merge keys (`<<`) expanded after them.
  package var members: [(key: Node, value: Node)] {
    var members: [(key: Node, value: Node)] = []
    var merged: [Node] = []
    forEachMember { key, value in
      if document.hasMergeKeys, key.isMergeKey { merged.append(value) } else { members.append((key, value)) }
      return true
    }
    if merged.isEmpty { return members }
    var keys = Set(members.map(\.key.text))
    for source in merged.flatMap({ $0.content == .sequence ? $0.elements : [$0] }) {
      members += source.members.filter { keys.insert($0.key.text).inserted }
    }
    return members
  }

  /// The value of a key of a mapping. O(members).
  package subscript(key: StaticString) -> Node? {
    var found: Node?
    var merged: [Node] = []
    forEachMember { candidate, value in
      if candidate.hasText(key) {
        found = value
        return false
      }
      if document.hasMergeKeys, candidate.isMergeKey { merged.append(value) }
      return true
    }
    if found == nil {
      for source in merged.flatMap({ $0.content == .sequence ? $0.elements : [$0] }) {
        if let value = source[key] { return value }
      }
    }
    return found
  }

  /// Whether the scalar's text equals a literal, without making a `String`.
  @inline(__always)
  package func hasText(_ literal: StaticString) -> Bool {
    let record = document.records[index]
    guard Int(record.extent) == literal.utf8CodeUnitCount,
      record.kind == .plainScalar || record.kind == .quotedScalar
    else { return false }
    return document.scalars.withBytes(at: record.start, count: record.extent) { bytes in
      for offset in bytes.indices where bytes[offset] != literal.utf8Start[offset] { return false }
      return true
    }
  }

  /// Whether the scalar's text starts with a literal, without making a `String`.
  func hasTextPrefix(_ literal: StaticString) -> Bool {
    withBytes { bytes in
      bytes.starts(with: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }
  }

  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let record = document.records[index]
    guard record.kind == .plainScalar || record.kind == .quotedScalar else {
      return body(UnsafeBufferPointer(start: nil, count: 0))
    }
    return document.scalars.withBytes(at: record.start, count: record.extent, body)
  }

  private var isMergeKey: Bool {
    document.records[index].kind == .plainScalar && hasText("<<")
  }

  /// Calls `body` for each member until it answers false.
  @inline(__always)
  private func forEachMember(_ body: (Node, Node) -> Bool) {
    let record = document.records[index]
    guard record.kind == .mapping else { return }
    let end = Int(record.extent)
    var key = index + 1
    while key < end {
      let value = document.indexAfter(key)
      if !body(Node(document: document, index: key), Node(document: document, index: value)) { return }
      key = document.indexAfter(value)
    }
  }
}
