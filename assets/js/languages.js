/* Finding a language by any of its names: in the list of the header, which is whole without this, and
 * in the search of every page. Loaded, with the names, when one of them is first used. */

import { fold } from "./search.js";

const NAME_MAX = 60;
/** A text in Latin letters begins a foreign name by chance; others say much with one sign. */
const SAYS_LITTLE = /^[\0-\x7f]{0,2}$/;
const WORD_MIN = 4;

let loading = null;
let ready = null;

/** Names with a blank before each word. */
const folded = (names) => names.split("|").map((name) => ` ${fold(name)}`);

/** What the server wrote (site/pages/language_index.py), ready to be searched. */
export function prepare({ rows, all, ...texts }) {
  const languages = rows.map(([locale, label, here, first, others]) => ({
    kind: "language",
    key: locale,
    label,
    here,
    first: folded(first),
    others: folded(others),
  }));
  return { ...texts, languages, all: all.map((word) => fold(word)) };
}

/** The languages that a text names, or begins to; all of them for the word "language". */
export function findLanguages(index, text) {
  const query = fold(text.slice(0, NAME_MAX));
  if (!query) return [];
  const isLong = query.length >= WORD_MIN || !/^[\0-\x7f]*$/.test(query);
  if (isLong && index.all.some((word) => word.startsWith(query))) return index.languages;
  const by = (kind) => index.languages.filter((one) => one[kind].some((name) => name.includes(` ${query}`)));
  const found = by("first");
  return found.length || SAYS_LITTLE.test(query) ? found : by("others");
}

/** The names. Rejects when they cannot be fetched; asked again, it is tried again. */
export function loadLanguages() {
  loading ??= fetch(`/languages/${location.pathname.split("/")[1]}.json`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((data) => (ready = prepare(data)))
    .catch((trouble) => {
      loading = null;
      throw trouble;
    });
  return loading;
}

/** Other languages of this page that a text names, at most so many of them, or all for the word
 * "language"; none before they are loaded. */
export function languagesFor(text, most) {
  if (!ready) return [];
  const found = findLanguages(ready, text);
  return (found === ready.languages ? found : found.slice(0, most)).flatMap((one) => {
    const link = document.querySelector(`#languages a[data-locale="${one.key}"]:not([aria-current])`);
    if (!link) return []; // the page is not written in it
    keepPlace(link);
    const more = one.here === one.label ? ready.language : `${ready.language} · ${one.here}`;
    return [{ ...one, more, href: link.href, lang: link.lang, dir: link.firstElementChild.dir }];
  });
}

/** Query and anchor, for whoever opens a link in another tab. */
function keepPlace(link) {
  const url = new URL(link.href);
  [url.search, url.hash] = [location.search, location.hash];
  link.href = url.href;
}

/** What had the focus before the list was opened. */
let before = null;

/** The list was opened, or closed. */
export async function open(panel) {
  if (!panel.matches(":popover-open")) {
    // Browsers give it back to no button that stands in a menu.
    if (document.activeElement === document.body) before?.focus({ preventScroll: true });
    return;
  }
  before = document.activeElement;
  panel.querySelectorAll("a[data-locale]").forEach(keepPlace);
  let field = panel.querySelector("input");
  if (!field) {
    const index = await loadLanguages().catch(() => null);
    if (!index || panel.querySelector("input")) return;
    field = addField(panel.querySelector("ul"), index);
  }
  field.value = "";
  field.dispatchEvent(new Event("input"));
  // A keyboard on the screen would hide the list.
  if (panel.matches(":popover-open") && matchMedia("(pointer: fine)").matches) field.focus();
}

function addField(list, index) {
  const field = document.createElement("input");
  Object.assign(field, { type: "text", maxLength: NAME_MAX, autocomplete: "off", spellcheck: false, placeholder: index.find });
  field.setAttribute("inputmode", "search");
  field.setAttribute("autocapitalize", "none");
  field.setAttribute("aria-label", index.find);
  field.className = "mt-3 min-h-11 w-full rounded-xl border border-line-strong bg-surface px-3.5 text-base text-ink placeholder:text-muted";
  const notice = document.createElement("p");
  notice.setAttribute("role", "status");
  list.before(field, notice);
  const results = JSON.parse(document.getElementById("words")?.textContent ?? "{}").results ?? "%";
  const rows = [...list.children];
  let isMissing = false;
  field.addEventListener("input", () => {
    const typed = field.value.trim();
    const found = new Set(findLanguages(index, typed).map(({ key }) => key));
    const isHere = (row) => found.has(row.firstElementChild.dataset.locale);
    const here = rows.filter(isHere);
    isMissing = Boolean(typed) && !here.length;
    // Whoever looks for one that is not here sees what is.
    for (const row of rows) row.hidden = here.length > 0 && !here.includes(row);
    notice.className = isMissing ? "px-3 pt-3 text-sm text-muted" : "sr-only";
    const text = isMissing ? index.missing.replace("%", () => typed) : results.replace("%", String(here.length));
    notice.textContent = typed ? text : "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !field.value.trim() || isMissing) return;
    event.preventDefault();
    rows.find((row) => !row.hidden)?.firstElementChild.click();
  });
  return field;
}
