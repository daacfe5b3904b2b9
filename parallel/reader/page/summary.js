// The summary of the whole table: a card for each language, and the origin of the text.

const BINS = 40; // of 0.025: a small model has nearly all of its rows in the lowest fifth
const NEARLY_ALL = 0.8; // of the sentences: beyond it "needs checking" leads nobody to anything
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function showSummary() {
  document.title = data.title;
  const inside = (name) => (ui === "en" ? name : name.toLocaleLowerCase(ui)); // Russian and Kazakh: no capitals
  const names = targetColumns.map((column) => inside(languageName(column))).join(", ");
  const documents = data.documents.length;
  const facts = [
    `${languageName(0)} → ${names}`,
    t("facts.rows", { n: total }),
    documents > 1 ? t("facts.documents", { n: documents }) : "",
    data.about.people ? t("facts.people") : data.about.model,
  ];
  $("facts").textContent = facts.filter(Boolean).join(" · ");
  $("summary").hidden = !data.scored;
  document.documentElement.style.setProperty("--targets", targetColumns.length);
  $("order").replaceChildren(...orderButtons());
  showAbout();
  $("colophon").textContent = t("colophon", { version: data.version });
  if (data.altered) showNotice(t("notice.altered"));
}

/** A card for each language; made again after each edit, which changes the counts. */
function showCards() {
  $("cards").replaceChildren(...(data.scored ? targetColumns.map(cardElement) : []));
}

function cardElement(column) {
  const counts = Object.fromEntries(BANDS.map((band) => [band, 0]));
  for (let row = 0; row < total; row += 1) counts[bandOf(row, column)] += 1;
  const asked = [...BANDS].reverse().filter((band) => counts[band]); // as in the plot, from the left
  const buttons = asked.map((band) =>
    el(
      "button",
      { type: "button", class: "band", "aria-label": t("summary.band", { name: bandText(band), n: counts[band] }),
        onclick: () => filterBand(band) },
      el("span", { class: `swatch ${band}`, "aria-hidden": "true" }),
      el("b", { text: numbers.format(counts[band]) }),
      ` ${bandText(band)}`
    )
  );
  const name = languageName(column);
  return el(
    "section",
    { class: "card", "aria-label": name },
    el("h3", {}, name, el("span", { class: "median", text: medianText(column) })),
    histogram(column),
    el("p", { class: "bands" }, ...buttons),
    termText(column) ? el("p", { class: "counts", text: termText(column) }) : null
  );
}

/** The rows by the quality of one language, starting at the first row of this quality. */
function goToQuality(column, least) {
  filter = emptyFilter();
  changeOrder("worst", column);
  const row = shown.find((item) => qualityOf(item, column) >= least);
  if (row !== undefined) goTo(row, column);
}

/** Explain the marks if nearly every sentence has one. */
function showAdvice(checks) {
  $("advice").textContent = checks >= NEARLY_ALL * total ? t("summary.all", { n: checks, total }) : "";
}

function orderButtons() {
  return ORDERS.map((order) =>
    el("button", { type: "button", "data-order": order, text: t(`order.${order}`), onclick: () => changeOrder(order) })
  );
}

function markOrder() {
  for (const node of $("order").children) {
    node.setAttribute("aria-pressed", String(node.dataset.order === filter.order && !filter.orderBy));
  }
}

function filterBand(band) {
  filter = emptyFilter();
  filter.bands.add(band);
  applyFilter();
  refreshPanels();
  $("bar").scrollIntoView({ block: "start" });
}

function medianText(column) {
  const scored = data.targets[column - 1].quality.filter((value) => value >= 0).sort((a, b) => a - b);
  return scored.length ? t("summary.median", { value: quality(scored[(scored.length - 1) >> 1]) }) : "";
}

/** The distribution of qualities: bars in the colours of the bands, and the two thresholds. */
function histogram(column) {
  const bins = Array.from({ length: BINS }, () => ({}));
  data.targets[column - 1].quality.forEach((value, row) => {
    if (value < 0) return;
    const counts = bins[Math.min(BINS - 1, Math.floor((value * BINS) / 1000))];
    const band = bandOf(row, column);
    counts[band] = (counts[band] ?? 0) + 1;
  });
  const wholes = bins.map((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0));
  const highest = Math.max(1, ...wholes);
  const width = 250 / BINS;
  const bars = bins.map((counts, bin) => {
    const count = wholes[bin];
    const x = bin * width;
    const scale = Math.max(1.5, (count / highest) * 40) / count;
    let y = 42;
    const parts = BANDS.filter((band) => counts[band]).map((band) => {
      y -= counts[band] * scale;
      return svg("rect", { x: x + width / 10, y, width: width * 0.8, height: counts[band] * scale, class: band });
    });
    if (!count) return svg("g", {});
    const area = svg("rect", { x, y: 0, width, height: 42, class: "area" });
    const ends = [bin, bin + 1].map((end) => fineDecimals.format(end / BINS));
    area.append(svg("title", {}, `${ends.join("–")}: ${numbers.format(count)}`));
    area.addEventListener("click", () => goToQuality(column, (bin * 1000) / BINS));
    return svg("g", {}, ...parts, area);
  });
  const borders = [POOR_BELOW, GOOD_FROM].flatMap((border) => [
    svg("line", { x1: border / 4, x2: border / 4, y1: 4, y2: 46, class: "border" }),
    svg("text", { x: border / 4, y: 56, class: "tick" }, quality(border)),
  ]);
  const axis = svg("line", { x1: 0, x2: 250, y1: 42.5, y2: 42.5, class: "axis" });
  const label = t("summary.plot", { name: languageName(column) });
  return svg("svg", { viewBox: "0 0 250 58", role: "img", "aria-label": label, class: "plot" }, ...bars, axis, ...borders);
}

function termText(column) {
  const found = places.filter((place) => place.column === column);
  if (!found.length) return "";
  const right = found.filter((place) => RIGHT.has(place.outcome)).length;
  const said = t("summary.terms", { right, n: found.length, share: shares(right, found.length) });
  const inserted = found.filter((place) => INSERTED.has(place.outcome)).length;
  return inserted ? `${said} · ${t("summary.inserted", { inserted })}` : said;
}

function showAbout() {
  const { about } = data;
  const sources = data.documents.map((item) => item.title || item.id).filter(Boolean);
  const shownSources = sources.length > 12 ? [...sources.slice(0, 12), "…"] : sources;
  const facts = [
    ["about.sources", shownSources.join("; ")],
    ["about.translation", about.people ? t("about.people") : ""],
    ["about.model", [about.model, about.engine].filter(Boolean).join(" · ")],
    ["about.decoding", about.decoding],
    ["about.quality", about.quality],
    ["about.licences", about.licences.map(([name, what]) => (what ? `${name} (${what})` : name)).join("; ")],
    ["about.table", data.table],
  ];
  const filled = facts.filter(([, value]) => value);
  $("about").replaceChildren(
    ...filled.flatMap(([key, value]) => [el("dt", { text: t(key) }), el("dd", { lang: key === "about.quality" ? "en" : false }, el("bdi", { text: value }))])
  );
}
