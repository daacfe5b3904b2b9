// Selects the rows to show. Conditions of one kind are alternatives; conditions of different kinds must all hold
// for the same translation.

const emptyFilter = () => ({
  check: false,
  bands: new Set(),
  flags: new Set(),
  review: new Set(), // open, edited, approved, others, comment
  edited: false,
  terms: false,
  term: -1, // number of an entry
  query: "",
  order: "text", // or worst, best
  orderBy: 0, // the column whose quality gives the order; 0 for the worst of those shown
});
let filter = emptyFilter();

/** The columns on the page, in order. */
function shownColumns() {
  const tags = data.languages.map((item) => item.tag);
  const place = (column) => {
    const found = settings.order.indexOf(tags[column]);
    return found < 0 ? settings.order.length + column : found;
  };
  const ordered = [...columns].sort((one, other) => place(one) - place(other));
  if (settings.mode === "source") return [0];
  const shown = ordered.filter(
    (column) => !settings.hidden.includes(tags[column]) && (settings.mode !== "target" || column)
  );
  return shown.length ? shown : [settings.mode === "target" ? 1 : 0];
}

/** The translations to which conditions apply: those shown, or all if none is shown. */
function judgedColumns() {
  const shown = shownColumns().filter((column) => column);
  return shown.length ? shown : targetColumns;
}

const TESTS = {
  check: (row, column) => !filter.check || needsCheck(row, column),
  bands: (row, column) => !filter.bands.size || filter.bands.has(bandOf(row, column)),
  flags: (row, column) => !filter.flags.size || flagCodes(row, column).some((code) => filter.flags.has(code)),
  edited: (row, column) => !filter.edited || machineOf[column - 1].has(row),
  terms: (row, column) => !filter.terms || hasTermProblem(row, column),
  review: (row, column) =>
    !filter.review.size || [...filter.review].some((kind) => REVIEW_TESTS[kind](row, column)),
};
const REVIEW_TESTS = {
  open: (row, column) => !isApproved(row, column),
  edited: (row, column) => isEdited(row, column) || (isHuman(row, column) && !isApproved(row, column)),
  approved: isApproved,
  others: (row, column) => isContested(row, column) || othersAt(row, column).length > 0,
  comment: (row, column) => commentOf(row, column) !== "" || remarksAt(row, column).length > 0,
};
const tests = Object.values(TESTS);

const passes = (row, column) => tests.every((test) => test(row, column));

/** The numbers of the rows to show, in order. */
function filteredRows() {
  const judged = judgedColumns();
  const searched = shownColumns();
  const query = foldQuery(filter.query);
  const conditions = activeConditions() - (query ? 1 : 0) - (filter.term >= 0 ? 1 : 0);
  const wanted = filter.term < 0 ? null : new Set(places.filter((p) => p.entry === filter.term).map((p) => p.row));
  const rows = [];
  for (let row = 0; row < total; row += 1) {
    if (wanted && !wanted.has(row)) continue;
    if (conditions && !judged.some((column) => passes(row, column))) continue;
    if (query && !searched.some((column) => foldedAt(row, column).includes(query))) continue;
    rows.push(row);
  }
  return inOrder(rows, filter.orderBy ? [filter.orderBy] : judged);
}

// Order of rows by their worst quality among these translations; equal ones in the order of the text. A failed
// translation is worst, an approved one is good, and one without quality is at the end of either order.
function inOrder(rows, judged) {
  if (filter.order === "text") return rows;
  const worst = filter.order === "worst";
  const valueOf = (row, column) => {
    if (isOwn(row, column)) return 1000;
    if (["failed", "unlinked"].includes(statusOf(row, column))) return -1;
    const value = qualityOf(row, column);
    return value < 0 && worst ? 2000 : value;
  };
  const values = new Map(rows.map((row) => [row, Math.min(...judged.map((column) => valueOf(row, column)))]));
  const sign = worst ? 1 : -1;
  return rows.sort((one, other) => sign * (values.get(one) - values.get(other)) || one - other);
}

const ORDERS = ["text", "worst", "best"];

function changeOrder(order, column = 0) {
  filter.order = order;
  filter.orderBy = column;
  applyFilter();
  refreshPanels();
  measureBar($("bar").offsetHeight);
  if ($("text").getBoundingClientRect().top < $("bar").getBoundingClientRect().bottom) $("text").scrollIntoView();
}

