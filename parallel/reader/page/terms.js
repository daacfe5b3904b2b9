// Terms: the card on hover or focus, the highlighted counterpart, and the panel with all renderings.

let tipFor = null;

const placesOf = (node) => node.dataset.places.split(" ").map((number) => places[Number(number)]);

function showTip(node, lines) {
  const tip = $("tip");
  tip.replaceChildren(...lines);
  tip.hidden = false;
  tipFor = node;
  node.setAttribute("aria-describedby", "tip");
  const box = node.getBoundingClientRect();
  const width = tip.offsetWidth;
  const below = box.bottom + tip.offsetHeight + 12 < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, box.left))}px`;
  tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
}

function hideTip() {
  if (!tipFor) return false;
  tipFor.removeAttribute("aria-describedby");
  tipFor = null;
  $("tip").hidden = true;
  for (const node of document.querySelectorAll(".term.partner")) node.classList.remove("partner");
  return true;
}

function showTermTip(node) {
  hideTip();
  const found = placesOf(node);
  const lines = found.map((place) => {
    const [, source] = data.terms.entries[place.entry];
    return el(
      "div",
      { class: outcomeClass(place.outcome) },
      el("p", { class: "pair" },
        el("b", { lang: data.languages[0].tag, text: source }),
        place.wording ? " → " : null,
        place.wording ? el("b", { lang: data.languages[place.column].tag, text: place.wording }) : null,
        el("span", { class: "tag", text: data.languages[place.column].tag })
      ),
      el("p", { text: placeText(place) })
    );
  });
  showTip(node, lines);
  const wanted = new Set(found.map((place) => String(place.number)));
  for (const other of node.closest(".row").querySelectorAll(".term")) {
    other.classList.toggle("partner", other.dataset.places.split(" ").some((number) => wanted.has(number)));
  }
}

/** The card of a translation when the pointer rests on its gauge. */
function showMarkTip(node) {
  hideTip();
  const cell = node.closest(".cell");
  const row = Number(node.closest(".row").dataset.row);
  const column = Number(cell.dataset.column);
  if (isEdited(row, column)) return;
  const because = isHuman(row, column) ? [t(`status.${statusOf(row, column)}`)] : flagCodes(row, column).map(reasonOf);
  showTip(node, [
    el("p", { class: "pair" }, el("b", { text: verdict(row, column) })),
    because.length ? el("p", { text: because.join(" ") }) : "",
  ]);
}

/** Make the terms of the chosen row reachable with the Tab key. */
function tabTerms(row) {
  for (const node of document.querySelectorAll('.term[tabindex="0"]')) node.removeAttribute("tabindex");
  for (const node of rowNode(row)?.querySelectorAll(".term") ?? []) node.tabIndex = 0;
}

function listenForTerms() {
  const text = $("text");
  text.addEventListener("pointerover", ({ target }) => {
    if (target.closest(".term")) showTermTip(target.closest(".term"));
    else if (target.closest(".mark")) showMarkTip(target.closest(".mark"));
    else if (tipFor && tipFor !== document.activeElement) hideTip();
  });
  text.addEventListener("pointerleave", hideTip);
  text.addEventListener("focusin", ({ target }) => {
    if (target.matches(".term")) showTermTip(target);
    else hideTip();
  });
  addEventListener("scroll", hideTip, { passive: true });
}

/** The entries with their occurrences, in the alphabetical order of the source language. */
const termEntries = () => {
  const entries = data.terms.entries.map(([id, source], number) => ({ id, source, number, places: [] }));
  for (const place of places) entries[place.entry].places.push(place);
  const order = new Intl.Collator(data.languages[0].tag);
  return entries.sort((one, other) => order.compare(one.source, other.source));
};

function fillTermsPanel() {
  const query = foldQuery($("terms-query").value);
  const entries = termEntries().filter(
    ({ source, places: found }) =>
      fold(source).includes(query) || found.some((place) => fold(place.wording).includes(query))
  );
  const list = entries.map(termEntry);
  $("terms-list").replaceChildren(...(list.length ? list : [el("p", { text: t("terms.none") })]));
}

function termEntry(entry) {
  const { source, places: found } = entry;
  const doubts = found.filter((place) => !RIGHT.has(place.outcome)).length;
  const wordings = [...new Set(found.map((place) => place.wording).filter(Boolean))];
  const head = el(
    "summary",
    {},
    el("b", { lang: data.languages[0].tag, text: source }),
    el("span", { class: "wordings", text: wordings.join(", ") }),
    el("span", { class: doubts ? "doubt" : "", text: doubts ? t("terms.doubts", { doubts, n: found.length }) : numbers.format(found.length) })
  );
  const node = el("details", { class: "entry" }, head);
  node.addEventListener("toggle", () => {
    if (node.open && node.childElementCount === 1) node.append(...renderings(entry));
  });
  return node;
}

/** All renderings of a term with their counts, and links to their rows. */
function renderings({ number, places: found }) {
  const parts = [];
  for (const column of targetColumns) {
    const here = found.filter((place) => place.column === column);
    if (!here.length) continue;
    const groups = new Map();
    for (const place of here) {
      const form = texts[column][place.row].slice(place.start, place.stop);
      const key = `${form.toLocaleLowerCase()}\t${place.outcome}`;
      if (!groups.has(key)) groups.set(key, { form, outcome: place.outcome, places: [] });
      groups.get(key).places.push(place);
    }
    const ordered = [...groups.values()].sort((one, other) => other.places.length - one.places.length);
    parts.push(el("h3", { text: languageName(column) }), ...ordered.map((item) => renderingElement(item, column)));
  }
  parts.push(el("p", { class: "actions" }, el("button", { type: "button", text: t("terms.only"), onclick: () => {
    filter = { ...emptyFilter(), term: number };
    $("query").value = "";
    applyFilter();
  } })));
  return parts;
}

function renderingElement({ form, outcome, places: found }, column) {
  const jumps = found.map((place) =>
    el("button", { type: "button", class: "jump", text: shortIds[place.row], "aria-label": t("terms.jump", { id: rowId(place.row) }), onclick: () => {
      if (innerWidth < 1100) closePanel();
      goTo(place.row, column);
    } })
  );
  return el(
    "div",
    { class: `rendering ${outcomeClass(outcome)}` },
    el("p", {},
      el("b", { lang: form ? data.languages[column].tag : ui, text: form || t("terms.unrendered") }),
      el("span", { text: ` × ${numbers.format(found.length)}` }),
      el("span", { class: "outcome", text: outcomeText(outcome) })
    ),
    el("p", { class: "jumps" }, ...jumps)
  );
}
