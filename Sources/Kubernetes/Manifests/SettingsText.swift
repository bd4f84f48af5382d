/// A YAML file of settings: one mapping, and no Kubernetes object.
package struct SettingsText: Sendable {
  /// Nil when there is nothing in it, or nothing that could be read.
  package let root: Node?
  /// What opening and parsing found. Every one of them is an error.
  package let problems: [Diagnostic]

  /// Reads a file, or standard input for `-`.
  package init(path: String) {
    do throws(UnreadableInput) {
      self.init(try ManifestText(contentsOf: path))
    } catch {
      self.init(root: nil, problems: [error.problem])
    }
  }

  private init(root: Node?, problems: [Diagnostic]) {
    self.root = root
    self.problems = problems
  }

  /// Reads a text that is in memory.
  package init(_ text: ManifestText) {
    self.init(text, 0..<text.bytes.count, firstLine: 0)
  }

  /// Reads a part of a text.
  ///
  /// - Parameter firstLine: how many lines stand before it.
  private init(_ text: ManifestText, _ range: Range<Int>, firstLine: Int) {
    var documents: [Document] = []
    var problems: [Diagnostic] = []
    do throws(DocumentError) {
      try text.bytes.withUnsafeBufferPointer { bytes throws(DocumentError) in
        let part = UnsafeBufferPointer(rebasing: bytes[range])
        try YAMLParser.parse(part, file: text.file, firstLine: firstLine) { documents.append($0) }
      }
    } catch {
      let location = SourceLocation(file: text.file, line: error.line, column: error.column)
      problems.append(Diagnostic(.syntax, .error, "not YAML: \(error.message)", at: location))
    }
    let roots = documents.map(\.root).filter { !$0.isNull }
    problems += documents.flatMap { $0.duplicateKeyProblems() }
    if roots.count > 1 {
      problems.append(
        Diagnostic(
          .syntax, .error, "the file has several documents, and one is expected", at: roots[1].location,
          fix: "remove the `---`"))
    }
    root = roots.first
    self.problems = problems
  }
}

/// One document of a text that may have several.
package struct SettingsDocument: Sendable {
  package let settings: SettingsText
  /// The document as it is written, with its comments, and without a line `---` before it.
  package let text: String
  /// How many lines of the whole text stand before ``text``.
  package let firstLine: Int
}

extension SettingsText {
  /// The documents of a text, each read by itself: a broken one hides no other. Those that say nothing are left out.
  package static func documents(of text: ManifestText) -> [SettingsDocument] {
    ManifestPiece.cut(text).compactMap { piece in
      let settings = SettingsText(text, piece.range, firstLine: piece.firstLine)
      if settings.root == nil, settings.problems.isEmpty { return nil }
      let own = text.bytes[piece.range]
      let line = own.prefix { $0 != UInt8(ascii: "\n") }
      let isMarker =
        line.starts(with: Array("---".utf8)) && line.dropFirst(3).allSatisfy { " \t\r".utf8.contains($0) }
      return SettingsDocument(
        settings: settings,
        text: String(decoding: isMarker ? own[line.endIndex...].dropFirst() : own, as: UTF8.self),
        firstLine: piece.firstLine + (isMarker ? 1 : 0))
    }
  }
}
