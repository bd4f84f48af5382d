/// A value that nobody may see in a message, a log or a debugger's summary: a token, a password, a key.
package struct Secret<Value: Sendable>: Sendable {
  /// The value itself, for whoever sends it.
  package let revealed: Value

  package init(_ value: Value) {
    revealed = value
  }
}

extension Secret: Equatable where Value: Equatable {}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { description }
  /// Without children: `dump` and test frameworks print what a mirror shows.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
