// The rows on the page. Only pieces near the window are in the document, so that ten thousand rows open and filter
// immediately; small tables are completed while the browser is idle, so that its own search works in them too.

const PIECE = 24; // rows of a piece, about two screens
const WHOLE = 3000; // tables up to this size are filled in whole
const current = { row: -1, column: -1 };

let shown = []; // numbers of the rows that pass the filter
let shownAt = null; // their columns
let pieces = [];
let pieceOf = new Map(); // row to its piece
let placeIn = null; // row to its place where the order is not that of the text
let activeQuery = "";
let watcher = null;
let filling = 0;

/** Lay out these rows again. */
function showRows(rows) {
  keepDraft();
  shown = rows;
  shownAt = shownColumns();
  placeIn = filter.order === "text" ? null : new Map(rows.map((row, place) => [row, place]));
  activeQuery = foldQuery(filter.query);
  const text = $("text");
  text.dataset.mode = settings.mode === "interlinear" ? "interlinear" : "parallel";
  text.dataset.flow = shownAt.length === 1 ? "yes" : "no";
  text.classList.toggle("labels", settings.labels);
  document.documentElement.style.setProperty("--columns", shownAt.length);
  showHeads();
  watcher?.disconnect();
  cancelIdle(filling);
  pieces = cut(rows);
  pieceOf = new Map(pieces.flatMap((piece) => piece.rows.map((row) => [row, piece])));
  const guess = heightGuess();
  for (const piece of pieces) {
    piece.node = el("div", { class: "piece" });
    piece.node.style.height = `${guess(piece)}px`;
    piece.filled = false;
    piece.node.piece = piece;
  }
  text.replaceChildren(...pieces.map((piece) => piece.node));
  pieces.slice(0, 2).forEach(fill);
  if (!pieceOf.has(current.row)) text.querySelector(".cell")?.setAttribute("tabindex", "0");
  watcher = new IntersectionObserver(watched, { rootMargin: "1500px 0px" });
  for (const piece of pieces) watcher.observe(piece.node);
  if (rows.length <= WHOLE) filling = whenIdle(() => fillSome(0));
}

const whenIdle = (work) => (window.requestIdleCallback ? requestIdleCallback(work) : setTimeout(work, 30));
const cancelIdle = (id) => (window.cancelIdleCallback ? cancelIdleCallback(id) : clearTimeout(id));

/** Cut rows into pieces that end with a paragraph if possible; in another order, each row is a piece. */
function cut(rows) {
  const made = [];
  let piece = null;
  let before = -1;
  for (const row of rows) {
    const starts =
      placeIn || before < 0 || documentAt[row] !== documentAt[before] || paragraphOf(row) !== paragraphOf(before);
    const full = piece && piece.rows.length >= PIECE;
    if (!piece || (full && (starts || piece.rows.length >= 2 * PIECE))) made.push((piece = { rows: [] }));
    piece.rows.push(row);
    before = row;
  }
  return made;
}

/** An estimate of the height of a piece from the lengths of its texts, so that the scroll bar is right. */
function heightGuess() {
  const style = getComputedStyle($("text"));
  const size = parseFloat(style.fontSize);
  const line = parseFloat(style.lineHeight) || size * 1.6;
  const stacked = settings.mode === "interlinear" || innerWidth < 760;
  const width = Math.max(200, $("text").clientWidth - 90) / (stacked ? 1 : shownAt.length);
  const letters = Math.max(10, (width - 30) / (size * 0.52));
  const linesOf = (row, column) => Math.ceil(texts[column][row].length / letters);
  return ({ rows }) =>
    rows.reduce((sum, row) => {
      const lines = shownAt.map((column) => linesOf(row, column));
      return sum + 12 + line * (stacked ? lines.reduce((a, b) => a + b, 0) : Math.max(...lines));
    }, 0);
}

function fill(piece) {
  if (piece.filled) return;
  const parts = [];
  let grid = null;
  let paragraph = null;
  let before = -1;
  for (const row of piece.rows) {
    const name = data.documents[documentAt[row]];
    if (!grid || (!placeIn && documentAt[row] !== documentAt[before])) {
      if (!placeIn && data.documents.length > 1 && firstOfDocument(row)) parts.push(headingElement(documentAt[row]));
      grid = el("div", { role: "grid", class: "grid", "aria-label": (!placeIn && name.title) || data.title });
      parts.push(grid);
      paragraph = null;
    }
    if (!paragraph || placeIn || paragraphOf(row) !== paragraphOf(before)) {
      paragraph = el("div", { role: "rowgroup", class: isHeading(row) ? `paragraph level-${headingOf(row).level}` : "paragraph" });
      grid.append(paragraph);
    }
    paragraph.append(rowElement(row, shownAt));
    if (shownAt.length === 1) paragraph.append(" ");
    before = row;
  }
  piece.node.style.height = "";
  piece.node.replaceChildren(...parts);
  piece.filled = true;
}

function firstOfDocument(row) {
  const place = placeOf(row);
  return place === 0 || documentAt[shown[place - 1]] !== documentAt[row];
}

