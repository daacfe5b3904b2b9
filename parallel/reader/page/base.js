// Used by all parts: elements, storage, which may be unavailable, settings, and the texts of the interface.

const $ = (id) => document.getElementById(id);

/** Make an element. Text is always added as text, never as markup; `on…` properties are listeners. */
function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const kept = new Map();
let storageWorks = true;

/** Read from local storage; if it is unavailable, from what was stored during this visit. */
function recall(key) {
  try {
    const value = localStorage.getItem(key);
    return value === null && !storageWorks ? kept.get(key) ?? null : value;
  } catch {
    storageWorks = false;
    return kept.get(key) ?? null;
  }
}

/** Write to local storage; returns false if the value only lasts for this visit. */
function keep(key, value) {
  kept.set(key, value);
  try {
    localStorage.setItem(key, value);
    storageWorks = true;
  } catch {
    storageWorks = false;
  }
  return storageWorks;
}

function parsed(text, otherwise) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : otherwise;
  } catch {
    return otherwise;
  }
}

const SETTINGS = "egiz:settings";
const settings = {
  mode: "parallel", // or interlinear, source, target
  hidden: [],
  order: [],
  size: 0,
  theme: "auto", // or light, dark
  language: "",
  labels: false,
  changes: false,
  folded: false,
  words: true,
  shortcuts: true,
};

function loadSettings() {
  const found = parsed(recall(SETTINGS), {});
  for (const [key, value] of Object.entries(settings)) {
    const same = typeof found[key] === typeof value && Array.isArray(found[key]) === Array.isArray(value);
    if (same) settings[key] = found[key];
  }
}

function saveSettings() {
  keep(SETTINGS, JSON.stringify(settings));
}

let linkedWords = null; // what words.js gives, which is only in pages of linked words

const catalogues = JSON.parse($("catalogues").textContent);
let ui = "en";
let plural = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");
let percents = numbers;
let decimals = numbers;
let fineDecimals = numbers;

/** The language of the interface: the chosen one, else the page's, the browser's or English. */
function chooseInterface() {
  const wanted = [settings.language, catalogues.language, ...(navigator.languages || [])];
  ui = wanted.map((tag) => (tag || "").slice(0, 2)).find((tag) => catalogues.texts[tag]) || "en";
  const written = ui === "kk" ? "ru" : ui; // not every browser knows that Kazakh writes numbers as Russian does
  plural = new Intl.PluralRules([ui, "en"]);
  numbers = new Intl.NumberFormat(written);
  percents = new Intl.NumberFormat(ui, { style: "percent", maximumFractionDigits: 0 });
  decimals = new Intl.NumberFormat(written, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  fineDecimals = new Intl.NumberFormat(written, { minimumFractionDigits: 3 });
  document.documentElement.lang = ui;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of document.querySelectorAll("[data-t-placeholder]")) {
    node.placeholder = t(node.dataset.tPlaceholder);
  }
}

/** The text of a key; `{name}` in it is filled from `values`, and `values.n` chooses the plural form. */
function t(key, values = {}) {
  let text = catalogues.texts[ui][key];
  if (text === undefined) throw new Error(`no text ${key}`);
  if (typeof text === "object") text = text[plural.select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? numbers.format(value) : String(value);
  });
}

const hasText = (key) => catalogues.texts[ui][key] !== undefined;

/** Announce a text to users of screen readers. */
function announce(text) {
  $("live").textContent = "";
  requestAnimationFrame(() => ($("live").textContent = text));
}

const shares = (part, whole) => percents.format(whole ? part / whole : 0);
const quality = (value) => decimals.format(value / 1000);
