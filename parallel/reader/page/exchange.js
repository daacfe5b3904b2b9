// Edits leave the page as a small file and come back as one.

const FORMAT = "egiz-edits";

function fillEditsPanel() {
  const list = reviewList();
  const items = list.slice(0, 200).map(({ row, column, edit }) => {
    const kinds = [
      edit.after === edit.before ? "" : t("review.edited"),
      edit.approved ? t("review.approved") : "",
      edit.comment ? t("review.comment") : "",
    ];
    return el("li", {}, el("button", { type: "button", class: "jump", text: `${data.ids[row]} ${data.languages[column].tag}`, onclick: () => {
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
    el(
      "p",
      { class: "actions" },
      button("edits.download", downloadEdits, { class: "main", id: "download", disabled: !list.length }),
      button("edits.import", () => $("import-file").click(), { id: "import" }),
      list.length ? button("edits.discard", discardEdits, { class: "quiet" }) : null
    )
  );
}

/** The file: edits in the order of the table, each with the text as it was published. */
function editsFile(author) {
  const edits = reviewList().map(({ row, column, edit }) => ({
    row: rowId(row),
    language: data.languages[column].tag,
    before: texts[column][row],
    after: edit.after,
    approved: edit.approved === true,
    comment: edit.comment ?? "",
    time: edit.time,
  }));
  return { format: FORMAT, version: 1, table: data.table, author, edits };
}

async function downloadEdits() {
  const author = recall(AUTHOR) || (await askAuthor());
  if (!author) return;
  const blob = new Blob([`${JSON.stringify(editsFile(author), null, 1)}\n`], { type: "application/json" });
  const link = el("a", { href: URL.createObjectURL(blob), download: `${data.name}-edits.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(t("edits.downloaded"));
}

/** Ask once who made the edits; an empty answer stops the download. */
async function askAuthor() {
  const name = el("input", { id: "author", required: true, maxlength: "200", autocomplete: "name", "aria-label": t("edits.author") });
  const form = el(
    "form",
    { method: "dialog" },
    el("p", { text: t("edits.author.why") }),
    name,
    el("p", { class: "actions" }, el("button", { class: "main", value: "go", text: t("edits.download") }))
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
  if (found.format !== FORMAT || found.version !== 1 || !Array.isArray(found.edits)) {
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

/** Take one edit in, unless its row has changed since or something newer is known of it. */
function takeEdit(edit) {
  const row = rowNumbers.get(edit?.row);
  const column = data.languages.findIndex((item) => item.tag === edit?.language);
  if (row === undefined || column < 1 || edit.before !== texts[column][row]) return false;
  if (typeof edit.after !== "string" || typeof edit.time !== "string") return false;
  const key = reviewKey(row, column);
  if (review.has(key) && review.get(key).time > edit.time) return false;
  const { before, time } = edit;
  const comment = typeof edit.comment === "string" ? oneLine(edit.comment) : "";
  review.set(key, { before, after: oneLine(edit.after), approved: edit.approved === true, comment, time });
  return true;
}
