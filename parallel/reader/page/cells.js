// Makes the nodes of one row.

const elementId = (row) => `row-${rowId(row)}`;

function rowElement(row, shownNow) {
  const number = shortIds[row];
  const link = el("a", {
    href: `#${encodeURIComponent(elementId(row))}`,
    tabindex: "-1",
    "aria-label": t("row.link", { id: rowId(row) }),
    title: placeIn && data.documents.length > 1 ? rowId(row) : undefined,
    text: number,
  });
  const node = el(
    "div",
    { role: "row", class: "row", id: elementId(row), "data-row": row, "aria-rowindex": row + 1 },
    el("div", { role: "rowheader", class: "number" }, link),
    ...shownNow.map((column) => cellElement(row, column))
  );
  if (row === current.row) node.classList.add("current");
  linkedWords?.restore(node, row);
  return node;
}

function cellElement(row, column) {
  const { tag, dir } = data.languages[column];
  const chosen = row === current.row && column === current.column;
  const cell = el("div", {
    role: "gridcell",
    class: column ? "cell target" : "cell source",
    lang: tag,
    dir: dir ?? "ltr",
    tabindex: chosen ? "0" : "-1",
    "data-column": column,
  });
  if (column && data.scored) cell.append(markElement(row, column));
  cell.append(el("span", { class: "tag", lang: ui, "aria-hidden": "true", text: tag }), textElement(row, column));
  if (column) appendNotes(cell, row, column);
  if (chosen && column) cell.append(footElement(row, column));
  return cell;
}

/** The text of a cell: the current text, or the changes in it. */
function textElement(row, column) {
  const node = el("bdi", { class: "words" });
  const text = textAt(row, column);
  const machine = column ? machineOf[column - 1].get(row) : undefined;
  const before = isEdited(row, column) ? machine ?? texts[column][row] : machine;
  if (settings.changes && before !== undefined) paintChanges(before, text, node);
  else {
    const spans = column && isEdited(row, column) ? [] : termSpans(row, column);
    paint(text, spans, hitsIn(text, activeQuery), node);
  }
  if (!text) node.append(el("span", { class: "void", lang: ui, text: t("cell.empty") }));
  return node;
}

/** The gauge: its height shows the quality, its colour the band. */
function markElement(row, column) {
  const band = bandOf(row, column);
  const thousandths = band === "own" ? 1000 : qualityOf(row, column);
  const level = el("i");
  level.style.height = thousandths < 0 ? "0" : `${Math.max(8, thousandths / 10)}%`;
  return el("span", { class: `mark ${band}`, "aria-hidden": "true" }, level);
}

/** The band and the quality as text: "poor 0.20". */
function verdict(row, column) {
  const thousandths = qualityOf(row, column);
  const band = bandOf(row, column);
  return thousandths < 0 || band === "own" ? bandText(band) : `${bandText(band)} ${quality(thousandths)}`;
}

/** A note after the text: visible if a person must look at it, and always there for screen readers. */
function appendNotes(cell, row, column) {
  const notes = [];
  if (data.scored && !isOwn(row, column)) {
    const reasons = flagCodes(row, column).filter((code) => code !== "empty").map(reasonOf).join(" ");
    notes.push(el("span", { class: `label ${bandOf(row, column)}`, text: verdict(row, column) }));
    if (reasons && TO_CHECK.has(bandOf(row, column))) notes.push(el("span", { class: "warning", text: reasons }));
  }
  const known = publishedReview(row, column);
  if (known && !isEdited(row, column)) {
    notes.push(el("span", { class: "own", text: whoText(known) }));
    if (known.kind === "remembered") notes.push(el("span", { class: "own", text: t("review.remembered") }));
  }
  for (const item of remarksAt(row, column)) notes.push(el("span", { class: "own", text: `“${item.comment}” ${item.author}` }));
  if (isContested(row, column)) {
    const name = known ? whoText(known) : t("review.edited");
    notes.push(el("span", { class: "warning", text: t("review.contested") }), " ", otherElement(name, texts[column][row], column));
  }
  for (const item of othersAt(row, column)) {
    const words = t(item.kind === "outdated" ? "review.outdated" : "review.other");
    notes.push(el("span", { class: "warning", text: words }), " ", otherElement(whoText(item), item.text, column));
  }
  if (isEdited(row, column)) notes.push(el("span", { class: "own", text: t("review.edited") }));
  if (reviewOf(row, column)?.approved) notes.push(el("span", { class: "own", text: `✓ ${t("review.approved")}` }));
  if (commentOf(row, column)) notes.push(el("span", { class: "own", text: `“${commentOf(row, column)}”` }));
  if (notes.length) cell.append(el("span", { class: "notes", lang: ui, dir: "ltr" }, ...notes));
}

