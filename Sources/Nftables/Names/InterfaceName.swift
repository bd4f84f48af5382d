/// The name of a network device, 1 to 15 bytes; never a pattern.
package struct InterfaceName: Sendable, Hashable {
  package let text: String

  /// - Returns: nil for what no device is called, and for names that would need quoting inside a quoted text.
  package init?(_ text: String) {
    guard NameRules.isInterfaceName(text) else { return nil }
    self.text = text
  }
}

extension InterfaceName: Comparable {
  /// By bytes.
  package static func < (left: InterfaceName, right: InterfaceName) -> Bool { left.text < right.text }
}
