// Correcting, approving and commenting on a translation in its cell.

/** After a change: redraw the row and the counts, and put the focus back. */
function changed(row, column) {
  redrawRow(row);
  refreshCounts();
  choose(row, column);
}

function refreshCounts() {
  $("edits-count").textContent = review.size ? numbers.format(review.size) : "";
  $("check").hidden = !data.scored;
  const checks = data.scored ? countRows(needsCheck) : 0;
  $("check-count").textContent = data.scored ? numbers.format(checks) : "";
  showAdvice(data.scored ? checks : -1);
  showCards();
}

let draft = null; // how to keep what is being typed

/** Save the text being typed as an edit without approval, so that nothing typed is lost. */
function keepDraft() {
  const save = draft;
  draft = null;
  save?.();
}

function openEditor(row, column) {
  if (!column) return;
  choose(row, column);
  const cell = cellNode(row, column);
  const text = textAt(row, column);
  const area = el("textarea", {
    lang: data.languages[column].tag,
    dir: data.languages[column].dir ?? "ltr",
    rows: "1",
    "aria-label": t("review.edit.label", { id: rowId(row), name: languageName(column) }),
  });
  area.value = text;
  const isEmpty = () => !oneLine(area.value) && texts[column][row];
  const save = (approved) => {
    if (isEmpty()) return void (announce(t("review.nothing")), area.focus());
    draft = null;
    const after = oneLine(area.value);
    saveReview(row, column, approved ? { after, approved } : { after });
    changed(row, column);
  };
  const cancel = () => {
    draft = null;
    redrawRow(row);
    choose(row, column);
  };
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  area.addEventListener("input", fit);
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      save(event.ctrlKey || event.metaKey);
    }
  });
  const buttons = el(
    "p",
    { class: "actions", lang: ui },
    el("button", { type: "button", class: "main", text: t("review.save.approve"), "aria-keyshortcuts": "Control+Enter", onclick: () => save(true) }),
    el("button", { type: "button", text: t("review.save"), "aria-keyshortcuts": "Enter", onclick: () => save(false) }),
    el("button", { type: "button", class: "quiet", text: t("cancel"), "aria-keyshortcuts": "Escape", onclick: cancel })
  );
  cell.querySelector(".words").replaceWith(area);
  cell.querySelector(".foot")?.replaceWith(buttons);
  cell.querySelector(".notes")?.remove();
  draft = () => {
    if (area.value !== text && !isEmpty()) saveReview(row, column, { after: oneLine(area.value) });
    redrawRow(row);
    refreshCounts();
  };
  fit();
  area.focus();
}

function approveCell(row, column) {
  if (!column) return;
  saveReview(row, column, { approved: !isApproved(row, column) });
  announce(t(isApproved(row, column) ? "review.approved" : "review.open"));
  changed(row, column);
}

/** Approve every shown translation of a row; if all are approved, take the approvals back. */
function approveRow(row) {
  const judged = judgedColumns();
  const approved = !judged.every((column) => isApproved(row, column));
  for (const column of judged) saveReview(row, column, { approved });
  announce(t(approved ? "review.approved" : "review.open"));
  changed(row, current.column);
}

/** Keep my text after seeing the texts that others published meanwhile. */
function keepMine(row, column) {
  saveReview(row, column, {});
  changed(row, column);
}

function undoEdit(row, column) {
  saveReview(row, column, { after: texts[column][row], approved: false });
  changed(row, column);
}

async function openComment(row, column) {
  if (!column) return;
  choose(row, column);
  const area = el("textarea", { rows: "3", maxlength: "2000", "aria-label": t("review.say") });
  area.value = commentOf(row, column);
  const save = () => saveReview(row, column, { comment: oneLine(area.value) });
  const form = el(
    "form",
    { method: "dialog" },
    area,
    el("p", { class: "actions" }, el("button", { class: "main", value: "save", text: t("review.save"), "aria-keyshortcuts": "Control+Enter" }))
  );
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector("button"));
  });
  draft = save; // a page that is closed meanwhile keeps the comment
  const answer = await ask(t("review.say"), form);
  draft = null;
  if (answer === "save") save();
  changed(row, column);
}