const nextOrder = () => data.scored && changeOrder(ORDERS[(ORDERS.indexOf(filter.order) + 1) % ORDERS.length]);

/** The order as text, with the language whose quality gives it, if any. */
const orderText = () =>
  t(`order.${filter.order}`) + (filter.orderBy ? `: ${languageName(filter.orderBy)}` : "");

/** The number of conditions that hide rows. */
function activeConditions() {
  const sets = filter.bands.size + filter.flags.size + filter.review.size;
  const switches = [filter.check, filter.edited, filter.terms, filter.term >= 0, filter.query.trim()];
  return sets + switches.filter(Boolean).length;
}

/** The number of rows with a translation that passes a test. */
function countRows(test) {
  const judged = judgedColumns();
  let count = 0;
  for (let row = 0; row < total; row += 1) if (judged.some((column) => test(row, column))) count += 1;
  return count;
}

/** All possible conditions, by group: the filter panel is made from this list. */
function filterChoices() {
  const setChoice = (set, value, label, test) => ({
    label,
    test,
    on: () => filter[set].has(value),
    toggle: () => (filter[set].has(value) ? filter[set].delete(value) : filter[set].add(value)),
  });
  const switchChoice = (name, label, test) => ({
    label,
    test,
    on: () => filter[name],
    toggle: () => (filter[name] = !filter[name]),
  });
  const groups = [];
  if (data.scored) {
    const bands = BANDS.map((band) =>
      setChoice("bands", band, bandText(band), (row, column) => bandOf(row, column) === band)
    );
    const flags = data.flags.map((code) =>
      setChoice("flags", code, reasonOf(code), (row, column) => flagCodes(row, column).includes(code))
    );
    groups.push({
      title: t("filter.attention"),
      choices: [
        switchChoice("check", t("filter.check"), needsCheck),
        switchChoice("terms", t("filter.terms"), hasTermProblem),
        switchChoice("edited", t("filter.edited"), (row, column) => machineOf[column - 1].has(row)),
      ],
    });
    groups.push({ title: t("filter.quality"), choices: bands });
    if (flags.length) groups.push({ title: t("filter.reasons"), choices: flags });
  }
  const reviewChoices = Object.entries(REVIEW_TESTS).map(([kind, test]) =>
    setChoice("review", kind, t(`review.${kind}`), test)
  );
  groups.push({ title: t("filter.review"), choices: reviewChoices });
  return groups;
}

/** Show the rows that pass the filter, and their number. */
function applyFilter() {
  const rows = filteredRows();
  showRows(rows);
  const query = filter.query.trim();
  $("found").textContent = query ? `${numbers.format(rows.length)}` : "";
  $("nothing").hidden = rows.length > 0;
  $("check").setAttribute("aria-pressed", String(filter.check));
  const others = activeConditions() - (query ? 1 : 0);
  $("filter-count").textContent = others ? numbers.format(others) : "";
  showChips();
  markOrder();
  if (activeConditions()) announce(t("filter.found", { n: rows.length, total }));
}

/** The conditions as text, each with a button that removes it. */
function showChips() {
  const chips = [];
  const chip = (label, remove) =>
    el("button", { type: "button", "aria-label": t("filter.remove", { name: label }), onclick: () => {
      remove();
      applyFilter();
      refreshPanels();
    } }, el("span", { text: label }), el("span", { "aria-hidden": "true", text: "×" }));
  for (const { choices } of filterChoices()) {
    for (const choice of choices) if (choice.on()) chips.push(chip(choice.label, choice.toggle));
  }
  if (filter.order !== "text") chips.push(chip(orderText(), () => (filter.order = "text")));
  if (filter.term >= 0) {
    chips.push(chip(data.terms.entries[filter.term][1], () => (filter.term = -1)));
  }
  $("chips").replaceChildren(
    el("span", { text: t("filter.found", { n: shown.length, total }) }),
    ...chips
  );
  if (chips.length > 1) {
    $("chips").append(el("button", { type: "button", class: "quiet", text: t("filter.clear"), onclick: clearFilter }));
  }
  $("chips").hidden = !chips.length && !filter.query.trim();
}

function clearFilter() {
  filter = emptyFilter();
  $("query").value = "";
  applyFilter();
  refreshPanels();
  if (current.row >= 0) goTo(current.row, current.column);
}
