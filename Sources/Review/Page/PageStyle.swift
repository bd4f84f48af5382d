/// The style sheet of a page. Colours are those of pictures, which stand in it.
enum PageStyle {
  static func sheet() -> String {
    ":root { color-scheme: light dark; }\n"
      + ":root {\n\(variables(DiagramStyle.light) { ($0.line, $0.tint) })\(lightMarks)}\n"
      + "@media (prefers-color-scheme: dark) {\n:root:not(.printing) {\n"
      + "\(variables(DiagramStyle.dark) { ($0.darkLine, $0.darkTint) })\(darkMarks)}\n}\n" + rules
  }

  private static func variables(
    _ scheme: DiagramStyle.Scheme, _ colours: (DiagramStyle.Hue) -> (line: String, tint: String)
  ) -> String {
    let fixed = [
      ("ground", scheme.ground), ("text", scheme.text), ("faint", scheme.faint), ("box", scheme.box),
      ("tint", scheme.tint), ("good", scheme.guardColour), ("notice", scheme.notice),
    ]
    let hues = DiagramStyle.hues.enumerated().flatMap { number, hue in
      [("h\(number)", colours(hue).line), ("h\(number)t", colours(hue).tint)]
    }
    return (fixed + hues).map { "--\($0): \($1);\n" }.joined()
  }

  /// Of the matrix: some ports, all ports, undefined, the row and column of the pointer, lines, links.
  private static let lightMarks = """
    --some: #2563eb; --all: #b45309; --open: #7c3aed; --cross: #e6eefc; --rule: #e4e8ee; --strong: #8792a3;
    --accent: #1d4ed8; --shadow: rgb(23 32 46 / 18%);

    """
  private static let darkMarks = """
    --some: #7aa7ff; --all: #f2b25c; --open: #b79cff; --cross: #1b2a45; --rule: #202a36; --strong: #66768c;
    --accent: #93b8ff; --shadow: rgb(0 0 0 / 55%);

    """

