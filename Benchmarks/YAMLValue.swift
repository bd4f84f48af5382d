/// A value of a manifest, in the block style that people write.
///
/// Literals stand for values: `["name": "web", "port": 8080, "labels": nil]`, where what is nil is left out.
enum YAMLValue: Sendable {
  /// Quoted where YAML would read something else.
  case text(String)
  case quoted(String)
  case number(Int)
  case flag(Bool)
  /// Texts on one line: `[a, b]`.
  case words([String])
  case list([YAMLValue])
  /// In the order in which it is written.
  case map([(key: String, value: YAMLValue)])

  /// An object as a document of its own.
  static func manifest(
    _ apiVersion: String, _ kind: String, name: String, namespace: String? = nil, labels: YAMLValue? = nil,
    spec: YAMLValue
  ) -> String {
    let object: YAMLValue = [
      "apiVersion": .text(apiVersion), "kind": .text(kind),
      "metadata": [
        "name": .text(name), "namespace": namespace.map { .text($0) }, "labels": labels,
      ],
      "spec": spec,
    ]
    var text = "---\n"
    object.append(to: &text, column: 0, lead: "")
    return text
  }
}

// MARK: - Literals

extension YAMLValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral text: String) { self = .text(text) }
  init(integerLiteral number: Int) { self = .number(number) }
  init(booleanLiteral flag: Bool) { self = .flag(flag) }
  init(arrayLiteral elements: YAMLValue...) { self = .list(elements) }

  init(dictionaryLiteral entries: (String, YAMLValue?)...) {
    self = .map(entries.compactMap { key, value in value.map { (key, $0) } })
  }
}

// MARK: - Text

extension YAMLValue {
  /// What stands in the line of its key or dash; nil for what has lines of its own.
  private var inline: String? {
    switch self {
    case .text(let text): text.yamlScalar
    case .quoted(let text): "\"\(text)\""
    case .number(let number): String(number)
    case .flag(let flag): String(flag)
    case .words(let words): "[\(words.map(\.yamlScalar).joined(separator: ", "))]"
    case .list(let elements): elements.isEmpty ? "[]" : nil
    case .map(let entries): entries.isEmpty ? "{}" : nil
    }
  }

  /// Writes lines from this column on, the first one after `lead`.
  private func append(to text: inout String, column: Int, lead: String) {
    let indent = String(repeating: " ", count: column)
    switch self {
    case .map(let entries) where !entries.isEmpty:
      for (place, entry) in entries.enumerated() {
        text += "\(place == 0 ? lead : indent)\(entry.key):"
        if let inline = entry.value.inline {
          text += " \(inline)\n"
        } else {
          text += "\n"
          entry.value.append(to: &text, column: column + 2, lead: indent + "  ")
        }
      }
    case .list(let elements) where !elements.isEmpty:
      for (place, element) in elements.enumerated() {
        element.append(to: &text, column: column + 2, lead: (place == 0 ? lead : indent) + "- ")
      }
    default: text += "\(lead)\(inline ?? "")\n"
    }
  }
}
