// Exports edits to a small file and imports them again.

const FORMAT = "egiz-edits";

function fillEditsPanel() {
  const list = reviewList();
  const items = list.slice(0, 200).map(({ row, column, edit }) => {
    const kinds = [
      edit.after === edit.before ? "" : t("review.edited"),
      edit.approved ? t("review.approved") : "",
      edit.comment ? t("review.comment") : "",
    ];
    return el("li", {}, el("button", { type: "button", class: "jump", text: `${shortIds[row]} ${data.languages[column].tag}`, onclick: () => {
      closePanel();
      goTo(row, column);
    } }), ` ${kinds.filter(Boolean).join(", ")}`);
  });
  const button = (name, onclick, attributes = {}) =>
    el("button", { type: "button", text: t(name), onclick, ...attributes });
  $("edits-panel").replaceChildren(
    el("p", { text: t("edits.count", { n: list.length }) }),
    el("p", { class: "hint", text: t(storageWorks ? "edits.kept" : "edits.unkept") }),
    el("ul", { class: "edit-list" }, ...items),
    orphansElement(),
    el(
      "p",
      { class: "actions" },
      button("edits.download", downloadEdits, { class: "main", id: "download", disabled: !list.length }),
      button("edits.import", () => $("import-file").click(), { id: "import" }),
      list.length ? button("edits.discard", discardEdits, { class: "quiet" }) : null
    )
  );
}

/** Reviews of sentences that are not in the table any more. */
function orphansElement() {
  if (!orphans.length) return null;
  const items = orphans.slice(0, 200).map((item) =>
    el("li", {}, el("bdi", { text: item.source }), " → ", el("bdi", { lang: item.tag, text: item.text }),
      ` ${whoText(item)}${item.comment ? ` “${item.comment}”` : ""}`)
  );
  return el("div", { id: "orphans" }, el("p", { text: t("edits.orphans", { n: orphans.length }) }), el("ul", { class: "edit-list" }, ...items));
}

/** An edit in the form of the file: with its sentence, and the published text that its author saw. */
const editOf = (row, language, edit) => ({
  row,
  source: edit.source ?? "",
  previous: edit.previous ?? "",
  following: edit.following ?? "",
  language,
  before: edit.before,
  after: edit.after,
  approved: edit.approved === true,
  comment: edit.comment ?? "",
  seen: edit.seen ?? [],
  time: edit.time,
});

const editsFile = (author, edits) => ({ format: FORMAT, version: 2, table: data.table, author, edits });

/** The edits in the order of the table. */
function downloadEdits() {
  const edits = reviewList().map(({ row, column, edit }) => editOf(rowId(row), data.languages[column].tag, edit));
  return download((author) => editsFile(author, edits));
}

async function download(fileBy) {
  const author = recall(AUTHOR) || (await askAuthor());
  if (!author) return;
  const blob = new Blob([`${JSON.stringify(fileBy(author), null, 1)}\n`], { type: "application/json" });
  const link = el("a", { href: URL.createObjectURL(blob), download: `${data.name}-edits.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(t("edits.downloaded"));
}

/** Ask once for the name of the author; if it is empty, the download stops. */
async function askAuthor(action = "edits.download") {
  const name = el("input", { id: "author", required: true, maxlength: "200", autocomplete: "name", "aria-label": t("edits.author") });
  const form = el(
    "form",
    { method: "dialog" },
    el("p", { text: t("edits.author.why") }),
    name,
    el("p", { class: "actions" }, el("button", { class: "main", value: "go", text: t(action) }))
  );
  const answer = await ask(t("edits.author"), form);
  const author = oneLine(name.value);
  if (answer !== "go" || !author) return "";
  keep(AUTHOR, author);
  return author;
}

async function discardEdits() {
  const form = el("form", { method: "dialog" }, el("p", { class: "actions" }, el("button", { value: "yes", text: t("edits.discard") })));
  if ((await ask(t("edits.discard.sure", { n: review.size }), form)) !== "yes") return;
  review = new Map();
  storeReview();
  refreshAll();
}

async function importEdits(file) {
  const found = parsed(await file.text(), {});
  if (found.format !== FORMAT || ![1, 2].includes(found.version) || !Array.isArray(found.edits)) {
    return showNotice(t("edits.foreign", { name: file.name }));
  }
  loadReview();
  let taken = 0;
  for (const edit of found.edits) if (takeEdit(edit)) taken += 1;
  storeReview();
  refreshAll();
  showNotice(t("edits.imported", { n: taken, left: found.edits.length - taken }));
  return undefined;
}

/** Import one edit for its sentence, unless the sentence is missing or has a newer edit. */
function takeEdit(edit) {
  const hasSentence = typeof edit?.source === "string";
  const row = hasSentence ? rowOfSentence(edit) : rowNumbers.get(edit?.row);
  const column = data.languages.findIndex((item) => item.tag === edit?.language);
  if (row === undefined || column < 1 || (!hasSentence && edit.before !== texts[column][row])) return false;
  if ([edit.before, edit.after, edit.time].some((text) => typeof text !== "string")) return false;
  const key = reviewKey(row, column);
  if (review.has(key) && review.get(key).time > edit.time) return false;
  const { before, time } = edit;
  const comment = typeof edit.comment === "string" ? oneLine(edit.comment) : "";
  const seen = Array.isArray(edit.seen) ? edit.seen.filter((text) => typeof text === "string") : [];
  const approved = edit.approved === true;
  review.set(key, { ...sentenceAt(row), before, after: oneLine(edit.after), approved, comment, seen, time });
  return true;
}