function headingElement(number) {
  const { id, title } = data.documents[number];
  return el("h2", { class: "document", id: `document-${id}`, lang: data.languages[0].tag }, el("bdi", { text: title || id }));
}

function empty(piece) {
  if (!piece.filled || piece.node.contains(document.activeElement) || piece.node.querySelector("textarea")) return;
  piece.node.style.height = `${piece.node.offsetHeight}px`;
  piece.node.replaceChildren();
  piece.filled = false;
}

function watched(entries) {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) keepPlace(target, () => fill(target.piece));
    else if (shown.length > WHOLE) empty(target.piece);
  }
}

/** Run a function that may change the height of a node above the window, without moving the visible rows. */
function keepPlace(node, work) {
  const above = !CSS.supports("overflow-anchor", "auto") && node.getBoundingClientRect().bottom <= 0;
  const before = above ? node.offsetHeight : 0;
  work();
  if (above) scrollBy(0, node.offsetHeight - before);
}

function fillSome(start) {
  const end = performance.now() + 8;
  let at = start;
  while (at < pieces.length && performance.now() < end) {
    keepPlace(pieces[at].node, () => fill(pieces[at]));
    at += 1;
  }
  if (at < pieces.length) filling = whenIdle(() => fillSome(at));
}

/** The index of a row among those shown; if it is not shown, that of the next one shown, or 0. */
function placeOf(row) {
  if (placeIn) return placeIn.get(row) ?? 0;
  let low = 0;
  let high = shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shown[middle] < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowNode(row) {
  const piece = pieceOf.get(row);
  if (!piece) return null;
  fill(piece);
  return piece.node.querySelector(`[data-row="${row}"]`);
}

const cellNode = (row, column) => rowNode(row)?.querySelector(`[data-column="${column}"]`) ?? null;

/** Make the nodes of a row again if it is on the page. */
function redrawRow(row) {
  const piece = pieceOf.get(row);
  if (piece?.filled) rowNode(row).replaceWith(rowElement(row, shownAt));
}

/** Choose a cell; its row stays at the same place in the window. */
function choose(row, column, { focus = true } = {}) {
  keepDraft();
  linkedWords?.drop();
  const old = current.row;
  const before = rowNode(row)?.getBoundingClientRect().top;
  current.row = row;
  current.column = shownAt.includes(column) ? column : shownAt.find((item) => item) ?? shownAt[0];
  if (old >= 0 && old !== row) redrawRow(old);
  redrawRow(row);
  if (before !== undefined) scrollBy(0, rowNode(row).getBoundingClientRect().top - before);
  tabTerms(row);
  if (focus) cellNode(row, current.column)?.focus({ preventScroll: true });
  try {
    history.replaceState(null, "", `#${encodeURIComponent(elementId(row))}`);
  } catch {
    // A page inside a frame may not have an address of its own; then there is none to show.
  }
}

/** Choose a cell and scroll to it. If the filter hides its row, all rows are shown again. */
function goTo(row, column = current.column, { middle = true } = {}) {
  if (!pieceOf.has(row)) {
    filter = emptyFilter();
    $("query").value = "";
    applyFilter();
    refreshPanels();
  }
  const node = rowNode(row);
  node.scrollIntoView({ block: middle ? "center" : "nearest" });
  choose(row, column);
  rowNode(row).scrollIntoView({ block: "nearest" });
}

/** Go a number of rows forward; the first press chooses the row at the top of the window. */
function step(by) {
  if (!shown.length) return;
  const place = placeOf(current.row);
  const here = current.row >= 0 && shown[place] === current.row;
  const next = here ? place + by : current.row < 0 ? placeOf(topRow()) : by > 0 ? place : place - 1;
  goTo(shown[Math.min(shown.length - 1, Math.max(0, next))], current.column, { middle: false });
}

function topRow() {
  const top = $("bar").getBoundingClientRect().bottom;
  const nodes = document.querySelectorAll(".row");
  for (const node of nodes) if (node.getBoundingClientRect().top >= top) return Number(node.dataset.row);
  return shown[0];
}

/** Go to the next row, in either direction, that a person should look at. */
function stepToCheck(by) {
  const judged = judgedColumns();
  const from = current.row < 0 ? (by > 0 ? -1 : shown.length) : placeOf(current.row);
  for (let moved = 1; moved <= shown.length; moved += 1) {
    const place = (((from + by * moved) % shown.length) + shown.length) % shown.length;
    const column = judged.find((item) => needsCheck(shown[place], item));
    if (column !== undefined) return goTo(shown[place], column);
  }
  return announce(t("keys.none"));
}

/** Go to the next shown column of the chosen row. */
function stepColumn(by) {
  if (current.row < 0) return step(1);
  const place = shownAt.indexOf(current.column) + by;
  if (place >= 0 && place < shownAt.length) choose(current.row, shownAt[place]);
  return undefined;
}

function showHeads() {
  $("heads").hidden = settings.mode === "interlinear" || shownAt.length === 1;
  $("heads").replaceChildren(
    el("span", { class: "number" }),
    ...shownAt.map((column) => el("span", { class: "head", lang: data.languages[column].tag, text: languageName(column, true) }))
  );
}
