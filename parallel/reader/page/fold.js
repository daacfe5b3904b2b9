// Search without regard to case and diacritics. й remains a letter of its own, and so do the letters of Kazakh
// unless folding them is requested. Every UTF-16 unit is folded by itself, so offsets stay the same.

const KAZAKH = { ә: "а", ғ: "г", қ: "к", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и" };
const PLAIN = { "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " " };
const INVISIBLE = /[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const foldedUnits = new Map();

/** The folded form of one lower-case unit; й, Kazakh letters and ASCII are handled elsewhere. */
function foldUnit(unit) {
  let folded = foldedUnits.get(unit);
  if (folded === undefined) {
    folded = INVISIBLE.test(unit) ? "" : PLAIN[unit] ?? unit.normalize("NFD").replace(/\p{M}/gu, "");
    foldedUnits.set(unit, folded);
  }
  return folded;
}

/** The folded form of a text, in which searches compare. */
function fold(text) {
  const folded = text.toLowerCase().replace(/[^ -~а-яәғқңөұүһі\ud800-\udfff]/g, foldUnit);
  return settings.folded ? folded.replace(/[әғқңөұүһі]/g, (letter) => KAZAKH[letter]) : folded;
}

const foldQuery = (text) => fold(text.normalize("NFC").trim().replace(/\s+/g, " "));

/** The occurrences of a folded query in a text: spans of UTF-16 units, in order, without overlap. */
function hitsIn(text, query) {
  if (!query) return [];
  const origin = [];
  let folded = "";
  for (let at = 0; at < text.length; at += 1) {
    const piece = fold(text[at]);
    for (let unit = 0; unit < piece.length; unit += 1) origin.push(at);
    folded += piece;
  }
  const hits = [];
  for (let start = folded.indexOf(query); start >= 0; start = folded.indexOf(query, start + query.length)) {
    hits.push({ start: origin[start], stop: origin[start + query.length - 1] + 1 });
  }
  return hits;
}

let foldedTexts = [];

/** The folded current text of a cell. */
function foldedAt(row, column) {
  foldedTexts[column] ??= new Array(total);
  return (foldedTexts[column][row] ??= fold(textAt(row, column)));
}

const forgetFolded = () => (foldedTexts = []);

/** Fold all texts while the browser is idle, so that the first search is as fast as later ones. */
function foldAhead(row = 0) {
  const end = performance.now() + 6;
  let at = row;
  while (at < total && performance.now() < end) {
    for (const column of columns) foldedAt(at, column);
    at += 1;
  }
  if (at < total) whenIdle(() => foldAhead(at));
}
