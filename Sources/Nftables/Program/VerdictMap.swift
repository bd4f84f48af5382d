/// A map with a name, from keys to verdicts.
///
/// Whenever an element that goes to a chain is added, the kernel walks all elements, looking for loops: a map that is
/// both large and often changed is a ``MarkMap``, with a small map from marks to verdicts behind it.
package struct VerdictMap: Sendable, Hashable {
  package let name: MapName
  package let storage: KeyStorage
  /// What the map begins with, in any order, each key once.
  package let elements: [Element]

  package init(_ name: MapName, _ storage: KeyStorage, _ elements: [Element] = []) {
    self.name = name
    self.storage = storage
    self.elements = elements
  }

  package struct Element: Sendable, Hashable {
    /// An interval for each part of the key.
    package let key: [Interval]
    package let verdict: Verdict
    package let timeout: Duration?

    package init(_ key: [Interval], _ verdict: Verdict, timeout: Duration? = nil) {
      self.key = key
      self.verdict = verdict
      self.timeout = timeout
    }
  }
}
