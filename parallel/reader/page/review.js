// Changes, approvals and comments by the user of the page. The browser holds them until they are downloaded, under
// the document and the table, so that the page of a later table of the same document finds them.

const KEPT = `egiz:edits:${data.document}:`;
const REVIEW = `${KEPT}${data.table}`;
const AUTHOR = "egiz:author";
let review = new Map();

const reviewKey = (row, column) => `${rowId(row)}\t${data.languages[column].tag}`;

const readEdits = (key) =>
  new Map(Object.entries(parsed(recall(key), {})).filter(([, edit]) => typeof edit?.after === "string"));

function loadReview() {
  review = readEdits(REVIEW);
}

const reviewOf = (row, column) =>
  review.size && column ? review.get(reviewKey(row, column)) : undefined;

/** The current text of a cell. */
const textAt = (row, column) => reviewOf(row, column)?.after ?? texts[column][row];
const isEdited = (row, column) => textAt(row, column) !== texts[column][row];
const wasApproved = (row, column) => publishedReview(row, column)?.approved === true;
const isApproved = (row, column) => reviewOf(row, column)?.approved ?? wasApproved(row, column);
const commentOf = (row, column) => reviewOf(row, column)?.comment ?? "";

/** Whether a different text by somebody else was published since this edit was made. */
function isContested(row, column) {
  const edit = reviewOf(row, column);
  const stands = texts[column][row];
  return edit !== undefined && edit.before !== stands && edit.after !== stands && isHuman(row, column);
}

/** The text on one line, like the cells of the table. */
const oneLine = (text) => text.normalize("NFC").replace(/[\t-\r\u0085\u2028\u2029 ]+/g, " ").trim();

/** The sentence of a row, by which an edit is found again in later tables. */
const sentenceAt = (row) => ({
  source: texts[0][row],
  previous: texts[0][row - 1] ?? "",
  following: texts[0][row + 1] ?? "",
});

/** Change the edit of a cell, by a user who sees the current text. An edit without content is forgotten. */
function saveReview(row, column, changes) {
  loadReview(); // another window may have saved since
  const before = texts[column][row];
  const old = reviewOf(row, column) ?? { after: before, approved: wasApproved(row, column), comment: "" };
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const seen = [...new Set(othersAt(row, column).map((item) => item.text))];
  const made = {
    ...sentenceAt(row), before, after: old.after, approved: old.approved, comment: old.comment, seen, time, ...changes,
  };
  const key = reviewKey(row, column);
  if (made.after === before && made.approved === wasApproved(row, column) && !made.comment) review.delete(key);
  else review.set(key, made);
  storeReview();
}

function storeReview() {
  keep(REVIEW, JSON.stringify(Object.fromEntries(review)));
  if (!storageWorks) showNotice(t("edits.unkept"));
  forgetFolded();
}

/** Whether a person wrote or approved the current text, in the table or on this page. */
const isOwn = (row, column) => isApproved(row, column) || isEdited(row, column) || isHuman(row, column);

/** The band of a translation: the band of its quality, but never good if a check or a term objects. */
function bandOf(row, column) {
  if (isOwn(row, column)) return "own";
  if (!texts[column][row]) return "missing";
  const thousandths = qualityOf(row, column);
  if (thousandths >= 0 && thousandths < POOR_BELOW) return "poor";
  if (statusOf(row, column) === "suspect" || hasTermProblem(row, column)) return "check";
  if (thousandths < 0) return "none";
  return thousandths >= GOOD_FROM ? "good" : "check";
}

/** Whether a person should look at this cell, because the machine is unsure or people disagree. */
function needsCheck(row, column) {
  if (isContested(row, column)) return true;
  if (!reviewOf(row, column) && othersAt(row, column).length) return true;
  return data.scored && TO_CHECK.has(bandOf(row, column));
}

/** All edits in the order of the table. */
function reviewList() {
  const list = [];
  for (const [key, edit] of review) {
    const [row, tag] = key.split("\t");
    const column = data.languages.findIndex((item) => item.tag === tag);
    if (rowNumbers.has(row) && column > 0) list.push({ row: rowNumbers.get(row), column, edit });
  }
  return list.sort((one, other) => one.row - other.row || one.column - other.column);
}

function showNotice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}
