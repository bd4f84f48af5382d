/// The labels of an object, sorted by key, with the place of each.
///
/// Replicas share storage: places are kept relative to the first label, and the content hash is computed once,
/// so that the labels of 100,000 pods group by template without a look at their strings.
package struct Labels: Sendable {
  /// One label. Where it is written says ``Labels/location(of:)``.
  package struct Entry: Sendable {
    package let key: String
    package let value: String
    /// Relative to the first label of the text; nil when the label was not written by anyone.
    fileprivate let offset: Offset?
  }

  /// A label while it is read, with its 1-based place.
  struct Written {
    let key: String
    let value: String
    let line: UInt32
    let column: UInt32
  }

  fileprivate struct Offset: Sendable, Equatable {
    let lines: UInt32
    let columns: Int32
  }

  private final class Storage: Sendable {
    let file: SourceFile?
    let entries: [Entry]
    let contentHash: Int

    init(file: SourceFile?, entries: [Entry]) {
      self.file = file
      self.entries = entries
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for entry in entries {
        for byte in entry.key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01b3
        for byte in entry.value.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFE) &* 0x100_0000_01b3
      }
      contentHash = Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }
  }

  private let storage: Storage
  /// The place of the first label of the text.
  private let line: UInt32
  private let column: UInt32

  private init(_ storage: Storage, line: UInt32 = 0, column: UInt32 = 0) {
    self.storage = storage
    self.line = line
    self.column = column
  }

  /// No labels.
  package static let none = Labels(Storage(file: nil, entries: []))

  /// Labels that stand in no file.
  package init(_ pairs: [String: String]) {
    let entries = pairs.sorted { $0.key < $1.key }.map {
      Entry(key: $0.key, value: $0.value, offset: nil)
    }
    self.init(Storage(file: nil, entries: entries))
  }

  /// Of entries with the same key the first counts.
  init(file: SourceFile, unsorted: [Written]) {
    let line = unsorted.map(\.line).min() ?? 0
    let column = unsorted.first { $0.line == line }?.column ?? 0
    // Sorting is stable, so equal keys stand together in the order of the text.
    var entries = unsorted.sorted { $0.key < $1.key }.map {
      Entry(
        key: $0.key, value: $0.value,
        offset: Offset(
          lines: $0.line - line, columns: Int32(truncatingIfNeeded: Int($0.column) - Int(column))))
    }
    if zip(entries, entries.dropFirst()).contains(where: { $0.key == $1.key }) {
      var kept: [Entry] = []
      for entry in entries where kept.last?.key != entry.key { kept.append(entry) }
      entries = kept
    }
    self.init(Storage(file: file, entries: entries), line: line, column: column)
  }

  /// The same labels with the storage of a neighbour that has them too, written in the same layout.
  func sharingStorage(with neighbour: Labels) -> Labels {
    guard self == neighbour, storage !== neighbour.storage, storage.file === neighbour.storage.file,
      zip(storage.entries, neighbour.storage.entries).allSatisfy({ $0.offset == $1.offset })
    else { return self }
    return Labels(neighbour.storage, line: line, column: column)
  }

  /// Sorted by key, each key once.
  package var entries: [Entry] { storage.entries }
  package var isEmpty: Bool { storage.entries.isEmpty }

  /// The value of a label. O(labels), which are few.
  package subscript(key: String) -> String? {
    for entry in storage.entries where entry.key == key { return entry.value }
    return nil
  }

  /// Whether these are labels of the same keys, and values differ only where `isPassedOver` says so.
  package func haveSameKeys(as other: Labels, differingOnlyIn isPassedOver: (String) -> Bool) -> Bool {
    storage === other.storage
      || storage.entries.count == other.storage.entries.count
        && zip(storage.entries, other.storage.entries).allSatisfy {
          $0.key == $1.key && ($0.value == $1.value || isPassedOver($0.key))
        }
  }

  /// Where a label is written, when it is.
  package func location(of key: String) -> SourceLocation? {
    guard let file = storage.file, let offset = storage.entries.first(where: { $0.key == key })?.offset else {
      return nil
    }
    return SourceLocation(
      file: file, line: line + offset.lines, column: UInt32(clamping: Int(column) + Int(offset.columns)))
  }

  /// The same labels and these, where a key is not there yet.
  package func adding(_ pairs: [String: String]) -> Labels {
    let missing = pairs.filter { self[$0.key] == nil }
    if missing.isEmpty { return self }
    let added = missing.map { Entry(key: $0.key, value: $0.value, offset: nil) }
    return Labels(
      Storage(file: storage.file, entries: (entries + added).sorted { $0.key < $1.key }), line: line,
      column: column)
  }
}

extension Labels: Hashable {
  package static func == (left: Labels, right: Labels) -> Bool {
    if left.storage === right.storage { return true }
    guard left.storage.contentHash == right.storage.contentHash,
      left.storage.entries.count == right.storage.entries.count
    else { return false }
    return zip(left.storage.entries, right.storage.entries).allSatisfy {
      $0.key == $1.key && $0.value == $1.value
    }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(storage.contentHash)
  }
}

extension Labels {
  /// Reads a `labels` mapping. Values that are not strings, and keys or values outside the label syntax,
  /// are errors; the rest is kept.
  init(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard node.isMapping(field, &problems) else {
      self = .none
      return
    }
    var entries: [Written] = []
    for (key, value) in node.members {
      let keyText = key.keyText
      if let problem = NameRules.labelKeyProblem(keyText) {
        problems.reportInvalid(key, "the label key `\(keyText)` \(problem)")
        continue
      }
      guard let text = Self.value(value, "\(field).\(keyText)", &problems) else { continue }
      let location = key.location
      entries.append(Written(key: keyText, value: text, line: location.line, column: location.column))
    }
    self.init(file: node.document.file, unsorted: entries)
  }

  /// A label value; null is the empty string to the API server.
  static func value(_ node: Node, _ field: String, _ problems: inout [Diagnostic]) -> String? {
    if node.isNull { return "" }
    guard let text = node.string(field, &problems) else { return nil }
    if let problem = NameRules.labelValueProblem(text) {
      problems.reportInvalid(node, "the label value `\(text)` of `\(field)` \(problem)")
      return nil
    }
    return text
  }
}
