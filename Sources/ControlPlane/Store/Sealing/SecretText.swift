/// A value that shows nothing of itself in a message, a log, a dump or a debugger's summary.
package protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
  package var description: String { "<secret>" }
  package var debugDescription: String { description }
  /// Without children: `dump` and test frameworks print what a mirror shows.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A text that nobody may see: the token of an integration, an API token that was just made.
package struct SecretText: Sendable, Equatable, Redacted {
  /// The text itself, for whoever sends it.
  package let revealed: String

  package init(_ text: String) {
    revealed = text
  }

  /// Takes the same time wherever two texts of one length differ.
  package static func == (left: SecretText, right: SecretText) -> Bool {
    isEqualInConstantTime(Array(left.revealed.utf8), Array(right.revealed.utf8))
  }
}
