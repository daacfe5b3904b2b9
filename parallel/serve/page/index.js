"use strict";
// The page of a server: give a text or a file, see it translated, open what there is.
(() => {
const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const catalogues = JSON.parse($("catalogues").textContent);
const SETTINGS = "egiz:settings"; // the same as the reader's, so that both are in one language
const following = new Set();
let ui = "en";
let dropped = null;

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") node.textContent = value;
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

const t = (key, values = {}) => catalogues[ui][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

function settings() {
  try {
    return JSON.parse(localStorage.getItem(SETTINGS)) ?? {};
  } catch {
    return {};
  }
}

function chooseInterface(chosen) {
  const wanted = [chosen, settings().language, ...navigator.languages];
  ui = wanted.map((tag) => (tag || "").slice(0, 2)).find((tag) => catalogues[tag]) || "en";
  document.documentElement.lang = ui;
  $("interface").value = ui;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  $("kinds").textContent = facts.kinds.join(", ");
  $("only-model").textContent = facts.models.length === 1 ? `· ${t("model", { name: facts.models[0].name })}` : "";
  fillChoices();
}

/** The languages of the chosen model. */
const languages = () => (facts.models.find((item) => item.name === $("model").value) ?? facts.models[0]).languages;

/** In the interface's language where that has a name for it: browsers lack some in Kazakh. */
function languageName(code) {
  const own = catalogues[ui][`name.${code}`];
  if (own) return own;
  const known = facts.models.flatMap((item) => item.languages).find((item) => item.code === code)?.name ?? code;
  try {
    return new Intl.DisplayNames([ui], { type: "language", fallback: "none" }).of(code) ?? known;
  } catch {
    return known;
  }
}

function fillChoices() {
  const held = { source: $("source").value, targets: chosenTargets(), terms: $("terms").value };
  const fill = (node, items, isChosen) =>
    node.replaceChildren(...items.map(([value, text]) => {
      const option = el("option", { value, text });
      option.selected = isChosen(value);
      return option;
    }));
  const model = $("model").value || facts.models[0].name;
  fill($("model"), facts.models.map(({ name }) => [name, name]), (name) => name === model);
  $("with-models").hidden = facts.models.length === 1;
  const options = languages().map(({ code }) => [code, languageName(code)]);
  const codes = options.map(([code]) => code);
  fill($("source"), [["auto", t("auto")], ...options], (code) => code === (held.source || "auto"));
  const isTarget = (code) => (held.targets?.some((tag) => codes.includes(tag)) ? held.targets.includes(code) : code === (codes.includes("ru") ? "ru" : codes[0]));
  $("targets").replaceChildren(...options.map(([value, text]) => {
    const box = el("input", { type: "checkbox", value });
    box.checked = isTarget(value);
    return el("label", {}, box, ` ${text}`);
  }));
  offerTargets();
  const all = facts.terms.join(",");
  const bases = facts.terms.length > 1 ? [[all, facts.terms.join(" + ")]] : [];
  fill($("terms"), [...bases, ...facts.terms.map((name) => [name, name]), ["", t("none")]], (name) => name === (held.terms || all));
  $("with-terms").hidden = !facts.terms.length;
}

const targetBoxes = () => [...document.querySelectorAll("#targets input")];

/** The languages that are ticked; null before there are any to tick. */
const chosenTargets = () => (targetBoxes().length ? targetBoxes().filter((box) => box.checked && !box.disabled).map((box) => box.value) : null);

/** A text is not translated into its own language. */
function offerTargets() {
  for (const box of targetBoxes()) box.disabled = box.value === $("source").value;
}

/** Ask the server; where it wants a key, the form for it is shown. */
async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error(t("unreachable"));
  }
  if (answer.ok) return answer.json();
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 403) {
    $("keys").hidden = false;
    $("key").focus();
  }
  throw new Error(said.error ?? String(answer.status));
}

/** Something that a person has yet to give. */
class Missing extends Error {}

function showNotice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
  if (text) $("notice").scrollIntoView({ block: "nearest" });
}

const attempt = (work) => async (event) => {
  event?.preventDefault();
  try {
    if (event) showNotice(""); // what a person was told stays until that person does something else
    await work(event);
  } catch (error) {
    showNotice(error instanceof Missing ? error.message : t("wrong", { error: error.message }));
  }
};

async function enter() {
  const body = new URLSearchParams({ api_key: $("key").value });
  await ask("/session", { method: "POST", body });
  $("keys").hidden = true;
  $("key").value = "";
  await list();
}

/** Say what is missing, where it is missing. */
function refuse(id, text) {
  $(id).focus();
  throw new Missing(text);
}

