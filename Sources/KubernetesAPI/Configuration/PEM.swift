/// A block of a PEM text (RFC 7468): what stands between `-----BEGIN label-----` and `-----END label-----`.
struct PEMBlock: Equatable {
  /// `CERTIFICATE`, `EC PRIVATE KEY`.
  let label: String
  /// The line of `BEGIN`, from 1.
  let line: Int
  let der: [UInt8]
  /// Whether headers before the data say that it is encrypted (RFC 1421).
  let isEncrypted: Bool
}

/// What is wrong with a PEM text, for after the name of the text: `holds no certificate`.
struct PEMProblem: Error, Equatable {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}

extension PEMBlock {
  private static let begin = Array("-----BEGIN ".utf8)
  private static let end = Array("-----END ".utf8)
  private static let dashes = Array("-----".utf8)

  /// All blocks of a text, in order. Text outside of them is a comment, a block that is not whole an error.
  static func blocks(of text: [UInt8]) throws(PEMProblem) -> [PEMBlock] {
    var blocks: [PEMBlock] = []
    var open: (label: String, line: Int, data: [UInt8], isEncrypted: Bool)?
    var number = 0
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = line.trimmingBlanks
      if let label = label(line, after: begin) {
        if let open { throw PEMProblem("has a `\(open.label)` in line \(open.line) without an end") }
        open = (label, number, [], false)
      } else if let label = label(line, after: end), let block = open {
        guard label == block.label, let der = Base64.decode(block.data), !der.isEmpty else {
          throw PEMProblem("has a `\(block.label)` in line \(block.line) that is damaged")
        }
        blocks.append(
          PEMBlock(label: label, line: block.line, der: der, isEncrypted: block.isEncrypted))
        open = nil
      } else if line.contains(UInt8(ascii: ":")) {
        if line.elementsEqual(Array("Proc-Type: 4,ENCRYPTED".utf8)) { open?.isEncrypted = true }
        // The other headers name the cipher, and base64 has no colon.
      } else if open != nil {
        open?.data += line
      }
    }
    if let open { throw PEMProblem("has a `\(open.label)` in line \(open.line) without an end") }
    return blocks
  }

  private static func label(_ line: ArraySlice<UInt8>, after start: [UInt8]) -> String? {
    guard line.starts(with: start), line.count >= start.count + dashes.count,
      line.suffix(dashes.count).elementsEqual(dashes)
    else { return nil }
    return String(decoding: line.dropFirst(start.count).dropLast(dashes.count), as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks, tabs and line breaks at both ends.
  var trimmingBlanks: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let rest = drop(while: isBlank)
    return rest[..<(rest.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? rest.startIndex)]
  }
}

/// One certificate or more, as a PEM text that was looked through: every block of it is whole.
package struct Certificates: Sendable, Equatable {
  /// The text as it was given.
  package let pem: [UInt8]
  /// The certificates of the text in DER, in order; at least one.
  package let der: [[UInt8]]

  init(pem: [UInt8]) throws(PEMProblem) {
    let certificates = try PEMBlock.blocks(of: pem).filter { $0.label == "CERTIFICATE" }
    if certificates.isEmpty { throw PEMProblem("holds no PEM certificate") }
    for block in certificates where block.der.first != 0x30 {
      throw PEMProblem("has a `CERTIFICATE` in line \(block.line) that is damaged")
    }
    self.pem = pem
    der = certificates.map(\.der)
  }
}

/// A private key, as a PEM text that was looked through.
package struct PrivateKey: Sendable, Equatable {
  /// The text as it was given; other blocks may stand before the key, as `openssl ecparam` writes them.
  package let pem: Secret<[UInt8]>

  init(pem: [UInt8]) throws(PEMProblem) {
    guard let key = try PEMBlock.blocks(of: pem).first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
      throw PEMProblem("holds no PEM private key")
    }
    if key.isEncrypted || key.label == "ENCRYPTED PRIVATE KEY" {
      throw PEMProblem("holds an encrypted private key, and there is nobody to ask for its password")
    }
    self.pem = Secret(pem)
  }
}
