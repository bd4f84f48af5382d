/// A log of JSON values: one in each line, or one over many lines.
package struct RecordText: Sendable {
  private let text: ManifestText

  /// Reads a file, or standard input for `-`.
  ///
  /// - Throws: what opening it found.
  package init(path: String) throws(UnreadableRecords) {
    do throws(UnreadableInput) {
      text = try ManifestText(contentsOf: path)
    } catch {
      throw UnreadableRecords(problem: error.problem)
    }
  }

  package init(_ text: ManifestText) { self.text = text }

  /// Calls back for each value, in order, and answers what is wrong with the others: a broken line hides no other.
  package func forEachRecord(_ body: (Node) -> Void) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var line: UInt32 = 0
    var start = 0
    while start < text.bytes.count {
      let end = text.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.bytes.count
      line += 1
      let bytes = text.bytes[start..<end]
      if !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
        do throws(DocumentError) {
          try JSONParser.parse(Array(bytes), from: 0, file: text.file, firstLine: line) { body($0.root) }
        } catch {
          // A value that goes on in the next line can only be the whole text.
          if problems.isEmpty, readWhole(from: start, line, body) { return [] }
          problems.append(problem(error))
        }
      }
      start = end + 1
    }
    return problems
  }

  /// Whether all that is left is well-formed.
  private func readWhole(from start: Int, _ line: UInt32, _ body: (Node) -> Void) -> Bool {
    var documents: [Document] = []
    do throws(DocumentError) {
      try JSONParser.parse(text.bytes, from: start, file: text.file, firstLine: line) { documents.append($0) }
    } catch {
      return false
    }
    for document in documents { body(document.root) }
    return true
  }

  private func problem(_ error: DocumentError) -> Diagnostic {
    Diagnostic(
      .syntax, .error, "not JSON: \(error.message)",
      at: SourceLocation(file: text.file, line: error.line, column: error.column))
  }
}

/// Why a log could not be opened.
package struct UnreadableRecords: Error {
  package let problem: Diagnostic
}
