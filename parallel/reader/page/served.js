// A page shown by a server: edits, approvals and comments are saved there immediately. Those that cannot be sent stay
// in the browser, as in any page, and are sent with the next change.

const textOffline = t;

// Interface texts that differ in a page shown by a server.
t = function textOnServer(key, values) {
  return textOffline(hasText(`served.${key}`) ? `served.${key}` : key, values);
};

$("facts").after(el("p", { class: "facts" }, el("a", { href: "/", "data-t": "served.documents" })));

const keepHere = saveReview;
let sending = Promise.resolve();

saveReview = function saveAtServer(row, column, changes) {
  keepHere(row, column, changes);
  sending = sending.then(() => sendEdits()).catch(() => showNotice(t("served.unsent")));
};

/** Send all edits held here; the server answers with its state, cell by cell. */
async function sendEdits() {
  const list = reviewList().filter(({ row, column }) => !isContested(row, column));
  if (!list.length) return;
  const author = recall(AUTHOR) || (await askAuthor("review.save"));
  if (!author) return;
  let contested = false;
  for (const { row, column, edit } of list) {
    const file = editsFile(author, [editOf(rowId(row), data.languages[column].tag, edit)]);
    const answer = await fetch(`${location.pathname}/edits`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(file),
    });
    if (answer.status !== 200 && answer.status !== 409) {
      const said = parsed(await answer.text(), {});
      throw new Error(said.error);
    }
    const [decision] = (await answer.json()).edits;
    if (!decision) continue;
    takeDecision(row, column, author, edit, decision);
    contested ||= decision.outcome === "conflict";
  }
  showNotice(contested ? t("served.conflict") : "");
}

/** Show the state of the server; an edit that does not fit it stays here, beside the server's text. */
function takeDecision(row, column, author, edit, decision) {
  const conflict = decision.outcome === "conflict";
  const stands = decision.stands;
  texts[column][row] = stands;
  if (conflict || edit.after !== edit.before || edit.approved) setStatus(row, column, edit.approved && !conflict);
  if (!conflict && ["applied", "known", "noted"].includes(decision.outcome)) {
    const said = {
      kind: "stands", row, column, author, time: edit.time, approved: edit.approved, comment: edit.comment, text: stands,
    };
    if (edit.after !== edit.before || edit.approved) published.set(`${row}/${column}`, said);
    if (edit.comment) remarks.set(`${row}/${column}`, [...remarksAt(row, column), said]);
    loadReview();
    if (reviewOf(row, column)?.time === edit.time) review.delete(reviewKey(row, column));
    storeReview();
  }
  if (!document.querySelector("#text textarea")) redrawRow(row);
  refreshCounts();
}

function setStatus(row, column, approved) {
  const target = data.targets[column - 1];
  const code = String.fromCharCode(48 + data.statuses.indexOf(approved ? "approved" : "edited"));
  target.status = target.status.slice(0, row) + code + target.status.slice(row + 1);
  target.quality[row] = approved ? 1000 : -1;
}

addEventListener("online", () => (sending = sending.then(() => sendEdits()).catch(() => {})));
