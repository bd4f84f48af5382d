/// The labels of an object, sorted by key, with the place of each.
///
/// Replicas share storage: places are kept relative to the first label, a replica keeps only the values in which
/// it differs from a neighbour, and the content hash is computed once, so that the labels of 100,000 pods group by
/// template without a look at their strings.
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

  /// A value in which a replica differs from the one that it shares storage with: a StatefulSet's pod name.
  private struct Change: Sendable, Equatable {
    /// Into the entries.
    let index: Int
    let value: String
  }

  private final class Storage: Sendable {
    let file: SourceFile?
    /// With the values of ``base``, where there is one; its array is shared.
    let entries: [Entry]
    /// The storage that this one is like but for ``changes``; nil when it is like none.
    let base: Storage?
    /// By ascending index; without a base none, with one at least one, and never the base's value.
    let changes: [Change]
    let contentHash: UInt64

    init(file: SourceFile?, entries: [Entry]) {
      self.file = file
      self.entries = entries
      base = nil
      changes = []
      contentHash = entries.reduce(0) { $0 &+ Labels.hash($1.key, $1.value) }
    }

    init(_ changes: [Change], in base: Storage) {
      file = base.file
      entries = base.entries
      self.base = base
      self.changes = changes
      contentHash = changes.reduce(base.contentHash) { hash, change in
        let entry = base.entries[change.index]
        return hash &- Labels.hash(entry.key, entry.value) &+ Labels.hash(entry.key, change.value)
      }
    }

    /// Replicas have one root.
    var root: Storage { base ?? self }
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

  /// The same labels with the storage of a replica that has the same keys, written in the same layout. O(labels).
  func sharingStorage(with replica: Labels) -> Labels {
    let (own, root) = (entries, replica.storage.root)
    guard storage.root !== root, storage.file === root.file, own.count == root.entries.count,
      zip(own, root.entries).allSatisfy({ $0.key == $1.key && $0.offset == $1.offset })
    else { return self }
    let changes = own.indices.filter { own[$0].value != root.entries[$0].value }.map {
      Change(index: $0, value: own[$0].value)
    }
    let shared =
      changes == replica.storage.changes
      ? replica.storage : changes.isEmpty ? root : Storage(changes, in: root)
    return Labels(shared, line: line, column: column)
  }

  /// The labels by ascending key. O(1), O(labels) for a replica that differs from others.
  package var entries: [Entry] {
    var entries = storage.entries
    for change in storage.changes {
      let entry = entries[change.index]
      entries[change.index] = Entry(key: entry.key, value: change.value, offset: entry.offset)
    }
    return entries
  }

  package var isEmpty: Bool { storage.entries.isEmpty }

  /// The value of a label. O(labels), which are few.
  package subscript(key: String) -> String? {
    guard let index = storage.entries.firstIndex(where: { $0.key == key }) else { return nil }
    return storage.changes.first { $0.index == index }?.value ?? storage.entries[index].value
  }

  /// Whether all labels of another object are among these. O(labels of both).
  package func isSuperset(of other: Labels) -> Bool {
    if storage === other.storage { return true }
    let own = entries
    var index = 0
    // Both are sorted by key, so each is gone through once.
    for wanted in other.entries {
      while index < own.count, own[index].key < wanted.key { index += 1 }
      if index == own.count || own[index].key != wanted.key || own[index].value != wanted.value {
        return false
      }
    }
    return true
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
    setting(pairs.filter { self[$0.key] == nil })
  }

  /// The same labels and these, in place of those of the same keys.
  package func setting(_ pairs: [String: String]) -> Labels {
    if pairs.isEmpty { return self }
    let kept = entries.filter { pairs[$0.key] == nil }
    let set = pairs.map { Entry(key: $0.key, value: $0.value, offset: nil) }
    return Labels(
      Storage(file: storage.file, entries: (kept + set).sorted { $0.key < $1.key }), line: line,
      column: column)
  }
}

extension Labels: Hashable {
  package static func == (left: Labels, right: Labels) -> Bool {
    if left.storage === right.storage { return true }
    guard left.storage.contentHash == right.storage.contentHash,
      left.storage.entries.count == right.storage.entries.count
    else { return false }
    return zip(left.entries, right.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(storage.contentHash)
  }

  /// The hash of one label. Those of all are added up, so that a changed value changes the sum by its own part.
  private static func hash(_ key: String, _ value: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ 0xFF) &* 0x100_0000_01b3
    for byte in value.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15
  }
}

extension Labels {
  /// Compares labels as somebody sees them who looks at some keys only.
  ///
  /// Made for going through many replicas: what can be seen is looked up once for those that share storage.
  package struct Lens {
    private let isVisible: (String) -> Bool
    private var root: Storage?
    /// For each entry of the root, whether it is seen.
    private var mask: [Bool] = []

    package init(seeing isVisible: @escaping (String) -> Bool) { self.isVisible = isVisible }

    /// Whether no difference is seen between two objects that have the same keys; false for any others.
    ///
    /// O(1) for replicas with the same labels, O(different values) for other replicas.
    package mutating func areAlike(_ left: Labels, _ right: Labels) -> Bool {
      if left.storage === right.storage { return true }
      guard left.storage.root === right.storage.root else {
        return left.storage.entries.count == right.storage.entries.count
          && zip(left.entries, right.entries).allSatisfy {
            $0.key == $1.key && ($0.value == $1.value || !isVisible($0.key))
          }
      }
      if root !== left.storage.root {
        root = left.storage.root
        mask = left.storage.entries.map { isVisible($0.key) }
      }
      return visible(left) == visible(right)
    }

    private func visible(_ labels: Labels) -> [Change] { labels.storage.changes.filter { mask[$0.index] } }
  }
}
