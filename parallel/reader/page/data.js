// The rows and the data about them. Column 0 is the source, columns 1… are the target languages. The texts are
// in the plain table, which readers without scripts see; the rest is JSON.

const data = JSON.parse($("data").textContent);
const columns = data.languages.map((_, column) => column);
const plainRows = document.querySelectorAll("#plain tr:not([class])");
const total = plainRows.length;
const shortIds = [];
const texts = columns.map(() => []);
for (const row of plainRows) {
  let cell = row.firstChild;
  shortIds.push(cell.textContent);
  for (const column of columns) {
    cell = cell.nextSibling;
    texts[column].push(cell.textContent);
  }
}
const targetColumns = columns.slice(1);

const flagsOf = data.targets.map((target) => new Map(target.flags));
const machineOf = data.targets.map((target) => new Map(target.machine));

// Documents: sequences of rows whose ids begin with the same name.
const documentAt = new Int32Array(total);
data.documents.reduce((start, item, number) => {
  documentAt.fill(number, start, start + item.rows);
  return start + item.rows;
}, 0);

const rowId = (row) => {
  const { id } = data.documents[documentAt[row]];
  return id ? `${id}:${shortIds[row]}` : shortIds[row];
};
const rowNumbers = new Map();
for (let row = 0; row < total; row += 1) rowNumbers.set(rowId(row), row);

/** Paragraph of a row: `3` of `3.2`; all rows of a table without paragraphs are in one. */
const paragraphOf = (row) => /^(\d+)\.\d+$/.exec(shortIds[row])?.[1] ?? "";

// The quality bands, the only scale on which the page judges a translation; `bandOf` in review.js applies it.
const BANDS = ["own", "good", "none", "check", "poor", "missing"];
const TO_CHECK = new Set(["check", "poor", "missing"]);
const [GOOD_FROM, POOR_BELOW] = data.bands;

/** The name of a band; for translations by people it says how certain the link is. */
const bandText = (band) => t(data.about.people && hasText(`link.${band}`) ? `link.${band}` : `band.${band}`);

const qualityOf = (row, column) => data.targets[column - 1].quality[row];
const statusOf = (row, column) => data.statuses[data.targets[column - 1].status.charCodeAt(row) - 48];
const flagCodes = (row, column) => (flagsOf[column - 1].get(row) ?? []).map((code) => data.flags[code]);

/** A reason as text: from the interface if it has the reason, else from the data package, else the code. */
const reasonOf = (code) => (hasText(`flag.${code}`) ? t(`flag.${code}`) : data.reasons[code] ?? code);

// Terms: all occurrences by row, and the entries with their occurrences.
const RIGHT = new Set(["applied", "variant"]);
/** A rendering that Egiz put there; tables of earlier versions say "corrected". It does not count as right. */
const INSERTED = new Set(["inserted", "corrected"]);
/** The CSS class of a term by its outcome. */
const outcomeClass = (outcome) => (RIGHT.has(outcome) ? "" : INSERTED.has(outcome) ? "inserted" : "doubt");
const places = data.terms.places.map(
  ([row, target, entry, wording, outcome, note, sourceStart, sourceStop, start, stop], number) => ({
    number,
    row,
    column: target + 1,
    entry,
    wording: data.terms.wordings[wording],
    outcome: data.terms.outcomes[outcome],
    notes: data.terms.notes[note],
    sourceStart,
    sourceStop,
    start,
    stop,
  })
);
const placesOfRow = Map.groupBy
  ? Map.groupBy(places, (place) => place.row)
  : places.reduce((map, place) => map.set(place.row, [...(map.get(place.row) ?? []), place]), new Map());

const placesAt = (row, column) =>
  (placesOfRow.get(row) ?? []).filter((place) => place.column === column);
const hasTermProblem = (row, column) => placesAt(row, column).some((place) => !RIGHT.has(place.outcome));
/** The outcome of a term as text, and how it came about. */
const placeText = (place) => [outcomeText(place.outcome), ...place.notes.map(wordsOfNote)].join("; ");
const wordsOfNote = (note) => (hasText(note) ? t(note) : note);
const ruleText = (rule) => rule.split("+").map((part) => wordsOfNote(`rule.${part}`)).join("; ");
const outcomeText = (outcome) => (hasText(`outcome.${outcome}`) ? t(`outcome.${outcome}`) : outcome);

const machineEdits = new Map();
for (const [row, target, start, stop, after, rule] of data.edits.places) {
  const key = `${row}/${target + 1}`;
  const before = (machineOf[target].get(row) ?? texts[target + 1][row]).slice(start, stop);
  machineEdits.set(key, [...(machineEdits.get(key) ?? []), { before, after, rule: data.edits.rules[rule] }]);
}

// Reasons for a low quality.
const causes = new Map(data.causes.places.map(([row, target, ...found]) => [`${row}/${target + 1}`, found]));
const causesAt = (row, column) =>
  (causes.get(`${row}/${column}`) ?? []).map((found) => {
    const [number, detail] = [found].flat();
    const feature = data.causes.features[number];
    return hasText(`cause.${feature}`) ? t(`cause.${feature}`, { detail }) : feature;
  });

// Reviews that `egiz review` has brought in: those of current translations, and all others.
const said = data.reviews.map(([kind, row, target, author, time, approved, comment, text, source, tag]) => ({
  kind, row, column: target + 1, author, time, approved, comment, text, source, tag,
}));
const saidBy = (...kinds) => said.filter((item) => kinds.includes(item.kind));
const published = new Map(saidBy("stands", "remembered").map((item) => [`${item.row}/${item.column}`, item]));
const publishedReview = (row, column) => (published.size ? published.get(`${row}/${column}`) : undefined);
const byCell = (items) =>
  items.reduce((map, item) => {
    const key = `${item.row}/${item.column}`;
    return map.set(key, [...(map.get(key) ?? []), item]);
  }, new Map());
const remarks = byCell(said.filter((item) => item.comment && item.row >= 0));
const remarksAt = (row, column) => remarks.get(`${row}/${column}`) ?? [];
/** Texts by people that are not the current text of a cell: outdated, or in conflict with it. */
const others = byCell(saidBy("outdated", "conflict"));
const othersAt = (row, column) => (others.size ? others.get(`${row}/${column}`) ?? [] : []);
const orphans = saidBy("orphan");
/** Whether a person wrote the published translation or approved it. */
const isHuman = (row, column) => ["edited", "approved"].includes(statusOf(row, column));

/** The name of a language in the language of the interface, or in its own. */
function languageName(column, own = false) {
  const { tag, name } = data.languages[column];
  if (!own && hasText(`language.${tag}`)) return t(`language.${tag}`);
  try {
    const found = new Intl.DisplayNames([own ? tag : ui], { type: "language", fallback: "none" }).of(tag);
    if (found) return found.charAt(0).toLocaleUpperCase(own ? tag : ui) + found.slice(1);
  } catch {
    // A tag that the browser does not know keeps the English name.
  }
  return name;
}
