extension PageScript {
  /// Draws the matrix. A canvas, as a table of 100,000 cells takes seconds to lay out: only what is in view is drawn, with
  /// the headings always in sight. The list of connections says the same to those who do not see it.
  static let matrix = #"""
    const frame = document.getElementById("frame");
    const spacer = document.getElementById("spacer");
    const canvas = document.getElementById("cells");
    const statusLine = document.getElementById("status");
    const rowCount = tables.sources.length;
    const columnCount = tables.destinations.length;
    const sizes = [3, 5, 8, 12, 16, 20, 24, 28, 34];
    const band = 20;
    const font = (size, weight = 400) => weight + " " + size + "px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
    let cellSize = 24;
    let left = 0;
    let above = 0;
    let cursor;
    let selected;
    let isPrinting = false;
    let palette = {};

    const readPalette = () => {
      const style = getComputedStyle(document.documentElement);
      const colour = (name) => style.getPropertyValue("--" + name).trim();
      palette = {};
      for (const name of ["ground", "text", "faint", "tint", "rule", "strong", "some", "all", "open", "cross", "accent"]) {
        palette[name] = colour(name);
      }
      palette.hues = [];
      for (let hue = 0; colour("h" + hue) !== ""; hue++) {
        palette.hues.push({ line: colour("h" + hue), tint: colour("h" + hue + "t") });
      }
    };

    const hueOf = (end) => ends[end].namespace < 0
      ? { line: palette.faint, tint: palette.tint } : palette.hues[ends[end].namespace % palette.hues.length];

    /// Shapes tell the states apart, not only colours.
    const drawState = (pen, state, x, y, size) => {
      const gap = size > 9 ? 2 : size > 5 ? 1 : 0;
      const inner = size - 2 * gap;
      const dot = (radius, isFilled) => {
        pen.beginPath();
        pen.arc(x + size / 2, y + size / 2, radius, 0, 2 * Math.PI);
        if (isFilled) pen.fill(); else pen.stroke();
      };
      const some = () => {
        pen.fillStyle = palette.some;
        if (size < 8) pen.fillRect(x + size / 4, y + size / 4, size / 2, size / 2); else dot(size * 0.27, true);
      };
      const stripes = () => {
        pen.save();
        pen.beginPath();
        pen.rect(x + gap, y + gap, inner, inner);
        pen.clip();
        pen.strokeStyle = palette.open;
        pen.lineWidth = size > 9 ? 1.5 : 1;
        pen.beginPath();
        const step = size > 9 ? 5 : 3;
        for (let offset = -inner; offset < inner; offset += step) {
          pen.moveTo(x + gap + offset, y + gap + inner);
          pen.lineTo(x + gap + offset + inner, y + gap);
        }
        pen.stroke();
        pen.restore();
      };
      switch (state) {
      case 1: some(); break;
      case 2:
        pen.fillStyle = palette.all;
        pen.fillRect(x + gap, y + gap, inner, inner);
        break;
      case 3: stripes(); break;
      case 4:
        stripes();
        some();
        break;
      case 5:
        pen.strokeStyle = palette.some;
        pen.lineWidth = size > 9 ? 1.8 : 1;
        dot(size * 0.27, false);
        break;
      case 6:
        pen.fillStyle = palette.faint;
        pen.fillRect(x + size * 0.3, y + size / 2 - 0.5, size * 0.4, 1);
        break;
      case 7:
        pen.fillStyle = palette.tint;
        pen.fillRect(x, y, size, size);
        break;
      }
    };

    const labelSize = () => cellSize >= 20 ? 12 : Math.max(9, cellSize - 2);
    const showsLabels = () => cellSize >= 12;

    const measure = () => {
      const pen = canvas.getContext("2d");
      pen.font = font(labelSize());
      const widest = (numbers, limit) => showsLabels()
        ? Math.min(limit, numbers.reduce((most, end) => Math.max(most, pen.measureText(ends[end].label).width), 0) + 14) : 0;
      const limit = Math.min(220, Math.max(90, frame.parentElement.clientWidth * 0.34));
      left = Math.ceil(band + widest(tables.sources, limit));
      above = Math.ceil(band + widest(tables.destinations, 170));
      spacer.style.width = left + columnCount * cellSize + 1 + "px";
      spacer.style.height = above + rowCount * cellSize + 1 + "px";
    };

    /// What is in view, in pixels of the page.
    const view = () => {
      const width = left + columnCount * cellSize + 1;
      const height = above + rowCount * cellSize + 1;
      return isPrinting && width < 8000 && height < 8000
        ? { x: 0, y: 0, width, height }
        : { x: frame.scrollLeft, y: frame.scrollTop, width: Math.min(width, frame.clientWidth), height: Math.min(height, frame.clientHeight) };
    };

    const cut = (pen, text, width) => {
      if (pen.measureText(text).width <= width) return text;
      let length = text.length;
      while (length > 1 && pen.measureText(text.slice(0, length) + "…").width > width) length--;
      return text.slice(0, length) + "…";
    };

    /// Runs of ends of one namespace: [first place, place after the last].
    const groups = (numbers) => {
      const found = [];
      numbers.forEach((end, place) => {
        const last = found[found.length - 1];
        if (last !== undefined && ends[numbers[last[0]]].namespace === ends[end].namespace) last[1] = place + 1;
        else found.push([place, place + 1]);
      });
      return found;
    };
    const rowGroups = groups(tables.sources);
    const columnGroups = groups(tables.destinations);

