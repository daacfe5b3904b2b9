// The look of the page: columns and their order, reading mode, size, theme, language. All settings are stored.

const SIZES = [0.88, 1, 1.13, 1.27, 1.45, 1.7];
const MODES = ["parallel", "interlinear", "source", "target"];
const THEMES = ["auto", "light", "dark"];

function applyLook() {
  const root = document.documentElement;
  root.dataset.theme = settings.theme;
  root.style.setProperty("--scale", SIZES[settings.size + 1] ?? 1);
  $("theme").textContent = t(`theme.${settings.theme}`);
  $("interface").value = ui;
  $("terms").hidden = !places.length;
  $("outline").hidden = !outline.length;
}

function changeSetting(name, value) {
  settings[name] = value;
  saveSettings();
  refreshAll();
}

/** Draw everything again from the settings, and stay at the row being read. */
function refreshAll() {
  const row = current.row >= 0 ? current.row : readingRow();
  chooseInterface();
  forgetFolded();
  applyLook();
  showSummary();
  applyFilter();
  refreshCounts();
  refreshPanels();
  if (row > 0 && pieceOf.has(row)) {
    rowNode(row).scrollIntoView({ block: current.row >= 0 ? "center" : "start" });
    if (current.row >= 0) choose(row, current.column, { focus: false });
  }
}

const readingRow = () => ($("text").getBoundingClientRect().top < 0 ? topRow() : -1);

function fillViewPanel() {
  const modes = MODES.map((mode) =>
    option("radio", "mode", t(`mode.${mode}`), settings.mode === mode, () => changeSetting("mode", mode))
  );
  const toggle = (name, key) =>
    option("checkbox", name, t(key), settings[name], () => changeSetting(name, !settings[name]));
  const focused = document.activeElement?.id;
  const held = document.activeElement?.name && { name: document.activeElement.name, at: namesakes().indexOf(document.activeElement) };
  $("view-panel").replaceChildren(
    group(t("view.mode"), ...modes),
    group(t("view.columns"), ...columnRows()),
    group(
      t("view.text"),
      sizeRow(),
      toggle("changes", "view.changes"),
      linkedWords ? toggle("words", "view.words") : null,
      toggle("labels", "view.labels"),
      toggle("folded", "view.folded")
    ),
    group(t("view.keys"), toggle("shortcuts", "view.shortcuts")),
    el("p", { class: "actions" }, el("button", { type: "button", id: "print", text: t("view.print"), onclick: () => print() }))
  );
  if (focused && !document.activeElement.id) $(focused)?.focus();
  else if (held) namesakes(held.name)[held.at]?.focus();
}

/** The controls of the panel with this name, or with the name of the control in use. */
function namesakes(name = document.activeElement?.name) {
  return [...$("view-panel").querySelectorAll("input")].filter((node) => node.name === name);
}

/** A line for each language: whether it is shown, and its position among the columns. */
function columnRows() {
  const tags = data.languages.map((item) => item.tag);
  const known = settings.order.filter((tag) => tags.includes(tag));
  const ordered = [...known, ...tags.filter((tag) => !known.includes(tag))];
  return ordered.map((tag, place) => {
    const column = tags.indexOf(tag);
    const isShown = !settings.hidden.includes(tag);
    const name = languageName(column);
    const show = () =>
      changeSetting("hidden", isShown ? [...settings.hidden, tag] : settings.hidden.filter((item) => item !== tag));
    const move = (by) => {
      const order = [...ordered];
      order.splice(place, 1);
      order.splice(place + by, 0, tag);
      changeSetting("order", order);
      $(`move${by}-${tag}`)?.focus();
    };
    const mover = (by, sign, key) =>
      el("button", {
        type: "button", class: "quiet", id: `move${by}-${tag}`, text: sign, "aria-label": t(key, { name }),
        "aria-disabled": String(!ordered[place + by]), onclick: () => ordered[place + by] && move(by),
      });
    return el(
      "div",
      { class: "column-row" },
      option("checkbox", "column", name, isShown, show),
      mover(-1, "←", "view.left"),
      mover(1, "→", "view.right")
    );
  });
}

function sizeRow() {
  const sized = (by) => resize(by);
  return el(
    "div",
    { class: "column-row" },
    el("span", { class: "option", text: t("view.size") }),
    el("button", { type: "button", id: "smaller", class: "quiet", text: "A−", "aria-label": t("view.smaller"), onclick: () => sized(-1) }),
    el("button", { type: "button", id: "larger", class: "quiet", text: "A+", "aria-label": t("view.larger"), onclick: () => sized(1) })
  );
}

function resize(by) {
  const size = settings.size + by;
  if (size >= -1 && size <= SIZES.length - 2) changeSetting("size", size);
}

const nextTheme = () =>
  changeSetting("theme", THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length]);