async function start() {
  const form = new FormData();
  const file = dropped ?? $("file").files[0];
  if (!file && !$("text").value.trim()) return refuse("text", t("nothing"));
  if (!chosenTargets().length) return refuse("source", t("nowhere"));
  if (file && file.size > facts.longest) return refuse("file", t("large", { most: Math.floor(facts.longest / 2 ** 20) }));
  if (file) form.set("file", file);
  else form.set("text", $("text").value);
  form.set("model", $("model").value);
  form.set("source", $("source").value);
  form.set("targets", chosenTargets().join(","));
  form.set("terms", $("terms").value);
  form.set("title", $("title").value);
  const { id } = await ask("/documents", { method: "POST", body: form });
  for (const id of ["text", "file", "title"]) $(id).value = ""; // the languages stay for the next text
  dropped = null;
  showFile();
  await list();
  itemOf(id)?.scrollIntoView({ block: "nearest" });
}

function showFile() {
  const file = dropped ?? $("file").files[0];
  $("chosen").textContent = file ? t("chosen", { name: file.name }) : "";
}

async function list() {
  const documents = await ask("/documents");
  $("empty").hidden = documents.length > 0;
  $("documents").replaceChildren(...documents.map(documentItem));
  for (const item of documents) if (item.state === "waiting" || item.state === "building") follow(item.id);
}

const itemOf = (id) => [...document.querySelectorAll("#documents li")].find((node) => node.dataset.id === id);

const address = (id) => `/documents/${encodeURIComponent(id)}`;

function documentItem(item) {
  const node = el("li", { "data-id": item.id });
  if (item.state !== "done") {
    node.append(el("strong", { text: item.title }), " ", el("span", { class: "more", text: stateText(item) }));
    if (item.state !== "failed") node.append(el("progress", { max: item.total || 1, value: item.done, "aria-label": item.title }));
    if (item.first.length) node.append(firstSentences(item));
    return node;
  }
  const reviewed = Object.entries(item.reviewed).map(([tag, n]) => t("reviewed", { n, all: item.sentences, tag: languageName(tag) }));
  node.append(
    el("a", { href: address(item.id), text: item.title, "aria-label": `${t("open")}: ${item.title}` }),
    " ",
    el("span", { class: "more", text: `${languageName(item.source)} → ${item.targets.map(languageName).join(", ")}; ${reviewed.join(", ")}` }),
    el("details", {}, el("summary", { text: t("downloads") }), ...downloads(item))
  );
  return node;
}

/** Links to a document in its own format, in each language, and to both languages in the other formats. */
function downloads(item) {
  const link = (form, text) => el("a", { href: `${address(item.id)}/download/${form}`, text, download: "" });
  const same = item.same ? item.targets.map((tag) => link(`same?language=${tag}`, t("same", { form: item.same.slice(1).toUpperCase(), tag: languageName(tag) }))) : [];
  return [
    ...same.flatMap((node) => [node, el("br")]),
    el("span", { text: t("both") }),
    ...facts.downloads.flatMap((form, at) => [at ? ", " : " ", link(form, catalogues[ui][`form.${form}`] ?? form.toUpperCase())]),
  ];
}

function stateText(item) {
  if (item.state === "building" && item.total) return t("building", item);
  return item.state === "failed" ? t("failed", item) : t("waiting");
}

function firstSentences(item) {
  const rows = item.first.map(([source, ...targets]) =>
    el("p", { class: "first" }, el("span", { lang: item.source, text: source }), ...targets.flatMap((text, at) => [
      el("br"), el("span", { lang: item.targets[at], class: "more", text }),
    ]))
  );
  return el("details", { open: "" }, el("summary", { text: t("first") }), ...rows);
}

/** Show how far a document is until it is done. */
function follow(id) {
  if (following.has(id)) return;
  following.add(id);
  const events = new EventSource(`${address(id)}/events`);
  let shown = "";
  events.onerror = () => {
    if (events.readyState !== EventSource.CLOSED) return; // it connects again by itself
    following.delete(id);
    attempt(list)();
  };
  events.onmessage = ({ data }) => {
    if (data === shown) return undefined;
    shown = data;
    const item = { id, ...JSON.parse(data) };
    const old = itemOf(id);
    const title = old?.querySelector("strong")?.textContent ?? id;
    if (item.state === "done" || item.state === "failed") {
      events.close();
      following.delete(id);
      $("live").textContent = `${title}: ${item.state === "done" ? t("done") : t("failed", item)}`;
      if (item.state === "done") return void attempt(list)();
    }
    old?.replaceWith(documentItem({ ...item, title }));
    return undefined;
  };
}

$("interface").addEventListener("change", () => {
  try {
    localStorage.setItem(SETTINGS, JSON.stringify({ ...settings(), language: $("interface").value }));
  } catch {
    // The choice lasts for this visit.
  }
  chooseInterface($("interface").value);
  attempt(list)();
});
$("keys").addEventListener("submit", attempt(enter));
$("new").addEventListener("submit", attempt(start));
$("source").addEventListener("change", offerTargets);
$("model").addEventListener("change", fillChoices);
$("file").addEventListener("change", () => {
  dropped = null;
  showFile();
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    $("new").classList.toggle("over", name === "dragover");
    if (name !== "drop") return;
    dropped = event.dataTransfer.files[0] ?? null;
    showFile();
    $("start").focus();
  });
}
chooseInterface();
attempt(list)();
document.documentElement.dataset.ready = "yes";
})();
