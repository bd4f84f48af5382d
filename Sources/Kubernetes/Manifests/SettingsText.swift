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
    var documents: [Document] = []
    var problems: [Diagnostic] = []
    do throws(DocumentError) {
      try text.bytes.withUnsafeBufferPointer { bytes throws(DocumentError) in
        try YAMLParser.parse(bytes, file: text.file, firstLine: 0) { documents.append($0) }
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
