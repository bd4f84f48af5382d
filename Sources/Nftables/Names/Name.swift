/// A name that a program gives to one of its parts.
///
/// Names are letters, digits and underscores, begin with a letter, have at most 63 bytes, and are no word of the
/// language, so that no name can be read as anything else. Names of users never become names of programs: make an
/// identifier or a hash of them.
package struct Name<Part>: Sendable, Hashable {
  /// As it stands in the text.
  package let text: String

  /// - Returns: nil for what is no name.
  package init?(_ text: String) {
    guard NameRules.isName(text) else { return nil }
    self.text = text
  }

  /// The name of another part for this one, as a counter may be called like the chain that counts.
  package init<Other>(_ other: Name<Other>) { text = other.text }

  /// A name whose last part tells it from others with the same stem: `in_00a1…`.
  ///
  /// - Parameter stem: at most 46 bytes; the rest is not used.
  package init(_ stem: Name, hash: UInt64) {
    let digits = String(hash, radix: 16)
    let stem = stem.text.utf8.prefix(46)
    text =
      String(decoding: stem, as: UTF8.self) + "_" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// A name with a number at its end: `group_7`.
  ///
  /// - Parameter stem: at most 42 bytes; the rest is not used.
  package init(_ stem: Name, number: UInt64) {
    text = String(decoding: stem.text.utf8.prefix(42), as: UTF8.self) + "_" + String(number)
  }
}

extension Name: ExpressibleByStringLiteral {
  /// For names that programs are made with. Stops the program for a literal that is no name.
  package init(stringLiteral text: StaticString) {
    precondition(NameRules.isName(text.description), "not a name of nftables: \(text)")
    self.text = text.description
  }
}

extension Name: Comparable {
  /// By bytes.
  package static func < (left: Name, right: Name) -> Bool { left.text < right.text }
}

extension Name: CustomStringConvertible {
  package var description: String { text }
}

package typealias TableName = Name<NftablesProgram>
package typealias ChainName = Name<Chain>
package typealias SetName = Name<NamedSet>
package typealias MapName = Name<VerdictMap>
package typealias CounterName = Name<NamedCounter>
