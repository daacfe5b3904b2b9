// The headings of the text: marked in their rows, and listed in a panel as links.

// For each document, its headings by paragraph: level, and the title if it differs from the paragraph's text.
const headingsOf = data.documents.map(
  ({ headings }) => new Map((headings ?? []).map(([paragraph, level, title]) => [String(paragraph), { level, title }]))
);
const headingOf = (row) => headingsOf[documentAt[row]].get(paragraphOf(row));

/** Whether the text of a row is a heading; a chapter of the table of contents only begins at its row. */
const isHeading = (row) => !placeIn && headingOf(row) && !headingOf(row).title;

/** All entries in the order of the text: row, level, text. Several documents have an entry each. */
const outline = (() => {
  const entries = [];
  const several = data.documents.length > 1;
  let before = -1;
  for (let row = 0; row < total; row += 1) {
    const starts = before < 0 || documentAt[row] !== documentAt[before];
    const { id, title } = data.documents[documentAt[row]];
    if (several && starts) entries.push({ row, level: 0, text: title || id });
    const found = headingOf(row);
    if (found && (starts || paragraphOf(row) !== paragraphOf(before))) {
      entries.push({ row, level: found.level, text: found.title || texts[0][row] });
    }
    before = row;
  }
  return entries;
})();

function fillOutlinePanel() {
  const least = Math.min(...outline.map((entry) => entry.level));
  const items = outline.map(({ row, level, text }) => {
    const go = () => {
      closePanel();
      goTo(row, targetColumns[0]);
    };
    const link = el("button", { type: "button", class: "quiet entry", lang: data.languages[0].tag, dir: "auto", text, onclick: go });
    link.style.paddingInlineStart = `${(level - least) * 1.1 + 0.4}rem`;
    return el("li", {}, link);
  });
  $("outline-panel").replaceChildren(el("ol", { class: "outline" }, ...items));
}
