extension PageScript {
  /// Pointer and keys in the matrix, and its size.
  static let input = #"""
    const redraw = () => requestAnimationFrame(draw);

    const resize = (size) => {
      cellSize = size;
      measure();
      document.getElementById("smaller").disabled = size === sizes[0];
      document.getElementById("larger").disabled = size === sizes[sizes.length - 1];
      draw();
    };

    /// The largest cells with which the matrix fits into the width of the page, but no larger than text needs and no smaller
    /// than text allows.
    const fittingSize = () => {
      const width = frame.parentElement.clientWidth;
      const fitting = sizes.filter((size) => {
        cellSize = size;
        measure();
        return left + columnCount * size + 2 <= width;
      });
      return Math.min(28, Math.max(12, fitting[fitting.length - 1] || 0));
    };

    const cellAt = (event) => {
      const box = canvas.getBoundingClientRect();
      const { x, y } = view();
      const [px, py] = [event.clientX - box.left, event.clientY - box.top];
      if (px < left || py < above) return undefined;
      const [column, row] = [Math.floor((px - left + x) / cellSize), Math.floor((py - above + y) / cellSize)];
      return row < rowCount && column < columnCount ? { row, column } : undefined;
    };

    const say = () => {
      const place = cursor || selected;
      statusLine.textContent = place === undefined ? statusLine.dataset.hint : summary(place.row, place.column);
    };

    const moveTo = (place) => {
      const isSame = place === undefined
        ? cursor === undefined : cursor !== undefined && cursor.row === place.row && cursor.column === place.column;
      if (isSame) return;
      cursor = place;
      say();
      redraw();
    };

    const reveal = ({ row, column }) => {
      const [x, y] = [column * cellSize, row * cellSize];
      const [width, height] = [frame.clientWidth - left - cellSize, frame.clientHeight - above - cellSize];
      frame.scrollLeft = Math.min(x, Math.max(frame.scrollLeft, x - width));
      frame.scrollTop = Math.min(y, Math.max(frame.scrollTop, y - height));
    };

    const isAsked = ({ row, column }) => flowAt(row, column).state !== 7;
    const openPair = ({ row, column }) => {
      if (!isAsked({ row, column })) return;
      location.hash = fragment(ends[tables.sources[row]].name, ends[tables.destinations[column]].name);
    };

    canvas.addEventListener("pointermove", (event) => {
      const place = cellAt(event);
      canvas.style.cursor = place !== undefined && isAsked(place) ? "pointer" : "default";
      moveTo(place);
    });
    canvas.addEventListener("pointerleave", () => moveTo(undefined));
    canvas.addEventListener("click", (event) => {
      const place = cellAt(event);
      if (place !== undefined) openPair(place);
    });
    frame.addEventListener("scroll", redraw);
    frame.addEventListener("blur", () => moveTo(undefined));
    frame.addEventListener("keydown", (event) => {
      if (rowCount === 0 || columnCount === 0) return;
      const at = cursor || selected || { row: 0, column: -1 };
      const page = Math.max(1, Math.floor((frame.clientHeight - above) / cellSize) - 1);
      const steps = {
        ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-page, 0],
        PageDown: [page, 0], Home: [0, -columnCount], End: [0, columnCount],
      };
      if (event.key === "Enter" || event.key === " ") {
        if (cursor !== undefined) openPair(cursor);
      } else if (steps[event.key] !== undefined) {
        const [down, along] = steps[event.key];
        const limited = (place, count) => Math.min(count - 1, Math.max(0, place));
        moveTo({ row: limited(at.row + down, rowCount), column: limited(at.column + along, columnCount) });
        reveal(cursor);
      } else {
        return;
      }
      event.preventDefault();
    });
    const step = (change) => resize(sizes[Math.min(sizes.length - 1, Math.max(0, sizes.indexOf(cellSize) + change))]);
    document.getElementById("smaller").addEventListener("click", () => step(-1));
    document.getElementById("larger").addEventListener("click", () => step(1));

    const drawLegend = () => {
      const list = document.getElementById("legend");
      const used = new Set(flows.map((flow) => flow.state));
      list.replaceChildren();
      tables.states.forEach((text, state) => {
        if (!used.has(state) || text === "") return;
        const ratio = window.devicePixelRatio || 1;
        const swatch = element("canvas", { width: 18 * ratio, height: 18 * ratio, class: "swatch", "aria-hidden": "true" });
        const pen = swatch.getContext("2d");
        pen.scale(ratio, ratio);
        drawState(pen, state, 0, 0, 18);
        list.append(element("li", {}, swatch, text));
      });
    };

    const recolour = () => {
      readPalette();
      drawLegend();
      draw();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    const print = (isOn) => {
      isPrinting = isOn;
      document.documentElement.classList.toggle("printing", isOn);
      recolour();
    };
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
    new ResizeObserver(redraw).observe(frame);

    """#
}
