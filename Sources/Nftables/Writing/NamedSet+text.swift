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

extension NamedSet {
  /// What a set is, without its elements: `type mark`, `flags timeout`.
  var properties: [String] { storage.properties(types: storage.typeText) }
}

extension NamedMap {
  /// What a map is, without its elements: `type ipv4_addr : verdict`.
  var properties: [String] {
    switch self {
    case .verdicts(let map): map.storage.properties(types: map.storage.typeText + " : verdict")
    case .marks(let map): map.storage.properties(types: map.storage.typeText + " : mark")
    }
  }

  /// Its elements as they are added, by key.
  var elementTexts: [String] {
    switch self {
    case .verdicts(let map): map.elements.inOrder.map(\.text)
    case .marks(let map): map.elements.inOrder.map(\.text)
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
