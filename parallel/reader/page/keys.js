// Keyboard control of the page.

const KEYS = {
  j: ["keys.next", () => step(1)],
  k: ["keys.previous", () => step(-1)],
  n: ["keys.check", () => stepToCheck(1)],
  N: ["keys.check.back", () => stepToCheck(-1)],
  "/": ["keys.search", () => ($("query").focus(), $("query").select())],
  e: ["keys.edit", () => withCell(openEditor)],
  a: ["keys.approve", () => withCell(approveCell)],
  A: ["keys.approve.row", () => withCell(approveRow)],
  c: ["keys.comment", () => withCell(openComment)],
  s: ["keys.order", nextOrder],
  d: ["keys.changes", () => changeSetting("changes", !settings.changes)],
  f: ["keys.filter", () => togglePanel("filter")],
  v: ["keys.view", () => togglePanel("view")],
  o: ["keys.outline", () => outline.length && togglePanel("outline")],
  t: ["keys.terms", () => places.length && togglePanel("terms")],
  ...(linkedWords && {
    w: ["keys.word", () => linkedWords.step(1)],
    W: ["keys.word.back", () => linkedWords.step(-1)],
  }),
  "+": ["keys.larger", () => resize(1)],
  "-": ["keys.smaller", () => resize(-1)],
  "?": ["keys.help", () => showHelp()],
};

// The meaning of physical keys in layouts without Latin letters: Cyrillic, Greek, Arabic, input methods.
const MARKS = { Slash: "/?", Minus: "-_", Equal: "++" };
const LATIN = /^\p{Script=Latin}$/u;
const LETTER = /^\p{L}$/u;

/** The command of a key: by its character, else by its position on the keyboard. */
function commandOf({ key, code = "", shiftKey }) {
  if (Object.hasOwn(KEYS, key)) return KEYS[key];
  if (LATIN.test(key)) return undefined; // the layout has Latin letters: another key types the one that is meant
  const typesLetter = LETTER.test(key) || key === "Process" || key === "Unidentified";
  const letter = typesLetter && /^Key[A-Z]$/.test(code) ? code.slice(3) : "";
  const mark = typesLetter || code === "Slash" ? MARKS[code] ?? "" : "";
  return KEYS[letter ? (shiftKey ? letter : letter.toLowerCase()) : mark[shiftKey ? 1 : 0]];
}

function withCell(work) {
  if (current.row < 0) step(1);
  if (current.row < 0) return;
  const column = current.column || shownAt.find((item) => item) || 0;
  work(current.row, column);
}

const isTyping = (node) => node.matches?.("textarea, select, input:not([type=checkbox]):not([type=radio])");

function pressed(event) {
  if (event.key === "Escape") return escape(event);
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog").open) return;
  if (event.target === $("query") && event.key === "Enter" && shown.length) {
    event.preventDefault();
    goTo(shown[0], hitColumn(shown[0]));
    return;
  }
  if (isTyping(event.target)) return;
  if (event.target.closest?.("#text") && moveInside(event)) return;
  const command = settings.shortcuts ? commandOf(event) : undefined;
  if (!command) return;
  event.preventDefault();
  command[1]();
}

/** The column of a row in which the search found something. */
const hitColumn = (row) => shownAt.find((column) => foldedAt(row, column).includes(activeQuery)) ?? current.column;

/** Handle arrows and Enter in the grid; returns true if the key was used. */
function moveInside(event) {
  if (!event.target.matches(".cell, .term")) return false;
  const moves = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    ArrowRight: () => stepColumn(1),
    ArrowLeft: () => stepColumn(-1),
    Enter: () => withCell(openEditor),
  };
  if (!moves[event.key]) return false;
  event.preventDefault();
  moves[event.key]();
  return true;
}

/** Close the innermost open thing: card, panel, highlighted word, search. */
function escape(event) {
  if ($("dialog").open || event.target.matches?.("textarea")) return;
  if (hideTip() || closePanel() || linkedWords?.drop()) return;
  if (filter.query) {
    filter.query = $("query").value = "";
    applyFilter();
    if (current.row >= 0) goTo(current.row, current.column);
  } else if (event.target === $("query")) {
    $("query").blur();
  }
}

function showHelp() {
  const rows = Object.entries(KEYS).map(([key, [text]]) =>
    el("tr", {}, el("td", {}, el("kbd", { text: key })), el("td", { text: t(text) }))
  );
  const more = [["← →", "keys.columns"], ["Enter", "keys.enter"], ["Ctrl+Enter", "keys.save"], ["Esc", "keys.escape"]];
  rows.push(...more.map(([key, text]) => el("tr", {}, el("td", {}, el("kbd", { text: key })), el("td", { text: t(text) }))));
  ask(t("help.title"), el("p", { text: t("help.words") }), el("table", { class: "keys" }, el("tbody", {}, ...rows)));
}
