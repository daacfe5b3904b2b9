// Makes nodes of texts: underlines terms, marks search hits, and shows invisible characters.

const HIDDEN_NAMES = {
  "\u00ad": "SHY", "\u061c": "ALM", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM",
  "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
  "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM",
};
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const JOINER = /[\u200c\u200d]/;
const JOINS_NOTHING = /[\p{Script=Latin}\p{Script=Cyrillic}]/u;

/** Joiners are kept if a script or an emoji needs them, and made visible beside Latin and Cyrillic letters. */
function isNeeded(text, at) {
  return JOINER.test(text[at]) && !JOINS_NOTHING.test(text[at - 1] ?? "") && !JOINS_NOTHING.test(text[at + 1] ?? "");
}

// A quick test for anything that HIDDEN may find.
const SUSPECT = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\udb40]/;

/** Add a text to a node, with a visible label in place of each invisible character. */
function addText(text, into) {
  if (!SUSPECT.test(text)) return into.append(text);
  let at = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (isNeeded(text, found.index)) continue;
    if (found.index > at) into.append(text.slice(at, found.index));
    const code = found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    const name = HIDDEN_NAMES[found[0]] ?? `U+${code}`;
    into.append(el("span", { class: "hidden-character", "data-name": name, title: `U+${code}` }));
    at = found.index + found[0].length;
  }
  if (at < text.length) into.append(text.slice(at));
  return undefined;
}

/** Lay nodes made by `make` over the spans of `ranges` inside [start, stop), and `inner` over all text. */
function lay(start, stop, ranges, make, inner, into) {
  let at = start;
  for (const range of ranges) {
    const from = Math.max(range.start, at);
    const to = Math.min(range.stop, stop);
    if (from >= to) continue;
    if (from > at) inner(at, from, into);
    const node = make(range);
    inner(from, to, node);
    into.append(node);
    at = to;
  }
  if (at < stop) inner(at, stop, into);
}

/** A text with its terms and hits; `terms` are spans with their occurrences, in order. */
function paint(text, terms, hits, into) {
  const plain = (start, stop, node) => addText(text.slice(start, stop), node);
  const marked = (start, stop, node) => lay(start, stop, hits, () => el("mark"), plain, node);
  lay(0, text.length, terms, termElement, marked, into);
}

/** The changes from one text to another. */
function paintChanges(before, after, into) {
  for (const { kind, text } of difference(before, after)) {
    if (kind === "same") addText(text, into);
    else {
      const node = el(kind === "gone" ? "del" : "ins");
      if (kind === "new") into.append(el("wbr"));
      addText(text, node);
      into.append(node);
    }
  }
}

function termElement({ places: found }) {
  const marks = found.map((place) => outcomeClass(place.outcome));
  const mark = marks.includes("doubt") ? "term problem" : marks.includes("inserted") ? "term inserted" : "term";
  return el("span", {
    class: mark,
    "data-places": found.map((place) => place.number).join(" "),
  });
}

/** The term spans of a cell; spans at one place in several target languages are joined. */
function termSpans(row, column) {
  const spans = new Map();
  for (const place of placesOfRow.get(row) ?? []) {
    if (column && place.column !== column) continue;
    const [start, stop] = column ? [place.start, place.stop] : [place.sourceStart, place.sourceStop];
    if (start === stop) continue;
    const key = `${start}/${stop}`;
    if (!spans.has(key)) spans.set(key, { start, stop, places: [] });
    spans.get(key).places.push(place);
  }
  return [...spans.values()].sort((one, other) => one.start - other.start || other.stop - one.stop);
}
