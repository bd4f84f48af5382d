/// An expression of Swift source, which knows where it breaks.
indirect enum SwiftExpression {
  /// An element of a list: `value`, or `label: value`, whose label is a literal in a dictionary.
  typealias Element = (label: String?, value: SwiftExpression)

  case text(String)
  /// `name(…)`
  case call(String, [Element])
  /// `[…]`
  case collection([Element])
  /// `… && …`
  case allOf([SwiftExpression])

  /// All of it on one line.
  var flat: String {
    switch self {
    case .text(let text): text
    case .call(let name, let arguments): "\(name)(\(Self.flat(arguments)))"
    case .collection(let elements): "[\(Self.flat(elements))]"
    case .allOf(let parts): parts.map(\.flat).joined(separator: " && ")
    }
  }

  static func flat(_ element: Element) -> String {
    element.label.map { "\($0): \(element.value.flat)" } ?? element.value.flat
  }

  private static func flat(_ elements: [Element]) -> String {
    elements.map { flat($0) }.joined(separator: ", ")
  }
}

/// Lines of Swift source, broken where swift-format breaks them by default: a list that does not fit gets lines of its own,
/// each with as many elements as fit.
struct SwiftLines {
  private static let width = 100
  private var lines: [String] = []
  private var line = ""

  /// The finished text.
  var text: String { (lines + [line, ""]).joined(separator: "\n") }

  mutating func startLine(_ indentation: Int) {
    lines.append(line)
    line = String(repeating: " ", count: indentation)
  }

  mutating func add(_ text: String) { line += text }

  /// A statement on lines of its own.
  mutating func add(statement: SwiftExpression, at indentation: Int) {
    startLine(indentation)
    add(statement, indentation, before: "")
  }

  /// The head of a call with a closure: `name(…) {`.
  mutating func add(headOf call: SwiftExpression, at indentation: Int) {
    startLine(indentation)
    if case .call(let name, let arguments) = call, !fits(call.flat + " {") {
      line += name + "("
      add(arguments, indentation + 2, before: "")
      startLine(indentation)
      line += ") {"
    } else {
      line += call.flat + " {"
    }
  }

  private func fits(_ text: String) -> Bool { line.count + text.count <= Self.width }

  /// - Parameter following: what stands on the same line behind it.
  private mutating func add(_ expression: SwiftExpression, _ indentation: Int, before following: String) {
    if fits(expression.flat + following) {
      line += expression.flat
      return
    }
    switch expression {
    case .text(let text): line += text
    case .call(let name, let arguments):
      line += name + "("
      add(arguments, indentation + 2, before: ")" + following)
      line += ")"
    case .collection(let elements):
      line += "["
      add(elements, indentation + 2, before: ",")
      line += ","
      startLine(indentation)
      line += "]"
    case .allOf(let parts):
      for (index, part) in parts.enumerated() {
        let next = index == parts.count - 1 ? following : ""
        if index > 0 {
          if fits(" && " + part.flat + next) { line += " " } else { startLine(indentation + 2) }
          line += "&& "
        }
        add(part, index == 0 ? indentation : indentation + 2, before: next)
      }
    }
  }

  private mutating func add(
    _ elements: [SwiftExpression.Element], _ indentation: Int, before following: String
  ) {
    startLine(indentation)
    for (index, element) in elements.enumerated() {
      let isLast = index == elements.count - 1
      let next = isLast ? following : ","
      if index > 0 {
        if fits(" " + SwiftExpression.flat(element) + next) { line += " " } else { startLine(indentation) }
      }
      if let label = element.label { line += label + ": " }
      add(element.value, indentation, before: next)
      if !isLast { line += "," }
    }
  }
}
