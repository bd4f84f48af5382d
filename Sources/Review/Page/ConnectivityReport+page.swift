internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel

extension ConnectivityReport {
  /// Writes the report as one HTML file without references to anything outside of it. O(sources × destinations).
  ///
  /// - Parameter pairLimit: the most pairs of a page whose ends are workloads; with more of them a browser takes seconds.
  func writePage(
    grouping: ConnectivityGrouping, for request: PageRequest, pairLimit: Int = 4_000_000, to output: Output
  ) {
    let sources = units.count { isWanted($0, filter.source) }
    let destinations = units.count { isWanted($0, filter.destination) }
    let isTooLarge = filter.namespace == nil && sources * destinations > pairLimit
    let byNamespace = grouping == .namespace || isTooLarge
    var caveats = cluster.caveats
    if isTooLarge, grouping == .workload {
      caveats.append(
        "\(units.count) workloads are too many for one page, so its ends are namespaces, and rules are not named: -n, --from and --to choose workloads"
      )
    }
    let tables: PageTables
    if byNamespace {
      tables = namespaceTables()
    } else {
      var collector = WorkloadTables(self)
      tables = collector.make()
    }
    let picture = diagram(title: Self.title, grouping: byNamespace ? .namespace : .workload).svg()
    PageWriter(report: self, frame: PageFrame(self, request), tables: tables, caveats: caveats).write(
      picture: picture, to: output)
  }
}

/// Writes the HTML around the tables of a page. Everything that comes from the input is escaped.
struct PageWriter {
  let report: ConnectivityReport
  let frame: PageFrame
  let tables: PageTables
  let caveats: [String]

  /// - Parameter picture: SVG.
  func write(picture: String, to output: Output) {
    writeHead(output)
    writeTop(output)
    writeParts(picture, output)
    output.write("<script type=\"application/json\" id=\"tables\">\n")
    tables.writeJSON(frame, to: output)
    output.write("</script>\n<script>\(PageScript.text)</script>\n</body>\n</html>\n")
  }

