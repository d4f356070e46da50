/* Suggestions below a search field, as one types: services and countries, the best first and chosen
 * already, so that Enter opens it. An ARIA combobox: the focus stays in the field. */

import { languagesFor, loadLanguages } from "./languages.js";
import { find } from "./search.js";
import { loadIndex, loadedIndex } from "./search-index.js";

const LIMIT = 8;
/** Languages that are offered below what is on sale. */
const LANGUAGES = 2;
const POPULAR = { service: 5, country: 3 };
const OPTION =
  "flex min-h-12 items-center gap-3 rounded-xl px-3 py-1.5 text-start text-ink no-underline hover:bg-sunken aria-selected:bg-tint";
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const locale = document.documentElement.dataset.mini ?? location.pathname.split("/")[1];
let number = 0;

export const say = (name) => words[name] ?? "";

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function globe() {
  const place = make("span", "grid size-8 shrink-0 place-content-center text-muted");
  const drawing = document.querySelector('[popovertarget="languages"] svg')?.cloneNode(true);
  if (drawing) place.append(drawing);
  return place;
}

function picture({ kind, picture: drawing }) {
  if (kind === "language") return globe();
  if (drawing.startsWith("/")) {
    const image = make("img", kind === "country" ? "flag" : "tile");
    Object.assign(image, { src: drawing, alt: "", width: 32, height: kind === "country" ? 24 : 32 });
    return image;
  }
  const [hue, letters] = drawing.split(/ (.*)/s);
  const tile = make("span", "tile lettered", letters);
  tile.setAttribute("aria-hidden", "true");
  tile.dir = "ltr";
  tile.style.setProperty("--tile", "32px");
  tile.style.setProperty("--hue", hue);
  return tile;
}

function option(entry, id) {
  const { country } = entry;
  const name = make("span", "flex min-w-0 grow font-medium", make("bdi", "truncate", entry.label));
  // Of a long name and its country the name is cut.
  if (country) name.append("\u00a0·\u00a0", make("bdi", "max-w-[60%] shrink-0 truncate", country.label));
  const more = make("bdi", "max-w-[45%] shrink-0 truncate text-sm text-muted tabular-nums", (country ?? entry).more);
  if (country || entry.kind === "country") more.dir = "ltr";
  const link = make("a", OPTION, picture(entry), name, more);
  link.href = entry.href ?? `/${locale}/${entry.kind}/${entry.key}${country ? `?country=${country.key}` : ""}`;
  if (entry.kind === "language") {
    // It is chosen like a link of the header.
    link.dataset.locale = entry.key;
    link.hreflang = entry.lang;
    [name.lang, name.firstElementChild.dir] = [entry.lang, entry.dir];
  }
  link.id = id;
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  link.setAttribute("aria-selected", "false");
  return link;
}

/**
 * Make a field a combobox.
 *
 * @param {HTMLInputElement} input The field.
 * @param {HTMLElement} place Where suggestions are shown; empty before.
 * @param {{always?: boolean}} how Whether something is shown while nothing is typed.
 */
