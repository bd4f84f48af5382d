/// The style sheet of an SVG diagram: it follows the reader's light or dark colour scheme.
enum DiagramStyle {
  /// Colours of a namespace: line, tint and the same on a dark ground.
  typealias Hue = (line: String, tint: String, darkLine: String, darkTint: String)

  /// Colours of what belongs to no namespace.
  struct Scheme {
    let ground: String
    let text: String
    let faint: String
    let box: String
    let line: String
    let tint: String
    let guardColour: String
    let notice: String
  }

  static let light = Scheme(
    ground: "#ffffff", text: "#17202e", faint: "#5b6675", box: "#ffffff", line: "#5b6675", tint: "#f5f7fa",
    guardColour: "#15803d", notice: "#b42318")
  static let dark = Scheme(
    ground: "#0f141b", text: "#e8edf4", faint: "#9aa7b8", box: "#1a222d", line: "#9aa7b8", tint: "#171e28",
    guardColour: "#4ade80", notice: "#ff8a7a")

  static let hues: [Hue] = [
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
    var light = rules(Self.light)
    var dark = rules(Self.dark)
    for (index, hue) in hues.enumerated() {
      light += hueRules("h\(index)", line: hue.line, tint: hue.tint)
      dark += hueRules("h\(index)", line: hue.darkLine, tint: hue.darkTint)
    }
    light += changes(Self.light)
    dark += changes(Self.dark)
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

  private static func rules(_ scheme: Scheme) -> String {
    """
    .ground { fill: \(scheme.ground); }
    text { fill: \(scheme.text); }
    .detail, .small { fill: \(scheme.faint); }
    .notice { fill: \(scheme.notice); }
    .guard { fill: \(scheme.guardColour); }
    .box, .pill { fill: \(scheme.box); }

    """ + hueRules(neutral, line: scheme.line, tint: scheme.tint)
  }

  /// After the hues, which they replace.
  private static func changes(_ scheme: Scheme) -> String {
    ".opened .wire { stroke: \(scheme.guardColour); }\n.closed .wire { stroke: \(scheme.notice); }\n"
  }

  private static func hueRules(_ name: String, line: String, tint: String) -> String {
    """
    .\(name) .box, .\(name) .alike, .\(name) .group, .\(name) .wire, .\(name) .pill { stroke: \(line); }
    .\(name) .arrow, .\(name) .heading { fill: \(line); }
    .\(name) .group, .\(name) .alike, .\(name) .hub { fill: \(tint); }

    """
  }
}