  private func writeHead(_ output: Output) {
    let inputs = frame.request.inputs.joined(separator: ", ")
    let title = ConnectivityReport.title + (inputs.isEmpty ? "" : " · \(inputs)")
    output.write(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '\(PageScript.hash)'; \
      style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <meta name="generator" content="merlon">
      <title>\(XMLText(title))</title>
      <style>
      \(PageStyle.sheet())</style>
      </head>
      <body>
      <div class="page">

      """)
  }

  private func writeTop(_ output: Output) {
    func codes(_ texts: [String]) -> String {
      texts.map { "<code>\(XMLText($0))</code>" }.joined(separator: " ")
    }
    output.write("<header>\n<h1>\(ConnectivityReport.title)</h1>\n")
    if !frame.request.inputs.isEmpty {
      output.write("<p class=\"subject\">\(codes(frame.request.inputs))</p>\n")
    }
    if !frame.request.restrictions.isEmpty {
      output.write("<p class=\"subject\">Only \(codes(frame.request.restrictions))</p>\n")
    }
    output.write("<ul class=\"figures\">\n")
    for (number, one, many) in figures {
      output.write("<li><b>\(grouped(number))</b>\(number == 1 ? one : many)</li>\n")
    }
    let profile = CheckReport.profileLine(frame.profile, reason: report.cluster.profileReason)
    output.write("</ul>\n<p class=\"faint\">\(XMLText(profile))</p>\n")
    for caveat in caveats { output.write("<p class=\"caveat\">\(XMLText(sentence(caveat)))</p>\n") }
    writeProblems(output)
    output.write(
      """
      <nav class="contents" aria-label="Contents">
      <a href="#matrix">Matrix</a> <a href="#connections">Connections</a> <a href="#picture">Picture</a>
      </nav>
      </header>

      """)
  }

  private var figures: [(Int, String, String)] {
    let inside = tables.insideCount
    return
      (tables.isByNamespace
      ? [(inside, "namespace", "namespaces")]
      : [(inside, "workload", "workloads"), (tables.namespaces.count, "namespace", "namespaces")])
      + [
        (tables.ends.count - inside, "end outside", "ends outside"),
        (report.cluster.summary.policies, "policy", "policies"),
        (tables.connectionCount, "connection", "connections"),
      ]
  }

  /// `12,345`.
  private func grouped(_ number: Int) -> String {
    number < 1000 ? "\(number)" : grouped(number / 1000) + "," + "\(1000 + number % 1000)".dropFirst()
  }

  private func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  private func writeProblems(_ output: Output) {
    let problems = report.cluster.diagnostics.filter { $0.severity > .note }
    if problems.isEmpty { return }
    let errors = problems.count { $0.severity == .error }
    let warnings = problems.count - errors
    let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map {
      "\($0) \($1)\($0 == 1 ? "" : "s")"
    }
    output.write(
      "<details class=\"problems\"\(errors > 0 ? " open" : "")>\n<summary>\(counts.joined(separator: " and ")) in the input</summary>\n<ul>\n"
    )
    for problem in problems {
      output.write(
        "<li class=\"problem-\(problem.severity.rawValue)\">\(XMLLines(problem.text(.plain)))</li>\n")
    }
    output.write("</ul>\n</details>\n")
  }

  private func writeParts(_ picture: String, _ output: Output) {
    output.write(
      """
      <main>
      <section class="part" id="matrix">
      <h2>Matrix</h2>
      <p class="faint">Rows send, columns receive. A cell says why when it is chosen.</p>
      <div class="tools"><ul id="legend" aria-label="Legend"></ul><span class="grow"></span><span class="buttons">\
      <button type="button" id="smaller" aria-label="Smaller cells">−</button>\
      <button type="button" id="larger" aria-label="Larger cells">+</button></span></div>
      <div class="frame" id="frame" tabindex="0" role="application" aria-label="Matrix of who can talk to whom: arrow keys \
      move, Enter explains. The list of connections below has the same as a table." aria-describedby="status">\
      <div id="spacer"><canvas id="cells"></canvas></div></div>
      <p id="status" aria-live="polite" data-hint="Point at a cell, or move with the arrow keys; Enter explains."></p>
      </section>
      <section class="part" id="connections">
      <h2>Connections</h2>
      <div class="tools"><input type="search" id="filter" aria-label="Filter connections" \
      placeholder="Filter: names, namespaces, ports such as tcp/5432" autocomplete="off" spellcheck="false">\
      <span class="faint" id="row-count" aria-live="polite"></span></div>
      <div class="scroll"><table>
      <thead><tr><th scope="col">Source</th><th scope="col">Destination</th><th scope="col">Verdict</th>\
      <th scope="col">Ports</th></tr></thead>
      <tbody id="rows"></tbody>
      </table></div>
      <button type="button" id="more" hidden>Show more</button>
      </section>
      <section class="part" id="picture">
      <h2>Picture</h2>
      <div class="tools"><span class="grow"></span><span class="buttons">\
      <button type="button" id="fit" aria-pressed="false">Fit to the page</button></span></div>
      <div id="drawing" tabindex="0" role="region" aria-label="Picture">
      \(picture)</div>
      </section>
      </main>
      <noscript><p class="caveat">The matrix and the list need JavaScript; the picture does not. \
      <code>merlon connectivity -o md</code> writes a table.</p></noscript>
      </div>
      <aside id="panel" aria-labelledby="panel-title" hidden>
      <button type="button" id="close" aria-label="Close">✕</button>
      <div id="panel-body"></div>
      </aside>

      """)
  }
}

/// Text made safe for HTML, with its line breaks.
private struct XMLLines: CustomStringConvertible {
  let description: String

  init(_ text: String) {
    description = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      "\(XMLText(String($0)))"
    }
    .joined(separator: "\n")
  }
}