    const groupName = (end) => ends[end].namespace < 0 ? "outside" : tables.namespaces[ends[end].namespace];

    /// The headings of rows; with the pen turned to the left, those of columns.
    const drawHeadings = (pen, numbers, runs, room, scroll, extent, current, isTurned) => {
      pen.textBaseline = "middle";
      const bandAt = isTurned ? room - band + 2 : 0;
      for (const [first, end] of runs) {
        const from = Math.max(0, first * cellSize - scroll);
        const to = Math.min(extent, end * cellSize - scroll);
        if (to <= 0 || from >= extent) continue;
        const hue = hueOf(numbers[first]);
        pen.fillStyle = hue.tint;
        pen.fillRect(bandAt, from, band - 2, to - from - 1);
        pen.fillStyle = hue.line;
        pen.fillRect(isTurned ? room - 2 : 0, from, 2, to - from - 1);
        pen.font = font(11, 600);
        const name = cut(pen, groupName(numbers[first]), to - from - 6);
        if (name.length < 5 && name.endsWith("…")) continue;
        pen.save();
        pen.beginPath();
        pen.rect(bandAt, from, band, to - from);
        pen.clip();
        pen.translate(bandAt + band / 2, (from + to) / 2);
        pen.rotate(isTurned ? Math.PI / 2 : -Math.PI / 2);
        pen.textAlign = "center";
        pen.fillText(name, 0, 0);
        pen.restore();
      }
      if (!showsLabels()) return;
      const first = Math.max(0, Math.floor(scroll / cellSize));
      const last = Math.min(numbers.length, Math.ceil((scroll + extent) / cellSize));
      for (let place = first; place < last; place++) {
        const middle = place * cellSize - scroll + cellSize / 2;
        const isCurrent = current === place;
        pen.font = font(labelSize(), isCurrent ? 600 : 400);
        pen.fillStyle = isCurrent ? palette.accent : palette.text;
        pen.textAlign = isTurned ? "left" : "right";
        pen.fillText(cut(pen, ends[numbers[place]].label, room - band - 10), isTurned ? 6 : room - 6, middle);
      }
    };

    const draw = () => {
      const { x, y, width, height } = view();
      const ratio = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = width + "px";
      canvas.style.height = height + "px";
      canvas.dataset.cell = cellSize;
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.fillStyle = palette.ground;
      pen.fillRect(0, 0, width, height);
      const firstRow = Math.max(0, Math.floor(y / cellSize));
      const lastRow = Math.min(rowCount, Math.ceil((y + height - above) / cellSize));
      const firstColumn = Math.max(0, Math.floor(x / cellSize));
      const lastColumn = Math.min(columnCount, Math.ceil((x + width - left) / cellSize));
      const right = Math.min(width, left + columnCount * cellSize - x);
      const bottom = Math.min(height, above + rowCount * cellSize - y);
      pen.save();
      pen.beginPath();
      pen.rect(left, above, width - left, height - above);
      pen.clip();
      const cellX = (column) => left + column * cellSize - x;
      const cellY = (row) => above + row * cellSize - y;
      const marked = cursor || selected;
      if (marked !== undefined) {
        pen.fillStyle = palette.cross;
        pen.fillRect(left, cellY(marked.row), right - left, cellSize);
        pen.fillRect(cellX(marked.column), above, cellSize, bottom - above);
      }
      for (let row = firstRow; row < lastRow; row++) {
        for (let column = firstColumn; column < lastColumn; column++) {
          const state = flowAt(row, column).state;
          if (state !== 0) drawState(pen, state, cellX(column), cellY(row), cellSize);
        }
      }
      const line = (isStrong, fromX, fromY, toX, toY) => {
        pen.fillStyle = isStrong ? palette.strong : palette.rule;
        pen.fillRect(fromX, fromY, Math.max(1, toX - fromX), Math.max(1, toY - fromY));
      };
      if (cellSize >= 8) {
        for (let row = firstRow; row <= lastRow; row++) line(false, left, cellY(row), right, cellY(row));
        for (let column = firstColumn; column <= lastColumn; column++) line(false, cellX(column), above, cellX(column), bottom);
      }
      for (const [first] of [...rowGroups, [rowCount]]) line(true, left, cellY(first), right, cellY(first));
      for (const [first] of [...columnGroups, [columnCount]]) line(true, cellX(first), above, cellX(first), bottom);
      for (const [place, isStrong] of [[cursor, false], [selected, true]]) {
        if (place === undefined) continue;
        pen.strokeStyle = palette.accent;
        pen.lineWidth = isStrong ? 2.5 : 1.5;
        pen.strokeRect(cellX(place.column) + 0.5, cellY(place.row) + 0.5, cellSize, cellSize);
      }
      pen.restore();
      pen.save();
      pen.beginPath();
      pen.rect(0, above, left, height - above);
      pen.clip();
      pen.translate(0, above);
      drawHeadings(pen, tables.sources, rowGroups, left, y, height - above, marked && marked.row, false);
      pen.restore();
      pen.save();
      pen.beginPath();
      pen.rect(left, 0, width - left, above);
      pen.clip();
      pen.translate(left, above);
      pen.rotate(-Math.PI / 2);
      drawHeadings(pen, tables.destinations, columnGroups, above, x, width - left, marked && marked.column, true);
      pen.restore();
    };

    """#
}