export function suggest(input, place, { always = false } = {}) {
  number += 1;
  const id = `suggestions-${number}`;
  const heading = make("p", "px-3 pt-2 pb-1 text-sm font-semibold text-muted", say("popular"));
  const list = make("div", "grid grid-cols-1");
  const notice = make("div", "px-3 py-8 text-center text-muted");
  const status = make("p", "sr-only");
  list.id = id;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? say("search"));
  status.setAttribute("role", "status");
  place.replaceChildren(heading, list, notice, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  let active = -1;
  let areLanguagesAsked = false;

  const options = () => [...list.children];

  /** @param {number} next Which is chosen; less than none: the last, when somebody walks there. */
  function choose(next, isWalk = true) {
    const all = options();
    all[active]?.setAttribute("aria-selected", "false");
    active = all.length ? (next + all.length) % all.length : -1;
    if (next < 0 && !isWalk) active = -1;
    const chosen = all[active];
    chosen?.setAttribute("aria-selected", "true");
    if (isWalk) chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function tell(title, text = "") {
    notice.replaceChildren(make("p", "text-base font-semibold text-ink", title));
    if (!text) return;
    const link = make("a", "mt-2 inline-block py-2 font-medium text-accent hover:underline", text);
    link.href = `/${locale}/browse`;
    notice.append(link);
  }

  function draw(entries, { isPopular = false, isChosen = !isPopular } = {}) {
    list.replaceChildren(...entries.map((entry, place_) => option(entry, `${id}-${place_}`)));
    heading.hidden = !isPopular;
    list.hidden = entries.length === 0; // a list box without options is none
    choose(isChosen && entries.length ? 0 : -1, false);
  }

  function show(isShown) {
    place.hidden = !isShown;
    input.setAttribute("aria-expanded", String(isShown && list.childElementCount > 0));
  }

  function popular(index) {
    return Object.entries(POPULAR).flatMap(([kind, count]) =>
      index.entries.filter((entry) => entry.kind === kind).slice(0, count),
    );
  }

  function update() {
    if (input.value) askForLanguages();
    const typed = input.value.trim();
    const index = loadedIndex();
    notice.hidden = true;
    if (!typed && !always) {
      draw([]);
    } else if (!index) {
      draw([]);
      tell(say("loading"));
      notice.hidden = false;
      loadIndex().then(update, () => {
        tell(say("offline"), say("browse"));
        notice.hidden = false;
      });
    } else if (typed) {
      const languages = languagesFor(typed, LANGUAGES);
      const onSale = find(index, typed, { limit: LIMIT - Math.min(languages.length, LANGUAGES) });
      // Whoever looks for the list chooses from it: Enter alone would lead into any of them.
      const isList = languages.length > LANGUAGES;
      const entries = isList ? [...languages, ...onSale] : [...onSale, ...languages];
      draw(entries, { isChosen: !isList });
      if (!entries.length) {
        tell(say("nothing"), say("browse"));
        notice.hidden = false;
      }
      status.textContent = entries.length ? say("results").replace("%", String(entries.length)) : say("nothing");
    } else {
      draw(popular(index), { isPopular: true });
    }
    show(always || Boolean(typed));
  }

  /** Once, when something is typed: few look for a language here. */
  function askForLanguages() {
    if (areLanguagesAsked) return;
    areLanguagesAsked = true;
    const show = () => languagesFor(input.value, LANGUAGES).length && update();
    loadLanguages().then(show, () => (areLanguagesAsked = false));
  }

  /** Enter came before the index: its answer comes with it, unless something else is typed by then. */
  function openWhenFound(typed) {
    const open = () => !place.closest("dialog:not([open])") && input.value === typed && options()[active]?.click();
    loadIndex().then(open, () => {}); // `update` says that nothing could be loaded
  }

  function onKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const isDown = event.key === "ArrowDown";
      if (place.hidden) update();
      else choose(active < 0 && !isDown ? -1 : active + (isDown ? 1 : -1));
    } else if (event.key === "Enter" && !place.hidden && options()[active]) {
      event.preventDefault();
      options()[active].click();
    } else if (event.key === "Enter" && always && !loadedIndex()) {
      openWhenFound(input.value);
    } else if (event.key === "Escape" && !always && !place.hidden) {
      event.preventDefault();
      show(false);
    }
  }

  // Heard before React, which stops events while it takes a page over.
  const mine = (act) => (event) => event.target === input && act(event);
  window.addEventListener("input", mine(update), true);
  window.addEventListener("keydown", mine(onKey), true);
  if (!always) {
    input.addEventListener("focus", () => input.value.trim() && update());
    document.addEventListener("pointerdown", (event) => {
      if (!place.contains(event.target) && event.target !== input) show(false);
    });
    input.addEventListener("blur", (event) => place.contains(event.relatedTarget) || show(false));
    // A press must not take the focus away before it is a click.
    place.addEventListener("pointerdown", (event) => event.preventDefault());
    place.addEventListener("mousedown", (event) => event.preventDefault());
  }
  loadIndex().catch(() => {});
  update();
  return update;
}
