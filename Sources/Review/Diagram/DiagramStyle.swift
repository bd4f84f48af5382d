/// The style sheet of an SVG diagram: it follows the reader's light or dark colour scheme.
enum DiagramStyle {
  /// Colours of a namespace: line, tint and the same on a dark ground.
  private static let hues: [(line: String, tint: String, darkLine: String, darkTint: String)] = [
    ("#2563eb", "#eff4ff", "#7aa7ff", "#16213a"),
    ("#0f766e", "#eaf8f6", "#4fd1c1", "#10292a"),
    ("#b45309", "#fdf4e7", "#f2b25c", "#2e2416"),
    ("#7c3aed", "#f4efff", "#b79cff", "#231c3b"),
    ("#be185d", "#fdeff5", "#f78cba", "#331a29"),
    ("#4d7c0f", "#f2f8e6", "#a9d15a", "#212b14"),
    ("#0369a1", "#eaf6fd", "#64c4f5", "#122838"),
    ("#9f4a2f", "#faf0ec", "#e7a189", "#2f1f1a"),
  ]

  static var hueCount: Int { hues.count }
  /// The class of what belongs to no namespace.
  static let neutral = "hx"

  static func sheet() -> String {
    var light = scheme(
      ground: "#ffffff", text: "#17202e", faint: "#5b6675", box: "#ffffff", line: "#5b6675", tint: "#f5f7fa",
      guardColour: "#15803d", notice: "#b42318")
    var dark = scheme(
      ground: "#0f141b", text: "#e8edf4", faint: "#9aa7b8", box: "#1a222d", line: "#9aa7b8", tint: "#171e28",
      guardColour: "#4ade80", notice: "#ff8a7a")
    for (index, hue) in hues.enumerated() {
      light += hueRules("h\(index)", line: hue.line, tint: hue.tint)
      dark += hueRules("h\(index)", line: hue.darkLine, tint: hue.darkTint)
    }
    light += changes(opened: "#15803d", closed: "#b42318")
    dark += changes(opened: "#4ade80", closed: "#ff8a7a")
    return shapes + light + "@media (prefers-color-scheme: dark) {\n\(dark)}\n"
  }

  private static let shapes = """
    text { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
    .title { font-size: 18px; font-weight: 600; }
    .name { font-size: 13px; font-weight: 500; text-anchor: middle; }
    .detail { font-size: 10px; text-anchor: middle; }
    .label { font-size: 10px; text-anchor: middle; }
    .heading { font-size: 13px; font-weight: 600; }
    .small { font-size: 11px; }
    .notice { font-size: 12px; font-weight: 600; }
    .group { stroke-width: 1; stroke-opacity: 0.45; }
    .box { stroke-width: 1.2; }
    .hub { stroke-dasharray: 5 3; }
    .alike { stroke-width: 1; stroke-dasharray: 5 3; }
    .wire { fill: none; stroke-width: 1.4; stroke-linejoin: round; }
    .undefined { stroke-dasharray: 4 4; }
    .pill { stroke-width: 0.8; }
    g.edge:hover .wire { stroke-width: 3.2; }

    """

  private static func scheme(
    ground: String, text: String, faint: String, box: String, line: String, tint: String, guardColour: String,
    notice: String
  ) -> String {
    """
    .ground { fill: \(ground); }
    text { fill: \(text); }
    .detail, .small { fill: \(faint); }
    .notice { fill: \(notice); }
    .guard { fill: \(guardColour); }
    .box, .pill { fill: \(box); }

    """ + hueRules(neutral, line: line, tint: tint)
  }

  /// After the hues, which they replace.
  private static func changes(opened: String, closed: String) -> String {
    ".opened .wire { stroke: \(opened); }\n.closed .wire { stroke: \(closed); }\n"
  }

  private static func hueRules(_ name: String, line: String, tint: String) -> String {
    """
    .\(name) .box, .\(name) .alike, .\(name) .group, .\(name) .wire, .\(name) .pill { stroke: \(line); }
    .\(name) .arrow, .\(name) .heading { fill: \(line); }
    .\(name) .group, .\(name) .alike, .\(name) .hub { fill: \(tint); }

    """
  }
}
