/// A text that a program carries for people: a prefix of log entries, or a note.
///
/// At most 127 bytes of letters, digits, spaces and `_-.:=/,+@#`: no text can end the quotes around it.
package struct SafeText: Sendable, Hashable {
  package let text: String

  /// - Returns: nil for a text that is too long or has any other character.
  package init?(_ text: String) {
    guard NameRules.isSafeText(text) else { return nil }
    self.text = text
  }

  /// The text with `_` for every byte that may not be in it, cut after 127 bytes. For notes only: different texts
  /// may become the same.
  package init(adapting text: String) {
    var safe = ""
    for scalar in text.unicodeScalars.prefix(127) {
      let character = String(scalar)
      safe += NameRules.isSafeText(character) ? character : "_"
    }
    self.text = safe
  }
}

extension SafeText: ExpressibleByStringLiteral {
  /// For texts that programs are made with. Stops the program for a literal that is no such text.
  package init(stringLiteral text: StaticString) {
    precondition(NameRules.isSafeText(text.description), "not a text for nftables: \(text)")
    self.text = text.description
  }
}
