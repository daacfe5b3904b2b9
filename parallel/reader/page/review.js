// What the person at the page has changed, approved or said. It is kept by the browser until it is downloaded.

const REVIEW = `egiz:edits:${data.table}`;
const AUTHOR = "egiz:author";
let review = new Map();

const reviewKey = (row, column) => `${rowId(row)}\t${data.languages[column].tag}`;

function loadReview() {
  const found = Object.entries(parsed(recall(REVIEW), {}));
  review = new Map(found.filter(([, edit]) => typeof edit?.after === "string"));
}

const reviewOf = (row, column) =>
  review.size && column ? review.get(reviewKey(row, column)) : undefined;

/** The text of a cell as it reads now. */
const textAt = (row, column) => reviewOf(row, column)?.after ?? texts[column][row];
const isEdited = (row, column) => textAt(row, column) !== texts[column][row];
const wasApproved = (row, column) => publishedReview(row, column)?.approved === true;
const isApproved = (row, column) => reviewOf(row, column)?.approved ?? wasApproved(row, column);
const commentOf = (row, column) => reviewOf(row, column)?.comment ?? "";

/** One line, as cells of the table are. */
const oneLine = (text) => text.normalize("NFC").replace(/[\t-\r\u0085\u2028\u2029 ]+/g, " ").trim();

/** Change what is said of a cell. What says nothing any more is forgotten. */
function saveReview(row, column, changes) {
  loadReview(); // another window may have saved since
  const before = texts[column][row];
  const old = reviewOf(row, column) ?? { after: before, approved: wasApproved(row, column), comment: "" };
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const made = { before, after: old.after, approved: old.approved, comment: old.comment, time, ...changes };
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

/** Whether a person should look at this cell. Whoever edited or approved it has done so. */
function needsCheck(row, column) {
  if (!data.scored || isApproved(row, column) || isEdited(row, column)) return false;
  const status = statusOf(row, column);
  if (status === "suspect" || status === "failed") return true;
  const band = bandOf(qualityOf(row, column));
  return band === "poor" || band === "check" || hasTermProblem(row, column);
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
