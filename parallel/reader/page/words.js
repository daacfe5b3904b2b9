// Linked words: a word under the pointer, or chosen by key, is highlighted with the words linked to it. Nodes for
// words are made only in rows under the pointer. Words are counted as in Python, where they were linked: \w is
// letters, numbers and the underscore.

const WORD = /[\p{L}\p{N}_]+/gu;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const wordCodes = []; // by column and row, cut apart when first asked for
let pointed = null; // the word that is lit: its row, its key "column/number", and whether it was chosen by key

const wordsShown = () => settings.words && shownAt.length > 1;

/** The links of a translation as pairs of source and target word; none if its text was edited since. */
function wordLinks(row, column) {
  if (isEdited(row, column)) return [];
  wordCodes[column] ??= data.words[column - 1].split(";");
  const steps = signedNumbers(wordCodes[column][row]);
  const pairs = [];
  let source = 0;
  let target = 0;
  for (let at = 0; at < steps.length; at += 2) pairs.push([(source += steps[at]), (target += steps[at + 1])]);
  return pairs;
}

/** Decode numbers of source maps: base64 digits of five bits, the sign in the lowest bit of the number. */
function signedNumbers(code) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const digit of code) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return found;
}

/** The keys of a word, of the source words linked to it, and of the other words linked to these. */
function linkedWith(row, key) {
  const [column, word] = key.split("/").map(Number);
  const sources = column ? wordLinks(row, column).filter(([, own]) => own === word).map(([own]) => own) : [word];
  const lit = new Set([key, ...sources.map((source) => `0/${source}`)]);
  for (const other of targetColumns.filter((item) => item !== column)) {
    for (const [source, target] of wordLinks(row, other)) if (sources.includes(source)) lit.add(`${other}/${target}`);
  }
  return lit;
}

/** The spans of the words of a cell that have links. */
function wordSpans(row, column) {
  const pairs = column ? wordLinks(row, column) : targetColumns.flatMap((other) => wordLinks(row, other));
  const linked = new Set(pairs.map((pair) => pair[column ? 1 : 0]));
  return [...textAt(row, column).matchAll(WORD)]
    .map(({ 0: text, index }, number) => ({ text, start: index, stop: index + text.length, key: `${column}/${number}` }))
    .filter((_, number) => linked.has(number));
}

const wordElement = ({ key }) => el("span", { class: "word", "data-word": key });

/** Lay nodes over the linked words of a row that is painted already; its other nodes and the focus stay. */
function layRow(node, row) {
  if (node.dataset.worded) return;
  node.dataset.worded = "yes";
  for (const words of node.querySelectorAll(".words")) {
    const column = Number(words.closest(".cell").dataset.column);
    layWords(words, textAt(row, column), wordSpans(row, column), 0);
  }
}

/** Lay word nodes inside a node whose text begins at `at`; returns its end. Deleted text does not count. */
function layWords(parent, text, spans, at) {
  for (const child of [...parent.childNodes]) {
    if (child.nodeType === Node.TEXT_NODE) {
      const piece = document.createDocumentFragment();
      lay(at, at + child.length, spans, wordElement, (start, stop, into) => into.append(text.slice(start, stop)), piece);
      at += child.length;
      child.replaceWith(piece);
    } else if (child.matches(".hidden-character")) at += text.codePointAt(at) > 0xffff ? 2 : 1;
    else if (!child.matches("del, .void")) at = layWords(child, text, spans, at);
  }
  return at;
}

/** Highlight the words of a row that belong to the word pointed at, if it is in this row. */
function lightRow(node, row) {
  const lit = pointed?.row === row ? linkedWith(row, pointed.key) : new Set();
  for (const word of node.querySelectorAll(".word")) {
    word.classList.toggle("linked", lit.has(word.dataset.word));
    word.classList.toggle("here", lit.size > 0 && word.dataset.word === pointed.key);
  }
}

/** Highlight again after a row with a highlighted word was made again. */
function restoreWords(node, row) {
  if (row !== pointed?.row || !wordsShown()) return;
  layRow(node, row);
  lightRow(node, row);
}

/** Point at a word, or with null at none. */
function pointAt(word) {
  if (word?.row === pointed?.row && word?.key === pointed?.key) return;
  const rows = new Set([pointed, word].filter(Boolean).map((item) => item.row));
  pointed = word;
  for (const row of rows) if (pieceOf.get(row)?.filled) lightRow(rowNode(row), row);
}

/** Point at the word under the pointer, unless text is being selected. */
function pointWord({ target, clientX, clientY }) {
  const node = target.closest(".row");
  if (!node || !wordsShown()) return leaveWord();
  if (getSelection().isCollapsed) layRow(node, Number(node.dataset.row));
  const word = document.elementFromPoint(clientX, clientY)?.closest(".word");
  if (word) pointAt({ row: Number(word.closest(".row").dataset.row), key: word.dataset.word, keyed: false });
  else leaveWord();
  return undefined;
}

/** The pointer has left a word; a word chosen by key stays. */
function leaveWord() {
  if (!pointed?.keyed) pointAt(null);
}

/** Release the word chosen by key; returns whether there was one. */
function dropWord() {
  const held = Boolean(pointed?.keyed);
  if (held) pointAt(null);
  return held;
}

/** Go to the next linked word of the chosen cell, in either direction, and announce the words linked to it. */
function stepWord(by) {
  if (current.row < 0) step(1);
  const { row, column } = current;
  if (row < 0 || !wordsShown()) return undefined;
  const spans = wordSpans(row, column);
  if (!spans.length) return announce(t("words.none"));
  const place = pointed?.row === row ? spans.findIndex(({ key }) => key === pointed.key) : -1;
  const next = spans[place < 0 ? (by > 0 ? 0 : spans.length - 1) : (place + by + spans.length) % spans.length];
  layRow(rowNode(row), row);
  pointAt({ row, key: next.key, keyed: true });
  const lit = linkedWith(row, next.key);
  const others = shownAt
    .filter((other) => other !== column)
    .map((other) => [other, wordSpans(row, other).filter(({ key }) => lit.has(key)).map(({ text }) => text)])
    .filter(([, found]) => found.length)
    .map(([other, found]) => `${languageName(other)}: ${found.join(" ")}`);
  return announce([next.text, ...others].join("; "));
}

function listenForWords() {
  const text = $("text");
  const touches = ({ pointerType }) => pointerType === "touch";
  text.addEventListener("pointerover", (event) => {
    if (!touches(event) && !event.buttons) pointWord(event);
  });
  text.addEventListener("pointerleave", (event) => touches(event) || leaveWord());
  // No click comes of a tap: its cell is chosen, hence made anew, before the finger counts as lifted.
  text.addEventListener("pointerup", (event) => touches(event) && pointWord(event));
}

linkedWords = { listen: listenForWords, restore: restoreWords, drop: dropWord, step: stepWord };
