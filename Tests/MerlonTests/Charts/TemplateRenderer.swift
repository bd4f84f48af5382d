/// Evaluates the part of Helm's template language that charts are written in (`Documentation/TrafficValues.md`).
///
/// Anything else is an error, so that a template which passes here is one that Helm evaluates alike.
struct TemplateRenderer {
  enum Failure: Error, Equatable {
    /// What `fail` was given.
    case failed(String)
    case notInTheSubset(String)
    case unbalanced
  }

  /// `.Values.networkPolicy.engine` and such, without what Helm would make of nothing.
  let values: [String: String]

  init(namespace: String, release: String, enabled: Bool, engine: String) {
    values = [
      ".Release.Namespace": namespace, ".Release.Name": release,
      ".Values.networkPolicy.enabled": "\(enabled)", ".Values.networkPolicy.engine": engine,
    ]
  }

  private enum Token {
    case text(Substring)
    case action(Substring)
  }

  /// One `if` that is open.
  private struct Branch {
    var isTaken: Bool
    var wasTaken: Bool
  }

  func render(_ template: String) throws -> String {
    var output = ""
    var branches: [Branch] = []
    for token in try Self.tokens(template) {
      let isLive = branches.allSatisfy(\.isTaken)
      switch token {
      case .text(let text): if isLive { output += text }
      case .action(let action):
        let words = action.split(separator: " ", maxSplits: 1)
        switch words.first {
        case "if":
          let holds = try condition(words[1])
          branches.append(Branch(isTaken: holds, wasTaken: holds))
        case "else":
          guard var branch = branches.popLast() else { throw Failure.unbalanced }
          let holds = try words.count == 1 || condition(words[1].dropFirst("if ".count))
          branch.isTaken = !branch.wasTaken && holds
          branch.wasTaken = branch.wasTaken || branch.isTaken
          branches.append(branch)
        case "end": if branches.popLast() == nil { throw Failure.unbalanced }
        case "fail": if isLive { throw Failure.failed(try Self.quoted(words[1], "\"")) }
        default:
          if action.hasPrefix("/*"), action.hasSuffix("*/") { continue }
          if action.hasPrefix("`") {
            if isLive { output += try Self.quoted(action, "`") }
          } else if isLive {
            output += try value(action)
          } else {
            _ = try value(action)
          }
        }
      }
    }
    if !branches.isEmpty { throw Failure.unbalanced }
    return output
  }

  /// `.Values.x`, or `eq .Values.x "text"`.
  private func condition(_ text: Substring) throws -> Bool {
    let words = text.split(separator: " ")
    if words.count == 1 {
      let value = try value(text)
      guard ["true", "false"].contains(value) else { throw Failure.notInTheSubset(String(text)) }
      return value == "true"
    }
    guard words.count == 3, words[0] == "eq" else { throw Failure.notInTheSubset(String(text)) }
    return try value(words[1]) == Self.quoted(words[2], "\"")
  }

  private func value(_ path: Substring) throws -> String {
    guard let value = values[String(path)] else { throw Failure.notInTheSubset(String(path)) }
    return value
  }

  private static func quoted(_ text: Substring, _ quote: Character) throws -> String {
    guard text.count >= 2, text.first == quote, text.last == quote else {
      throw Failure.notInTheSubset(String(text))
    }
    return String(text.dropFirst().dropLast())
  }

  /// Texts and actions in their order; `{{-` and `-}}` take the white space beside them.
  private static func tokens(_ template: String) throws -> [Token] {
    var tokens: [Token] = []
    var rest = template[...]
    while let start = rest.firstRange(of: "{{") {
      var text = rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      // What is quoted may have braces; no text here has a closing pair in quotes.
      guard let end = rest.firstRange(of: "}}") else { throw Failure.unbalanced }
      var action = rest[..<end.lowerBound]
      rest = rest[end.upperBound...]
      if action.hasPrefix("- ") {
        action = action.dropFirst()
        while let last = text.last, last.isWhitespace { text.removeLast() }
      }
      if action.hasSuffix(" -") {
        action = action.dropLast()
        rest = rest.drop(while: \.isWhitespace)
      }
      tokens.append(.text(text))
      while action.first == " " { action.removeFirst() }
      while action.last == " " { action.removeLast() }
      tokens.append(.action(action))
    }
    return tokens + [.text(rest)]
  }
}
