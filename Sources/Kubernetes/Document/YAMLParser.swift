internal import CLibYAML

/// Reads YAML text into documents with libyaml's event parser.
///
/// Yams is not used here: building its tree costs seven times the parsing itself (PLATFORM.md A.2), and
/// its scalar resolution is not the API server's.
enum YAMLParser {
  /// Parses every document of a piece of a stream, in order.
  ///
  /// - Parameter firstLine: the 0-based line of the whole text at which the piece starts.
  /// - Throws: the first syntax error; documents before it in the same piece are handed to `body` first.
  static func parse(
    _ text: UnsafeBufferPointer<UInt8>, file: SourceFile, firstLine: Int, body: (Document) -> Void
  ) throws(DocumentError) {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else {
      throw DocumentError(message: "out of memory", line: 1, column: 1)
    }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_input_string(&parser, text.baseAddress, text.count)
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)

    var builder = DocumentBuilder(file: file, expectedBytes: text.count)
    var event = yaml_event_t()
    while true {
      guard yaml_parser_parse(&parser, &event) == 1 else { throw error(of: parser, firstLine: firstLine) }
      defer { yaml_event_delete(&event) }
      let line = UInt32(truncatingIfNeeded: event.start_mark.line + firstLine + 1)
      let column = UInt32(truncatingIfNeeded: event.start_mark.column + 1)
      switch event.type {
      case YAML_SCALAR_EVENT:
        let scalar = event.data.scalar
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        builder.appendScalar(
          bytes, isPlain: isPlain(scalar), isVerbatim: isVerbatim(bytes, scalar, event), line: line,
          column: column, anchor: name(scalar.anchor))
      case YAML_SEQUENCE_START_EVENT:
        let anchor = name(event.data.sequence_start.anchor)
        try builder.beginCollection(.sequence, line: line, column: column, anchor: anchor)
      case YAML_MAPPING_START_EVENT:
        let anchor = name(event.data.mapping_start.anchor)
        try builder.beginCollection(.mapping, line: line, column: column, anchor: anchor)
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
        builder.endCollection()
      case YAML_ALIAS_EVENT:
        try builder.appendAlias(name(event.data.alias.anchor) ?? "", line: line, column: column)
      case YAML_DOCUMENT_END_EVENT:
        if !builder.isEmpty { body(builder.finish()) }
      case YAML_STREAM_END_EVENT:
        return
      default:
        break
      }
    }
  }

  private typealias Scalar = yaml_event_s.__Unnamed_union_data.__Unnamed_struct_scalar

  /// Whether a scalar stands on one line as it is: an escape makes what is written longer than the text, and an
  /// anchor or a tag stands before it.
  private static func isVerbatim(
    _ bytes: UnsafeBufferPointer<UInt8>, _ scalar: Scalar, _ event: yaml_event_t
  ) -> Bool {
    guard event.start_mark.line == event.end_mark.line, scalar.anchor == nil, scalar.tag == nil else {
      return false
    }
    switch scalar.style {
    case YAML_PLAIN_SCALAR_STYLE: return true
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      let written = event.end_mark.index - event.start_mark.index
      return written == bytes.count { $0 & 0xC0 != 0x80 } + 2
    default: return false
    }
  }

  /// Whether a scalar's meaning depends on its text: unquoted without a tag, or with the tag of a scalar that
  /// is no string. Text with any other tag is taken as it stands.
  private static func isPlain(_ scalar: Scalar) -> Bool {
    guard let tag = scalar.tag else { return scalar.style == YAML_PLAIN_SCALAR_STYLE }
    return resolvedTags.contains(String(cString: tag))
  }

  private static let resolvedTags: Set<String> = [YAML_NULL_TAG, YAML_BOOL_TAG, YAML_INT_TAG, YAML_FLOAT_TAG]

  private static func name(_ anchor: UnsafeMutablePointer<UInt8>?) -> String? {
    anchor.map { String(cString: $0) }
  }

  private static func error(of parser: yaml_parser_t, firstLine: Int) -> DocumentError {
    let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
    let context = parser.context.map { " " + String(cString: $0) } ?? ""
    let isReaderError = parser.error == YAML_READER_ERROR
    let line = isReaderError ? Int(parser.mark.line) : Int(parser.problem_mark.line)
    let column = isReaderError ? Int(parser.mark.column) : Int(parser.problem_mark.column)
    return DocumentError(
      message: problem + context, line: UInt32(truncatingIfNeeded: line + firstLine + 1),
      column: UInt32(truncatingIfNeeded: column + 1))
  }
}