  private static let rules = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--ground); color: var(--text);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif;
    }
    .page { max-width: 1480px; margin: 0 auto; padding: 28px 24px 64px; }
    h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
    h2 { font-size: 19px; line-height: 1.3; margin: 0; }
    h3 { font-size: 15px; margin: 20px 0 2px; overflow-wrap: anywhere; }
    p { margin: 4px 0; }
    a { color: var(--accent); text-underline-offset: 2px; }
    code, .command { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    bdi { unicode-bidi: isolate; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .subject { overflow-wrap: anywhere; }
    .subject code { background: var(--tint); border-radius: 4px; padding: 1px 6px; margin-right: 6px; }
    .faint, .about { color: var(--faint); }
    .figures { display: flex; flex-wrap: wrap; gap: 8px 28px; list-style: none; margin: 18px 0 6px; padding: 0; }
    .figures b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .figures li { color: var(--faint); font-size: 13px; }
    .figures b { color: var(--text); }
    .caveat { border-left: 3px solid var(--notice); padding: 2px 10px; margin: 10px 0; }
    .problems { border: 1px solid var(--rule); border-radius: 8px; margin: 16px 0 0; padding: 8px 14px; }
    .problems summary { cursor: pointer; font-weight: 600; }
    .problems ul { list-style: none; margin: 8px 0 4px; padding: 0; font-size: 13px; }
    .problems li { padding: 6px 0; border-top: 1px solid var(--rule); overflow-wrap: anywhere; white-space: pre-line; }
    .problem-error::before { content: ""; border-left: 3px solid var(--notice); margin-right: 8px; }
    .problem-warning::before { content: ""; border-left: 3px solid var(--all); margin-right: 8px; }
    .contents { display: flex; gap: 18px; margin: 22px 0 0; padding: 0 0 10px; border-bottom: 1px solid var(--rule); }
    .part { margin-top: 30px; scroll-margin-top: 8px; }
    .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 18px; margin: 8px 0 12px; }
    .tools .grow { flex: 1; }
    #legend { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0; padding: 0; font-size: 13px; }
    #legend li { display: flex; align-items: center; gap: 6px; }
    .swatch { width: 18px; height: 18px; border: 1px solid var(--rule); border-radius: 3px; }
    button {
      font: inherit; font-size: 13px; color: var(--text); background: var(--box); border: 1px solid var(--strong);
      border-radius: 6px; min-width: 32px; min-height: 30px; padding: 2px 10px; cursor: pointer;
    }
    button:hover:not(:disabled) { border-color: var(--accent); }
    button:disabled { opacity: 0.45; cursor: default; }
    button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
    .buttons { display: flex; gap: 6px; }
    .frame { overflow: auto; max-height: 82vh; max-width: 100%; border-radius: 4px; }
    #spacer { position: relative; }
    #cells { position: sticky; top: 0; left: 0; display: block; }
    #status { min-height: 1.5em; margin: 8px 0 0; font-size: 14px; overflow-wrap: anywhere; }
    #filter {
      font: inherit; color: var(--text); background: var(--box); border: 1px solid var(--strong); border-radius: 6px;
      padding: 5px 10px; width: min(420px, 100%);
    }
    #filter::placeholder { color: var(--faint); opacity: 1; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th { text-align: left; font-weight: 600; font-size: 13px; color: var(--faint); }
    th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: baseline; }
    td { overflow-wrap: break-word; min-width: 90px; }
    td:nth-child(3), th:nth-child(3) { width: 110px; }
    td:nth-child(4) { min-width: 130px; }
    tbody tr:hover { background: var(--tint); }
    #more { margin-top: 12px; }
    .outcome {
      display: inline-block; font-size: 12px; line-height: 18px; font-weight: 600; padding: 0 8px; border-radius: 9px;
      border: 1px solid currentcolor;
    }
    .outcome.allowed { color: var(--good); }
    .outcome.denied { color: var(--notice); }
    .outcome.undefined { color: var(--open); border-style: dashed; }
    #drawing { overflow: auto; max-height: 82vh; border: 1px solid var(--rule); border-radius: 8px; }
    #drawing svg { display: block; }
    #drawing.fitted svg { width: 100%; height: auto; }
    #panel {
      position: fixed; z-index: 1; top: 0; right: 0; bottom: 0; width: min(460px, 100%); overflow: auto;
      background: var(--ground); border-left: 1px solid var(--strong); box-shadow: 0 0 24px var(--shadow);
      padding: 18px 22px 28px;
    }
    #panel[hidden] { display: none; }
    #panel h2 { margin-right: 44px; overflow-wrap: anywhere; }
    #panel h2:focus { outline: none; }
    #panel h3 { border-top: 1px solid var(--rule); padding-top: 14px; }
    #close { position: absolute; top: 14px; right: 16px; }
    .outcomes, .reasons, .within { list-style: none; margin: 10px 0 0; padding: 0; }
    .outcomes li, .reasons li { margin: 6px 0 10px; }
    .outcomes .ports { font-weight: 600; }
    .ports { margin-left: 4px; overflow-wrap: anywhere; }
    .because { margin: 2px 0 0; font-size: 14px; overflow-wrap: anywhere; }
    .about { font-size: 13px; }
    .note { border-left: 3px solid var(--open); padding-left: 10px; margin: 12px 0; }
    .command {
      background: var(--tint); border-radius: 6px; padding: 8px 10px; margin: 4px 0; white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    @media (min-width: 1100px) {
      .has-panel .page { margin-right: 460px; max-width: none; }
    }
    @media (max-width: 700px) {
      .page { padding: 18px 14px 48px; }
      #panel {
        top: auto; left: 0; width: auto; max-height: 68vh; border-left: 0; border-top: 1px solid var(--strong);
      }
      .has-panel .page { padding-bottom: 70vh; }
      th, td { padding-right: 10px; }
    }
    @media print {
      .contents, .buttons, #status, #filter, #more, #panel, #close { display: none; }
      .page { max-width: none; padding: 0; margin: 0 !important; }
      .frame, #drawing { max-height: none; overflow: visible; border: 0; }
      #spacer { width: auto !important; height: auto !important; }
      #cells { position: static; max-width: 100%; height: auto !important; }
      #drawing svg { width: 100%; height: auto; }
      tr, .problems li { break-inside: avoid; }
    }

    """
}
