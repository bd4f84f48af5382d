package import Kubernetes

extension Diagnostic {
  /// The form compilers use: `file:line:column: error: message [code]`, then indented lines with more.
  package func text(_ style: TextStyle) -> String {
    let word =
      switch severity {
      case .error: style.red("error")
      case .warning: style.yellow("warning")
      case .note: style.dim("note")
      }
    var lines = [
      (location.map { style.bold("\($0)") + ": " } ?? "") + "\(word): \(message) [\(code.rawValue)]"
    ]
    lines += related.map { "    \($0.location): \($0.message)" }
    if let fix { lines.append("    fix: \(fix)") }
    return lines.joined(separator: "\n")
  }

  /// The same as data.
  package var data: DataValue {
    .members(
      ("code", .string(code.rawValue)), ("severity", .string(severity.rawValue)),
      ("message", .string(message)),
      ("location", location.map(\.data)), ("fix", fix.map { .string($0) }),
      (
        "related",
        related.isEmpty
          ? nil
          : .list(
            related.map {
              .members(("message", .string($0.message)), ("location", $0.location.data))
            })
      ))
  }
}

extension SourceLocation {
  /// `{file, line, column}`.
  package var data: DataValue {
    .members(("file", .string(file.path)), ("line", .integer(Int(line))), ("column", .integer(Int(column))))
  }
}
