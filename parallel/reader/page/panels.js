// Panels that open under the bar, the drawer of terms, and dialogs: one open at a time, closed by Escape.

const PANELS = {
  filter: () => fillFilterPanel(),
  outline: () => fillOutlinePanel(),
  view: () => fillViewPanel(),
  edits: () => fillEditsPanel(),
  terms: () => fillTermsPanel(),
};

const openPanel = () => Object.keys(PANELS).find((name) => !$(`${name}-panel`).hidden);

function togglePanel(name) {
  const wasOpen = openPanel();
  closePanel();
  if (wasOpen === name) return;
  PANELS[name]();
  $(`${name}-panel`).hidden = false;
  $(name).setAttribute("aria-expanded", "true");
  document.body.classList.toggle("drawer-open", name === "terms");
  const panel = $(`${name}-panel`);
  (panel.querySelector("input") ?? panel.querySelector("button"))?.focus();
}

/** Close what is open; returns whether anything was. Focus goes back to the button that opened it. */
function closePanel() {
  const name = openPanel();
  if (!name) return false;
  const inside = $(`${name}-panel`).contains(document.activeElement);
  $(`${name}-panel`).hidden = true;
  $(name).setAttribute("aria-expanded", "false");
  document.body.classList.remove("drawer-open");
  if (inside) $(name).focus();
  return true;
}

function refreshPanels() {
  const name = openPanel();
  if (name) PANELS[name]();
}

function group(title, ...children) {
  return el("fieldset", {}, el("legend", { text: title }), ...children);
}

function option(type, name, label, checked, onchange, count) {
  return el(
    "label",
    { class: "option" },
    el("input", { type, name, checked, onchange }),
    el("span", { text: label }),
    count === undefined ? null : el("b", { text: numbers.format(count) })
  );
}

function fillFilterPanel() {
  const groups = filterChoices().map(({ title, choices }) =>
    group(
      title,
      ...choices
        .map((choice) => ({ ...choice, count: countRows(choice.test) }))
        .filter((choice) => choice.count || choice.on())
        .map((choice) =>
          option("checkbox", "filter", choice.label, choice.on(), () => (choice.toggle(), applyFilter()), choice.count)
        )
    )
  );
  const orders = ORDERS.map((order) =>
    option("radio", "order", t(`order.${order}`), filter.order === order, () => changeOrder(order))
  );
  if (data.scored) groups.push(group(t("order.title"), ...orders));
  const full = groups.filter((node) => node.querySelector("label"));
  const clear = el("button", { type: "button", text: t("filter.clear"), onclick: clearFilter });
  $("filter-panel").replaceChildren(...full, el("p", { class: "actions" }, clear));
}

/** Show a dialog with these nodes and the focus in its first field; returns the value that closed its form. */
function ask(title, ...children) {
  const dialog = $("dialog");
  const close = el("button", { type: "button", class: "quiet close", "aria-label": t("close"), text: "×" });
  close.addEventListener("click", () => dialog.close(""));
  dialog.replaceChildren(el("h2", { id: "dialog-title", text: title }), close, ...children);
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector("textarea, input")?.focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true })
  );
}

/** The bar sticks to the top of the window, so rows that are scrolled to must stop below it. */
function measureBar(height) {
  document.documentElement.style.setProperty("--bar", `${Math.ceil(height)}px`);
}
