/// What the keys of a set or a map are like, and how they are kept.
package struct KeyStorage: Sendable, Hashable {
  /// One type, or several for a key of several parts.
  package let types: [KeyType]
  /// Whether parts may be ranges and blocks. Such sets are slow to change: only for what changes as a whole.
  package let hasIntervals: Bool
  /// Whether elements may end by themselves. What such a set holds is not known from the program.
  package let hasTimeouts: Bool
  /// Whether rules may add elements; needs `size`.
  package let isDynamic: Bool
  /// How long elements live that say nothing else.
  package let timeout: Duration?
  /// The most elements that it may hold; nil for no bound.
  package let size: UInt32?

  package init(
    _ types: [KeyType], hasIntervals: Bool = false, hasTimeouts: Bool = false, isDynamic: Bool = false,
    timeout: Duration? = nil, size: UInt32? = nil
  ) {
    self.types = types
    self.hasIntervals = hasIntervals
    self.hasTimeouts = hasTimeouts || timeout != nil
    self.isDynamic = isDynamic
    self.timeout = timeout
    self.size = size
  }

  /// Whether others than the program may have changed the elements.
  package var changesAtRunTime: Bool { hasTimeouts || isDynamic }
}

/// A set with a name, for rules to look keys up in.
package struct NamedSet: Sendable, Hashable {
  package let name: SetName
  package let storage: KeyStorage
  /// What the set begins with, in any order, each key once.
  package let elements: [Element]

  package init(_ name: SetName, _ storage: KeyStorage, _ elements: [Element] = []) {
    self.name = name
    self.storage = storage
    self.elements = elements
  }

  package struct Element: Sendable, Hashable {
    /// An interval for each part of the key.
    package let key: [Interval]
    package let timeout: Duration?

    package init(_ key: [Interval], timeout: Duration? = nil) {
      self.key = key
      self.timeout = timeout
    }
  }
}

/// A counter of packets and bytes that several rules may share.
package struct NamedCounter: Sendable, Hashable {
  package let name: CounterName

  package init(_ name: CounterName) { self.name = name }
}
