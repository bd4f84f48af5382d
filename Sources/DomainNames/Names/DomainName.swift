/// A name of the domain name system: labels of bytes, which need not be text.
///
/// Names are equal when they differ in the case of ASCII letters only (RFC 4343); the case that was written is kept,
/// because an answer must repeat the question as it was asked. At most 255 bytes with the lengths of its labels, each
/// of which is at most 63 bytes long: nothing else can be made.
package struct DomainName: Sendable {
  /// Each label after its length, and the zero of the root: the name as messages have it when it is not compressed.
  package let wire: [UInt8]

  /// The root, which has no labels.
  package static let root = DomainName(checkedWire: [0])
  /// With all lengths and the final zero.
  package static let longest = 255
  package static let longestLabel = 63

  /// - Parameter checkedWire: labels and a final zero, within the limits.
  init(checkedWire: [UInt8]) { wire = checkedWire }

  package var labels: [ArraySlice<UInt8>] {
    var labels: [ArraySlice<UInt8>] = []
    var place = 0
    while place < wire.count, wire[place] > 0 {
      let end = place + 1 + Int(wire[place])
      labels.append(wire[(place + 1)..<end])
      place = end
    }
    return labels
  }

  /// Whether the names are the same in every byte, the case of letters included.
  package func isWrittenAs(_ other: DomainName) -> Bool { wire == other.wire }
}

extension DomainName: Hashable {
  package static func == (left: DomainName, right: DomainName) -> Bool {
    left.wire.count == right.wire.count
      && zip(left.wire, right.wire).allSatisfy { lowercased($0) == lowercased($1) }
  }

  package func hash(into hasher: inout Hasher) {
    for byte in wire { hasher.combine(Self.lowercased(byte)) }
  }

  /// Lengths of labels are below all letters, so that they stay what they are.
  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
