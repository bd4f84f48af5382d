/// An element of a set or a map.
protocol KeyedElement: Hashable {
  var key: [Interval] { get }
  /// As it is added.
  var text: String { get }
}

extension NamedSet.Element: KeyedElement {
  package var text: String { key.keyText + (timeout.map { " timeout " + $0.nftablesText } ?? "") }
}

extension VerdictMap.Element: KeyedElement {
  package var text: String {
    key.keyText + (timeout.map { " timeout " + $0.nftablesText } ?? "") + " : " + verdict.text
  }
}

extension MarkMap.Element: KeyedElement {
  package var text: String {
    key.keyText + (timeout.map { " timeout " + $0.nftablesText } ?? "") + " : " + Value.hexadecimal(mark)
  }
}

extension Collection where Element: KeyedElement {
  /// By key, so that equal sets have equal texts.
  var inOrder: [Element] { sorted { Interval.keyPrecedes($0.key, $1.key) } }
}

extension NamedCollection {
  /// `set` or `map`.
  var kind: String {
    if case .set = self { "set" } else { "map" }
  }

  /// What it is, without its elements: `type ipv4_addr : verdict`, `flags timeout`.
  var properties: [String] {
    switch self {
    case .set: storage.properties(types: storage.typeText)
    case .verdicts: storage.properties(types: storage.typeText + " : verdict")
    case .marks: storage.properties(types: storage.typeText + " : mark")
    }
  }

  /// Its elements as they are added.
  var elementTexts: [String] {
    switch self {
    case .set(let set): set.elements.map(\.text)
    case .verdicts(let map): map.elements.map(\.text)
    case .marks(let map): map.elements.map(\.text)
    }
  }

  /// The same with its elements by key.
  var inOrder: NamedCollection {
    switch self {
    case .set(let set): set.having(set.elements.inOrder)
    case .verdicts(let map): map.having(map.elements.inOrder)
    case .marks(let map): map.having(map.elements.inOrder)
    }
  }
}

extension KeyStorage {
  fileprivate var typeText: String { types.map(\.rawValue).joined(separator: " . ") }

  fileprivate func properties(types: String) -> [String] {
    var lines = ["type " + types]
    let flags =
      (hasIntervals ? ["interval"] : []) + (isDynamic ? ["dynamic"] : []) + (hasTimeouts ? ["timeout"] : [])
    if !flags.isEmpty { lines.append("flags " + flags.joined(separator: ",")) }
    if let size { lines.append("size \(size)") }
    if let timeout { lines.append("timeout " + timeout.nftablesText) }
    return lines
  }
}
