extension PageScript {
  /// Looks things up in the tables of the page.
  static let tables = #"""
    const tables = JSON.parse(document.getElementById("tables").textContent);

    /// An end is [name, label, namespace, kind, isolation, whether explain knows it].
    const ends = tables.ends.map(([name, label, namespace, kind, isolation, explained]) =>
      ({ name, label, namespace, kind, isolation, explained: explained === 1 }));
    /// A flow is [state, allowed, undefined, denied, which of these is the rest, whether placement decides, ends whose rows
    /// say it].
    const flows = tables.flows.map(([state, allowed, open, denied, rest, placement, within]) =>
      ({ state, allowed, open, denied, rest, placement: placement === 1, within }));
    const others = "all other ports";

    /// Rows of runs, decoded when they are needed.
    class Layer {
      constructor(name) {
        this.lines = tables[name + "Lines"];
        this.rows = tables[name + "Rows"];
        this.decoded = [];
      }

      at(line, column) {
        const number = this.lines[line];
        if (number === undefined) return undefined;
        let row = this.decoded[number];
        if (row === undefined) {
          const runs = this.rows[number];
          row = [];
          for (let run = 0; run < runs.length; run += 2) {
            for (let count = 0; count < runs[run + 1]; count++) row.push(runs[run]);
          }
          row = this.decoded[number] = Int32Array.from(row);
        }
        return row[column];
      }
    }

    const flowLayer = new Layer("flow");
    const egressLayer = new Layer("egress");
    const ingressLayer = new Layer("ingress");
    const flowAt = (row, column) => flows[flowLayer.at(row, column)];

    /// The first place of each end among sources or destinations, by its name.
    const places = (numbers) => {
      const found = new Map();
      numbers.forEach((end, place) => {
        if (!found.has(ends[end].name)) found.set(ends[end].name, place);
      });
      return found;
    };
    const sourcePlaces = places(tables.sources);
    const destinationPlaces = places(tables.destinations);

    const fragment = (source, destination) =>
      "#" + encodeURI(source + "->" + destination).replaceAll("#", "%23");

    /// The pair that a fragment names; undefined when it names none.
    const pairOf = (hash) => {
      let text;
      try { text = decodeURIComponent(hash.slice(1)); } catch { return undefined; }
      for (let at = text.indexOf("->"); at >= 0; at = text.indexOf("->", at + 1)) {
        const row = sourcePlaces.get(text.slice(0, at).trim());
        const column = destinationPlaces.get(text.slice(at + 2).trim());
        if (row !== undefined && column !== undefined) return { row, column };
      }
      return undefined;
    };

    const element = (tag, attributes = {}, ...children) => {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      made.append(...children);
      return made;
    };
    const endName = (end) => element("bdi", { class: "end-name" }, ends[end].name);

    /// In one line: shop/web → shop/db: TCP 5432.
    const summary = (row, column) => {
      const flow = flowAt(row, column);
      const pair = ends[tables.sources[row]].name + " → " + ends[tables.destinations[column]].name;
      const parts = [];
      if (flow.allowed >= 0) parts.push(tables.traffic[flow.allowed]);
      if (flow.open >= 0) parts.push((flow.allowed >= 0 && flow.rest === 1 && flow.denied < 0 ? others : tables.traffic[flow.open]) + " (undefined)");
      return pair + ": " + (parts.length > 0 ? parts.join("; ") : tables.states[flow.state]);
    };

    """#
}
