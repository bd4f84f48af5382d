/// A part of a text that is parsed by itself: one YAML document with its `---`, or a whole JSON text.
struct ManifestPiece: Sendable {
  enum Syntax {
    case yaml
    case json
    /// Starts like JSON; may be YAML's flow style.
    case jsonOrYAML
  }

  let text: ManifestText
  let range: Range<Int>
  let firstLine: Int
  let syntax: Syntax

  static func cut(_ text: ManifestText) -> [ManifestPiece] {
    var start = 0
    if text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    let first = text.bytes[start...].first { !" \t\r\n".utf8.contains($0) }
    let looksLikeJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    let isNamedJSON = text.file.path.hasSuffix(".json")
    if isNamedJSON || looksLikeJSON {
      return [
        ManifestPiece(
          text: text, range: start..<text.bytes.count, firstLine: 0, syntax: isNamedJSON ? .json : .jsonOrYAML
        )
      ]
    }
    return yamlPieces(text, from: start)
  }

  private static func yamlPieces(_ text: ManifestText, from start: Int) -> [ManifestPiece] {
    text.bytes.withUnsafeBufferPointer { bytes in
      YAMLStream.pieces(of: UnsafeBufferPointer(rebasing: bytes[start...])).map {
        ManifestPiece(
          text: text, range: ($0.range.lowerBound + start)..<($0.range.upperBound + start),
          firstLine: $0.firstLine,
          syntax: .yaml)
      }
    }
  }

  /// Parses the piece and files its objects and problems.
  func read(
    into set: inout ManifestSet, _ kustomizations: inout [Kustomization], options: ManifestReader.Options
  ) {
    guard let error = parse(into: &set, &kustomizations, options: options) else { return }
    if syntax == .jsonOrYAML {
      for piece in Self.yamlPieces(text, from: range.lowerBound) {
        piece.read(into: &set, &kustomizations, options: options)
      }
      return
    }
    let location = SourceLocation(file: text.file, line: error.line, column: error.column)
    if syntax == .yaml, hasTemplateBraces {
      set.diagnostics.append(.isTemplate(at: location))
    } else {
      let language = syntax == .json ? "JSON" : "YAML"
      set.diagnostics.append(Diagnostic(.syntax, .error, "not \(language): \(error.message)", at: location))
    }
  }

  private func parse(
    into set: inout ManifestSet, _ kustomizations: inout [Kustomization], options: ManifestReader.Options
  ) -> DocumentError? {
    var part = ManifestSet()
    var found: [Kustomization] = []
    func add(_ document: Document) {
      let problemsBefore = part.diagnostics.count
      file(document, in: &part, &found, options: options)
      part.diagnostics.recogniseTemplate(from: problemsBefore, at: document.root.location)
    }
    do throws(DocumentError) {
      if syntax == .yaml {
        try text.bytes.withUnsafeBufferPointer { bytes throws(DocumentError) in
          let slice = UnsafeBufferPointer(rebasing: bytes[range])
          try YAMLParser.parse(slice, file: text.file, firstLine: firstLine, body: add)
        }
      } else {
        try JSONParser.parse(text.bytes, from: range.lowerBound, file: text.file, body: add)
      }
    } catch {
      // A text that may be either is read again as the other; keep nothing of the first try.
      if syntax != .jsonOrYAML { set.append(part) }
      return error
    }
    set.append(part)
    kustomizations += found
    return nil
  }

  private func file(
    _ document: Document, in set: inout ManifestSet, _ kustomizations: inout [Kustomization],
    options: ManifestReader.Options
  ) {
    let root = document.root
    if root.isNull { return }
    if document.hasCollectionKeys, hasTemplateBraces {
      set.diagnostics.append(.isTemplate(at: root.location))
      return
    }
    if root.content == .scalar {
      set.diagnostics.append(
        Diagnostic(
          .syntax, .error, "not a manifest: the document is only the text \(root.excerpt)", at: root.location)
      )
      return
    }
    if let kustomization = Kustomization(root, file: text.file) {
      kustomizations.append(kustomization)
      set.documents += 1
      set.passedOver[GroupKind(group: "kustomize.config.k8s.io", kind: kustomization.kind), default: 0] += 1
      return
    }
    // Only objects that count can be wrong; whatever else lies in the folder is not ours to judge.
    if set.addObject(root, options: options), !document.duplicateKeys.isEmpty {
      set.diagnostics += document.duplicateKeyProblems()
    }
  }

  private var hasTemplateBraces: Bool {
    text.bytes.withUnsafeBufferPointer { bytes in
      let brace = UInt8(ascii: "{")
      return bytes[range].indices.dropLast().contains { bytes[$0] == brace && bytes[$0 + 1] == brace }
    }
  }
}
