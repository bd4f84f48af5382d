extension PageScript {
  /// The panel that explains a pair, and the list of connections.
  static let panel = #"""
    const panel = document.getElementById("panel");
    const panelBody = document.getElementById("panel-body");
    let opener;

    const badge = (outcome) => element("span", { class: "outcome " + outcome }, outcome);

    const direction = (title, subject, reason) => {
      const list = element("ul", { class: "reasons" });
      for (const [outcome, traffic, line] of tables.reasons[reason]) {
        list.append(element(
          "li", {}, badge(outcome), " ", element("span", { class: "ports" }, traffic < 0 ? others : tables.traffic[traffic]),
          element("p", { class: "because" }, tables.lines[line])));
      }
      const about = ends[subject].isolation;
      return element(
        "section", {}, element("h3", {}, title + " ", endName(subject)),
        ...(about === "" ? [] : [element("p", { class: "about" }, ends[subject].kind + " · " + about)]), list);
    };

    const link = (source, destination, ...children) =>
      element("a", { href: fragment(ends[source].name, ends[destination].name) }, ...children);

    const outcomes = (flow) => {
      const list = element("ul", { class: "outcomes" });
      [["allowed", flow.allowed], ["undefined", flow.open], ["denied", flow.denied]].forEach(([outcome, traffic], part) => {
        if (traffic < 0) return;
        const text = flow.rest === part ? others : tables.traffic[traffic];
        list.append(element("li", {}, badge(outcome), " ", element("span", { class: "ports" }, text)));
      });
      return list;
    };

    const explain = ({ row, column }) => {
      const [source, destination] = [tables.sources[row], tables.destinations[column]];
      const flow = flowAt(row, column);
      const parts = [];
      if (flow.state === 6) parts.push(element("p", {}, tables.states[6]));
      if (flow.state === 5) parts.push(element("p", {}, tables.states[5] + ":"));
      else if (flow.within.length > 0) parts.push(element("p", {}, "As a part of:"));
      if (flow.within.length > 0) {
        const isSending = destination >= tables.inside;
        parts.push(element("ul", { class: "within" }, ...flow.within.map((end) =>
          element("li", {}, isSending ? link(source, end, endName(end)) : link(end, destination, endName(end))))));
      }
      if (flow.state < 5) parts.push(outcomes(flow));
      const [egress, ingress] = [egressLayer.at(row, column), ingressLayer.at(column, row)];
      if (flow.state < 5 && egress !== undefined && ingress !== undefined) {
        if (flow.placement) parts.push(element("p", { class: "note" }, tables.placement));
        parts.push(direction("Egress from", source, egress), direction("Ingress to", destination, ingress));
      }
      const back = [sourcePlaces.get(ends[destination].name), destinationPlaces.get(ends[source].name)];
      if (back[0] !== undefined && back[1] !== undefined && source !== destination) {
        parts.push(element("p", {}, link(destination, source, "The other way: ", endName(destination), " → ", endName(source))));
      }
      if (tables.explain !== undefined && flow.state < 5 && ends[source].explained && ends[destination].explained) {
        const [before, between, after] = tables.explain;
        const quoted = (name) => /^[\w.\/-]+$/.test(name) ? name : "'" + name.replaceAll("'", "'\\''") + "'";
        parts.push(
          element("p", { class: "about" }, "Every rule that was tried:"),
          element("pre", { class: "command" }, before + quoted(ends[source].name) + between + quoted(ends[destination].name) + after));
      }
      return parts;
    };

    const show = (place) => {
      const [source, destination] = [tables.sources[place.row], tables.destinations[place.column]];
      if (panel.hidden) opener = document.activeElement;
      selected = place;
      panelBody.replaceChildren(
        element("h2", { id: "panel-title", tabindex: "-1" }, endName(source), element("span", { class: "to" }, " → "), endName(destination)),
        ...explain(place));
      panel.hidden = false;
      document.body.classList.add("has-panel");
      panel.scrollTop = 0;
      document.getElementById("panel-title").focus({ preventScroll: true });
      measure();
      reveal(place);
      say();
      draw();
    };

    const closePanel = () => {
      if (panel.hidden) return;
      panel.hidden = true;
      selected = undefined;
      document.body.classList.remove("has-panel");
      history.replaceState(null, "", location.pathname + location.search);
      if (opener !== undefined && opener.isConnected) opener.focus({ preventScroll: true });
      measure();
      say();
      draw();
    };

    const follow = () => {
      const place = pairOf(location.hash);
      if (place !== undefined && isAsked(place)) return show(place);
      const isPair = /-(>|%3e)/i.test(location.hash);
      if (isPair || location.hash === "") closePanel();
      if (isPair) statusLine.textContent = "This page has no such pair as the link names.";
    };
    document.getElementById("close").addEventListener("click", closePanel);
    addEventListener("keydown", (event) => { if (event.key === "Escape") closePanel(); });
    addEventListener("hashchange", follow);

    """#

  /// The list of connections, in the order of the other formats.
  static let list = #"""
    const listBody = document.getElementById("rows");
    const filterBox = document.getElementById("filter");
    const moreButton = document.getElementById("more");
    let shownRows = 100;

    /// Calls back with source, destination, what is allowed and what is undefined.
    const forEachConnection = (visit) => {
      const byIndex = new Map();
      tables.outsideRows.forEach((row) => {
        const key = row[0] < tables.inside ? row[0] : -1;
        if (!byIndex.has(key)) byIndex.set(key, []);
        byIndex.get(key).push(row);
      });
      tables.sources.forEach((source, row) => {
        if (source >= tables.inside) return;
        tables.destinations.forEach((destination, column) => {
          if (destination >= tables.inside) return;
          const flow = flowAt(row, column);
          if (flow.allowed >= 0 || flow.open >= 0) visit(source, destination, flow.allowed, flow.open);
        });
        for (const found of byIndex.get(source) || []) visit(...found);
      });
      for (const found of byIndex.get(-1) || []) visit(...found);
    };

    /// A word is a part of a name or of the ports, or a port that they contain: 443, tcp/443.
    const matcher = (word) => {
      const ofEnds = ends.map((end) => end.name.toLowerCase().includes(word));
      const port = /^(?:(tcp|udp|sctp)\/)?(\d+)$/.exec(word);
      const ofTraffic = tables.traffic.map((text, number) => port !== null
        ? tables.ports[number].some(([transport, low, high]) =>
          (port[1] === undefined || port[1] === transport) && low <= Number(port[2]) && Number(port[2]) <= high)
        : text.toLowerCase().includes(word));
      return (source, destination, traffic, verdict) =>
        ofEnds[source] || ofEnds[destination] || ofTraffic[traffic] || verdict === word;
    };

    const list = () => {
      const words = filterBox.value.toLowerCase().split(/\s+/).filter((word) => word !== "").map(matcher);
      let count = 0;
      const made = [];
      forEachConnection((source, destination, allowed, open) => {
        for (const [verdict, traffic] of [["allowed", allowed], ["undefined", open]]) {
          if (traffic < 0 || !words.every((matches) => matches(source, destination, traffic, verdict))) continue;
          count += 1;
          if (count > shownRows) continue;
          made.push(element(
            "tr", {},
            element("td", {}, endName(source)), element("td", {}, endName(destination)),
            element("td", {}, badge(verdict)),
            element("td", {}, link(source, destination, tables.traffic[traffic]))));
        }
      });
      listBody.replaceChildren(...made);
      document.getElementById("row-count").textContent =
        count.toLocaleString("en") + (words.length > 0 ? " of " + tables.connections.toLocaleString("en") : "")
        + (tables.connections === 1 ? " connection" : " connections");
      moreButton.hidden = count <= shownRows;
      moreButton.textContent = "Show more (" + (count - made.length).toLocaleString("en") + " left)";
    };

    let waiting;
    filterBox.addEventListener("input", () => {
      clearTimeout(waiting);
      shownRows = 100;
      waiting = setTimeout(list, tables.connections > 20000 ? 150 : 0);
    });
    moreButton.addEventListener("click", () => {
      shownRows *= 5;
      list();
    });
    addEventListener("beforeprint", () => {
      shownRows = Math.max(shownRows, 5000);
      list();
    });

    const fitButton = document.getElementById("fit");
    const drawing = document.getElementById("drawing");
    const fit = (isFitted) => {
      drawing.classList.toggle("fitted", isFitted);
      fitButton.setAttribute("aria-pressed", String(isFitted));
    };
    fitButton.addEventListener("click", () => fit(!drawing.classList.contains("fitted")));
    // A picture that is a little too wide is still legible when it is made smaller.
    const excess = drawing.scrollWidth / drawing.clientWidth;
    fit(excess > 1 && excess < 1.4);

    readPalette();
    resize(fittingSize());
    drawLegend();
    say();
    list();
    follow();
    // Whoever comes by a link sees the cell that it names.
    if (selected !== undefined) frame.scrollIntoView({ block: "nearest" });
    document.documentElement.classList.add("ready");
    """#
}
