internal import Kubernetes

/// A line that GitHub Actions shows as an annotation.
///
/// Escaping follows the runner's own (`actions/toolkit`, `packages/core/src/command.ts`).
struct WorkflowCommand {
  enum Level: String {
    case notice
    case warning
    case error
  }

  private let level: Level
  private let message: String
  private let title: String
  private let location: SourceLocation?

  init(_ level: Level, _ message: String, title: String, at location: SourceLocation?) {
    self.level = level
    self.message = message
    self.title = title
    self.location = location
  }

  /// `::error file=db.yaml,line=3,col=5,title=…::message` and a line feed.
  var text: String {
    var properties: [String] = []
    if let location {
      properties += [
        "file=\(Self.property(location.file.path))", "line=\(location.line)", "col=\(location.column)",
      ]
    }
    properties.append("title=\(Self.property(title))")
    return "::\(level.rawValue) \(properties.joined(separator: ","))::\(Self.data(message))\n"
  }

  private static func data(_ text: String) -> String {
    escaped(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")])
  }

  private static func property(_ text: String) -> String {
    escaped(text, [("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")])
  }

  private static func escaped(_ text: String, _ escapes: [(Unicode.Scalar, String)]) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let escape = escapes.first(where: { $0.0 == scalar }) {
        result += escape.1
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
