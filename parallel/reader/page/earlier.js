// Edits that this browser holds for earlier tables of the same document and that were never downloaded: each is
// offered for its sentence, wherever the sentence is now.

const rowsOfSource = new Map();

/** The row of an edit's sentence: of equal sentences the one with the same neighbours, then with the same id. */
function rowOfSentence(edit) {
  if (typeof edit?.source !== "string") return undefined;
  if (!rowsOfSource.size) texts[0].forEach((text, row) => rowsOfSource.set(text, [...(rowsOfSource.get(text) ?? []), row]));
  const nearness = (row) => {
    const { previous, following } = sentenceAt(row);
    return (previous === edit.previous) * 2 + (following === edit.following) * 2 + (rowId(row) === edit.row);
  };
  const [first, ...more] = rowsOfSource.get(edit.source) ?? [];
  return more.reduce((best, row) => (nearness(row) > nearness(best) ? row : best), first);
}

function earlierKeys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(KEPT) && key !== REVIEW);
  } catch {
    return [];
  }
}

/** All these edits, each with its row here, if there is one, and whether this page has the same edit already. */
function earlierEdits() {
  return earlierKeys().flatMap((from) =>
    [...readEdits(from)].map(([key, edit]) => {
      const [name, tag] = key.split("\t");
      const row = rowOfSentence({ ...edit, row: name });
      const column = data.languages.findIndex((item) => item.tag === tag);
      const fits = row !== undefined && column > 0;
      return { from, key, tag, name, edit, row: fits ? row : -1, column, known: fits && isKnown(row, column, edit) };
    })
  );
}

function isKnown(row, column, edit) {
  const everything = [publishedReview(row, column), ...othersAt(row, column)].filter(Boolean);
  const isThere = everything.some((item) => (item.text ?? texts[column][row]) === edit.after && (item.approved || !edit.approved));
  const isSaid = !edit.comment || remarksAt(row, column).some((item) => item.comment === edit.comment);
  return isSaid && (isThere || (edit.after === edit.before && !edit.approved));
}

/** Forget some of these edits; also forget a table without edits. */
function forgetEarlier(list) {
  for (const from of new Set(list.map((item) => item.from))) {
    const left = readEdits(from);
    for (const item of list) if (item.from === from) left.delete(item.key);
    if (left.size) keep(from, JSON.stringify(Object.fromEntries(left)));
    else localStorage.removeItem(from);
  }
}

/** Offer these edits; those that have been brought in meanwhile are forgotten. */
function offerEarlier() {
  forgetEarlier(earlierEdits().filter((item) => item.known));
  const list = earlierEdits();
  const fitting = list.filter((item) => item.row >= 0);
  const lost = list.length - fitting.length;
  const button = (name, onclick, attributes = {}) => el("button", { type: "button", text: t(name), onclick, ...attributes });
  $("earlier").hidden = !list.length;
  $("earlier").replaceChildren(
    el("span", { text: fitting.length ? t("earlier.fit", { n: fitting.length }) : "" }),
    " ",
    el("span", { text: lost ? t("earlier.lost", { n: lost }) : "" }),
    " ",
    ...(fitting.length ? [button("earlier.take", () => takeEarlier(fitting), { id: "earlier-take" }), " "] : []),
    button("edits.download", () => downloadEarlier(list), { id: "earlier-download", class: "quiet" }),
    " ",
    button("edits.discard", () => discardEarlier(list), { class: "quiet" })
  );
}

function takeEarlier(list) {
  loadReview();
  for (const { row, column, edit } of list) {
    const key = reviewKey(row, column);
    if (!review.has(key) || review.get(key).time < edit.time) review.set(key, { ...edit, ...sentenceAt(row) });
  }
  storeReview();
  forgetEarlier(list);
  offerEarlier();
  refreshAll();
}

function downloadEarlier(list) {
  const edits = list.map(({ name, tag, edit }) => editOf(name, tag, edit));
  return download((author) => editsFile(author, edits));
}

async function discardEarlier(list) {
  const form = el("form", { method: "dialog" }, el("p", { class: "actions" }, el("button", { value: "yes", text: t("edits.discard") })));
  if ((await ask(t("edits.discard.sure", { n: list.length }), form)) !== "yes") return;
  forgetEarlier(list);
  offerEarlier();
}
