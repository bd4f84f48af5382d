internal import PolicyEngine
internal import PolicyModel

extension DiffReport {
  /// For people: a line per changed row under its reason, and a summary at the end.
  ///
  /// - Parameter isQuiet: the summary only.
  package func text(_ style: TextStyle, isQuiet: Bool = false) -> String {
    var text = ""
    if !isQuiet {
      for (group, rows) in rowsByGroup {
        text += style.bold(title(of: group)) + "\n"
        var shown: [Int] = []
        for row in rows {
          // Neighbours mostly have the same causes.
          text += lines(row, withCauses: row.causes != shown, style)
          shown = row.causes
        }
        text += "\n"
      }
    }
    return text + summary + "\n"
  }

  private func lines(_ row: Row, withCauses: Bool, _ style: TextStyle) -> String {
    var text = ""
    if withCauses {
      for cause in row.causes { text += style.dim("  \(causes[cause].text)") + "\n" }
    }
    for part in row.traffic.parts {
      let line = "  \(part.opens ? "+" : "-") \(row.source) -> \(row.destination)  \(part.text)"
      text += (part.opens ? style.green(line) : style.red(line)) + "\n"
    }
    return text
  }

  // MARK: - Markdown

  /// For a comment on a pull request. A group shows its first rows and says how many more there are.
  ///
  /// - Parameter rowsPerGroup: the most rows of one reason; comments have limits of their own.
  package func markdown(rowsPerGroup: Int = 40, broken: [BrokenRule] = []) -> String {
    var text = "### \(isEmpty ? "No change in who can talk to whom" : "Changes in who can talk to whom")\n\n"
    text += Self.escaped(summary) + ".\n"
    if !broken.isEmpty {
      text += "\n" + broken.map { "- ❌ \(Self.escaped($0.text))\n" }.joined()
    }
    for (group, rows) in rowsByGroup {
      text += "\n<details open><summary>\(Self.html(title(of: group)))</summary>\n\n"
      text += "| | source | destination | ports | why |\n| --- | --- | --- | --- | --- |\n"
      for row in rows.prefix(rowsPerGroup) {
        for part in row.traffic.parts {
          let why = row.causes.map { Self.escaped(causes[$0].text) }.joined(separator: "<br>")
          let cells =
            [part.opens ? "➕" : "➖"] + [row.source, row.destination, part.text].map(Self.escaped) + [why]
          text += "| \(cells.joined(separator: " | ")) |\n"
        }
      }
      if rows.count > rowsPerGroup { text += "\nand \(rows.count - rowsPerGroup) more.\n" }
      text += "\n</details>\n"
    }
    return text
  }

  private static func escaped(_ text: String) -> String { MarkdownRowWriter.cell(html(text)) }

  private static func html(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
