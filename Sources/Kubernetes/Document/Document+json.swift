extension Document {
  /// Parses a text that is one JSON value. O(bytes).
  package static func json(_ bytes: [UInt8], file: SourceFile) throws(DocumentError) -> Document {
    var documents: [Document] = []
    try JSONParser.parse(bytes, from: 0, file: file) { documents.append($0) }
    guard let first = documents.first else {
      throw DocumentError(message: "the text is empty", line: 1, column: 1)
    }
    if documents.count > 1 {
      let second = documents[1].root.location
      throw DocumentError(message: "more than one value", line: second.line, column: second.column)
    }
    return first
  }
}
