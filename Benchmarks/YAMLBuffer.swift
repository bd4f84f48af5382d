/// Collects YAML text and hands it on in pieces of about a megabyte, so that a large cluster is never
/// in memory as a whole.
struct YAMLBuffer {
  private var bytes: [UInt8] = []
  private static let pieceSize = 1 << 20

  init() {
    bytes.reserveCapacity(Self.pieceSize + (1 << 16))
  }

  /// Appends text as it is.
  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends bytes as they are.
  mutating func append(_ block: [UInt8]) {
    bytes.append(contentsOf: block)
  }

  /// Gives the collected bytes to `write` once they fill a piece.
  mutating func flushIfFull(to write: ([UInt8]) throws -> Void) rethrows {
    if bytes.count >= Self.pieceSize {
      try flush(to: write)
    }
  }

  mutating func flush(to write: ([UInt8]) throws -> Void) rethrows {
    if !bytes.isEmpty {
      try write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
  }
}

extension String {
  /// The lines of this text, each moved to the right. The text ends with a newline or is empty.
  func indented(by columns: Int) -> [UInt8] {
    let indent = [UInt8](repeating: UInt8(ascii: " "), count: columns)
    let source = Array(utf8)
    var result: [UInt8] = []
    result.reserveCapacity(source.count * 3 / 2 + columns)
    // Copies whole lines, because this is where most of a cluster's bytes pass.
    var start = 0
    while start < source.count {
      let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count - 1
      result += indent
      result += source[start...end]
      start = end + 1
    }
    return result
  }

  /// This text as a YAML string: quoted where YAML would read something else.
  var yamlScalar: String {
    let isWord = utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) } ?? false
    return isWord && !yamlKeywords.contains(lowercased()) ? self : "\"\(self)\""
  }
}

/// What YAML 1.1 readers take for a boolean or for nothing.
private let yamlKeywords: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
