/// The shape of a YAML document: just enough to print manifests in block style.
enum ReferenceYAML {
  case text(String)
  case number(Int)
  case decimal(Double)
  case flag(Bool)
  case null
  case list([ReferenceYAML])
  case map([(String, ReferenceYAML)])

  /// The labels in the order of their keys.
  static func labels(_ labels: [String: String]) -> ReferenceYAML {
    .map(labels.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
  }

  /// The lines of this value, without indentation.
  var lines: [String] {
    switch self {
    case .list(let items) where !items.isEmpty:
      return items.flatMap { item in
        item.lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
      }
    case .map(let fields) where !fields.isEmpty:
      return fields.flatMap { key, value -> [String] in
        if let inline = value.inline { return ["\(Self.quoted(key)): \(inline)"] }
        return ["\(Self.quoted(key)):"] + value.lines.map { "  " + $0 }
      }
    default:
      return [inline ?? ""]
    }
  }

  /// The text of a value that fits behind its key; nil for a filled list or map.
  private var inline: String? {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number): return String(number)
    case .decimal(let number): return String(number)
    case .flag(let flag): return flag ? "true" : "false"
    case .null: return "null"
    case .list(let items): return items.isEmpty ? "[]" : nil
    case .map(let fields): return fields.isEmpty ? "{}" : nil
    }
  }

  /// Plain if nobody can read it as anything but this string (also by the rules of YAML 1.1).
  static func quoted(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map(letters.contains) == true
      && text.utf8.allSatisfy { letters.contains($0) || others.contains($0) }
      && !special.contains(text.lowercased())
    if isPlain { return text }
    let escaped = text.map { character -> String in
      character == "\"" || character == "\\" ? "\\\(character)" : String(character)
    }
    return "\"\(escaped.joined())\""
  }

  private static let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  private static let others = Set("0123456789-/.".utf8)
  private static let special: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
}
