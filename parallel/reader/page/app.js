// Start: reads settings, sets the interface texts, lays out the rows and adds the event listeners.

function listen() {
  let waiting = 0;
  $("query").addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      filter.query = $("query").value;
      applyFilter();
    });
  });
  $("check").addEventListener("click", () => {
    filter.check = !filter.check;
    applyFilter();
    refreshPanels();
  });
  for (const name of Object.keys(PANELS)) $(name).addEventListener("click", () => togglePanel(name));
  $("terms-close").addEventListener("click", closePanel);
  $("terms-query").addEventListener("input", fillTermsPanel);
  $("help").addEventListener("click", showHelp);
  $("theme").addEventListener("click", nextTheme);
  $("nothing-clear").addEventListener("click", clearFilter);
  $("interface").addEventListener("change", () => changeSetting("language", $("interface").value));
  $("import-file").addEventListener("change", ({ target }) => {
    if (target.files[0]) importEdits(target.files[0]);
    target.value = "";
  });
  $("text").addEventListener("click", clicked);
  $("text").addEventListener("focusin", ({ target }) => {
    if (target.matches(".cell")) chooseCell(target);
  });
  document.addEventListener("keydown", pressed);
  document.addEventListener("pointerdown", ({ target }) => {
    const name = openPanel();
    if (name && name !== "terms" && !target.closest(".panel, .tools, dialog, #chips")) closePanel();
  });
  addEventListener("hashchange", goToHash);
  addEventListener("beforeprint", () => pieces.forEach(fill));
  new ResizeObserver(([{ target }]) => measureBar(target.offsetHeight)).observe($("bar"));
  addEventListener("storage", ({ key }) => {
    if (key !== REVIEW) return;
    loadReview();
    offerEarlier();
    if (!document.querySelector("#text textarea")) refreshAll();
  });
  addEventListener("pagehide", keepDraft);
  addEventListener("beforeunload", (event) => {
    keepDraft();
    if (!storageWorks && review.size) event.preventDefault();
  });
}

/** Choose the clicked cell, unless the click ends a selection of text. */
function clicked({ target }) {
  if (target.closest("button, textarea") || !getSelection().isCollapsed) return;
  const link = target.closest(".number a");
  const row = target.closest(".row");
  const cell = target.closest(".cell");
  if (link || !row || !cell) return;
  chooseCell(cell);
}

/** Choose the cell that a node shows, unless it is chosen already. */
function chooseCell(cell) {
  const row = Number(cell.closest(".row").dataset.row);
  const column = Number(cell.dataset.column);
  if (row !== current.row || column !== current.column) choose(row, column);
}

/** Go to the row or the document that the address names. */
function goToHash() {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    return; // an address that was cut off inside a character names no row
  }
  const row = name.startsWith("row-") ? rowNumbers.get(name.slice(4)) : undefined;
  if (row !== undefined) goTo(row, targetColumns[0]);
}

loadSettings();
loadReview();
chooseInterface();
applyLook();
showSummary();
applyFilter();
refreshCounts();
listen();
listenForTerms();
linkedWords?.listen();
offerEarlier();
goToHash();
whenIdle(() => foldAhead());
document.documentElement.dataset.ready = "yes";
$("plain").remove();
performance.mark("egiz-ready");