/** The author of an edit or approval, and the day. */
function whoText({ author, time, approved }) {
  const who = t(approved ? "review.approved.by" : "review.edited.by", { name: author || "?" });
  return time ? `${who}, ${time.slice(0, 10)}` : who;
}

/** A text that is not the current text of the cell, with its author. */
function otherElement(who, text, column) {
  return el("span", { class: "other" }, el("bdi", { lang: data.languages[column].tag, text }), ` (${who})`);
}

/** The texts by people that are not the current text of the cell, to accept or discard. */
function othersElement(row, column) {
  const items = othersAt(row, column).map((item) =>
    el(
      "p",
      { class: "doubt" },
      el("b", { text: t(item.kind === "outdated" ? "review.outdated" : "review.other") }),
      " ",
      otherElement(whoText(item), item.text, column),
      item.kind === "outdated" ? el("span", {}, " ", t("review.outdated.source"), " ", el("bdi", { lang: data.languages[0].tag, text: item.source })) : null,
      " ",
      el("button", { type: "button", class: "take", text: t("review.take"), onclick: () => {
        saveReview(row, column, { after: item.text });
        changed(row, column);
      } })
    )
  );
  return items.length ? el("div", { class: "others" }, ...items) : null;
}

/** The details of the chosen translation, and the buttons for it. */
function footElement(row, column) {
  const foot = el("div", { class: "foot", lang: ui, dir: "ltr" });
  if (isEdited(row, column)) {
    const published = el("bdi", { lang: data.languages[column].tag });
    addText(texts[column][row], published);
    foot.append(el("p", {}, el("b", { text: t("review.published") }), " ", published));
    foot.append(...[othersElement(row, column), actionsElement(row, column)].filter(Boolean));
    return foot;
  }
  foot.append(...[othersElement(row, column)].filter(Boolean));
  if (data.scored && isHuman(row, column)) foot.append(el("p", { text: t(`status.${statusOf(row, column)}`) }));
  else if (data.scored) {
    const label = el("b", { class: `label ${bandOf(row, column)}`, text: verdict(row, column) });
    foot.append(el("p", {}, label, ` ${flagCodes(row, column).map(reasonOf).join(" ")}`));
    const pulls = causesAt(row, column);
    if (pulls.length) foot.append(el("p", { class: "causes", text: `${pulls.join("; ")}.` }));
  }
  for (const place of placesAt(row, column).filter((item) => !RIGHT.has(item.outcome))) {
    const [, source] = data.terms.entries[place.entry];
    const pair = place.wording ? `${source} → ${place.wording}` : source;
    foot.append(el("p", { class: outcomeClass(place.outcome) }, el("b", { text: pair }), ` ${placeText(place)}`));
  }
  const edits = machineEdits.get(`${row}/${column}`) ?? [];
  if (edits.length) {
    const pairs = edits.flatMap(({ before, after, rule }) => [
      " ",
      el("span", { class: "pair", title: ruleText(rule) }, el("del", { text: before }), " ", el("ins", { text: after })),
    ]);
    foot.append(el("p", { class: "pairs" }, el("b", { text: t("cell.corrected") }), ...pairs));
    const machine = machineOf[column - 1].get(row);
    if (machine) foot.append(el("p", {}, el("b", { text: t("cell.machine") }), " ", el("bdi", { lang: data.languages[column].tag, text: machine })));
  }
  foot.append(actionsElement(row, column));
  return foot;
}

function actionsElement(row, column) {
  const approved = isApproved(row, column);
  const action = (name, key, onclick, pressed) =>
    el("button", { type: "button", text: t(name), "aria-keyshortcuts": key, "aria-pressed": pressed, onclick });
  return el(
    "p",
    { class: "actions" },
    action("review.edit", "e", () => openEditor(row, column)),
    action("review.approve", "a", () => approveCell(row, column), String(approved)),
    action("review.say", "c", () => openComment(row, column)),
    isContested(row, column) ? action("review.keep", undefined, () => keepMine(row, column)) : null,
    isEdited(row, column) ? action("review.undo", undefined, () => undoEdit(row, column)) : null
  );
}
