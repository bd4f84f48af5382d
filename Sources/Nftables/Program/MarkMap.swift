/// A map with a name, from keys to marks of packets, which ``Statement/markPacketBy(_:_:)`` asks.
///
/// Changing an element costs the kernel the same however many there are.
package struct MarkMap: Sendable, Hashable {
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
    package let mark: UInt32
    package let timeout: Duration?

    package init(_ key: [Interval], _ mark: UInt32, timeout: Duration? = nil) {
      self.key = key
      self.mark = mark
      self.timeout = timeout
    }
  }
}
