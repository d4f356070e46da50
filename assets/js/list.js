/* A list that is searched and put in order: see catalogue.js, which loads this when it is needed. */

import { addressWriter, readAddress } from "./list-address.js";
import { listKeys } from "./list-keys.js";
import { Results } from "./list-results.js";
import { Rows, orders } from "./list-rows.js";
import { find, prepare } from "./search.js";
import { loadIndex, loadedIndex } from "./search-index.js";

/** Whoever has not typed for so long has time for rows that no screen holds yet. */
const REST_MS = 250;
/** So many rows of another order or category are shown before somebody asks for all of them. */
const FIRST_ROWS = 48;
/** Who pressed Enter waits so long for the index; after that the names of the rows must do. */
const INDEX_PATIENCE_MS = 2_000;

const whenIdle = window.requestIdleCallback ?? setTimeout;

/**
 * Take a list over, as its address says.
 *
 * @returns What catalogue.js hands on: what people do.
 */
export function start(frame) {
  const part = (name) => frame.querySelector(`[data-filter-${name}]`);
  const [query, sort, stock, count, none, whole, all] = ["query", "sort", "stock", "count", "none", "whole", "all"].map(part);
  const kind = frame.dataset.filter;
  const categories = [...frame.querySelectorAll("[data-filter-category]")];
  const language = frame.closest("[lang]")?.lang || "en";
  const figures = new Intl.NumberFormat(`${language}-u-nu-latn`);
  const rows = new Rows(whole);
  const results = new Results(frame, whole, part("results"));
  let category = "";

  /* ---- What is found ---- */

  /** While the index is not here: the names of the rows themselves. */
  let plain = null;
  const namesAlone = () =>
    (plain ??= prepare({
      same: {},
      letters: {},
      rows: rows.all().map(({ key, name }) => [kind === "country", key, name, "", "", name.toLowerCase(), ""]),
    }));

  function search(words) {
    let found = rows.all().filter((row) => (!category || row.category === category) && (!stock?.checked || row.stock > 0));
    const isFirstOrder = sort.selectedIndex === 0;
    if (words) {
      const hits = find(loadedIndex() ?? namesAlone(), words, { kind });
      const places = new Map(hits.map(({ key }, place) => [key, place]));
      found = found.filter(({ key }) => places.has(key));
      // In its first order a list has the best hit first.
      if (isFirstOrder) return found.sort((a, b) => places.get(a.key) - places.get(b.key));
    }
    const compare = orders[sort.value](language);
    return found.sort((a, b) => compare(a, b) || a.rank - b.rank);
  }

  function show(rest = 0) {
    const words = query.value.trim();
    const isWhole = !words && !category && !stock?.checked && sort.selectedIndex === 0;
    const total = Number(count.dataset.total);
    let shown = total;
    const rule = part("rule");
    if (rule) rule.hidden = sort.value !== "value";
    if (isWhole) {
      results.close();
    } else {
      const found = search(words);
      shown = found.length;
      results.show(found.map(({ element }) => element), rest, words ? Infinity : FIRST_ROWS);
    }
    all.hidden = !results.isFolded;
    if (results.isFolded) all.textContent = all.dataset.words.replace("%", figures.format(shown));
    none.hidden = shown > 0;
    const said = count.dataset.words.replace("%", figures.format(shown));
    if (count.textContent !== said) count.textContent = said;
  }

  const writeAddress = addressWriter(() => ({
    q: query.value.trim(),
    category,
    sort: sort.selectedIndex > 0 ? sort.value : "",
    ...(stock && { stock: stock.checked ? "1" : "" }),
  }));

  function changed() {
    const { isAbove } = results.measure();
    show(REST_MS);
    if (isAbove) frame.scrollIntoView({ block: "start", behavior: "instant" });
    writeAddress();
    if (query.value) prepareSearch();
  }

  /** Whoever walks along the results walks on: they are drawn anew. */
  function showAgain() {
    const key = document.activeElement?.closest("[data-filter-results] > li")?.dataset.key;
    show(REST_MS);
    if (key) results.list.querySelector(`li[data-key="${CSS.escape(key)}"] :is(a, button)`)?.focus();
  }

  let preparing = null;
  /** Fetch the index and unfold the rows, when somebody is about to search. */
  function prepareSearch() {
    if (preparing) return preparing;
    const ahead = () => rows.readAhead() && whenIdle(ahead);
    whenIdle(ahead);
    return (preparing = loadIndex().then(
      () => query.value.trim() && showAgain(),
      () => (preparing = null), // no connection: names alone, and another try at the next key
    ));
  }

  function choose(id) {
    category = categories.some((link) => link.dataset.filterCategory === id) ? id : "";
    for (const link of categories) {
      if (link.dataset.filterCategory === category) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** What the address says, and else what the fields say: somebody may have used them before we came. */
  function readState() {
    const given = readAddress();
    query.value = given.get("q") ?? query.value;
    const wish = given.get("sort") ?? (given.has("country") ? null : remembered());
    if ([...sort.options].some((option) => option.value === wish)) sort.value = wish;
    if (stock && given.has("stock")) stock.checked = given.get("stock") === "1";
    choose(given.get("category") ?? location.hash.slice(1));
    if (query.value || category || stock?.checked || sort.selectedIndex > 0) show();
    if (query.value) prepareSearch();
  }

  /* An order that somebody chose holds on the next page of this kind too. */
  const memory = frame.dataset.remember && `sort:${frame.dataset.remember}`;
  function remembered() {
    try {
      return memory ? localStorage.getItem(memory) : null;
    } catch {
      return null; // no storage: each page begins with its first order
    }
  }

  function remember() {
    try {
      if (memory && sort.selectedIndex > 0) localStorage.setItem(memory, sort.value);
      else if (memory) localStorage.removeItem(memory);
    } catch {
      // It lasts for this page.
    }
  }

  function empty() {
    query.value = "";
    changed();
  }

  /* ---- What people do ---- */

  // Heard at the window: while React takes a page over it stops events on their way down.
  const hear = (type, act) => window.addEventListener(type, act, true);
  const actions = {
    "[data-filter-category]": (link) => {
      choose(link.dataset.filterCategory);
      changed();
    },
    "[data-filter-clear]": () => {
      if (stock) stock.checked = false;
      choose("");
      empty();
      query.focus();
    },
    "[data-filter-all]": () => {
      const first = results.unfold();
      all.hidden = true;
      first?.querySelector("a, button")?.focus({ preventScroll: true });
    },
    "[data-show-all]": (button) => {
      const first = rows.open(button);
      first?.querySelector("a, button")?.focus({ preventScroll: true });
    },
  };

  hear("scroll", () => {
    results.forget();
    results.more();
  });
  hear("resize", () => results.forget());
  hear("keydown", listKeys({ frame, query, rows: () => results.rows(), empty }));

  /* ---- Somebody came for one row: ?country=my ---- */

  function showChosen() {
    const key = readAddress().get("country");
    if (!key) return;
    const row = rows.find(key);
    const absent = part("absent");
    if (row) {
      rows.reveal(row);
      row.dataset.chosen = "";
      row.scrollIntoView({ block: "center", behavior: "instant" });
    } else if (absent) {
      absent.hidden = false;
    }
  }

  /* ---- The price has changed since the page was loaded: the row shows the new one ---- */

  function refused(form, { price, priceCents, label }) {
    const key = form.closest("[data-filter-items] > li")?.dataset.key;
    if (!price || !key) return;
    const copies = frame.querySelectorAll(`li[data-key="${CSS.escape(key)}"]`);
    for (const row of new Set([rows.find(key), ...copies])) {
      row.querySelector("data").value = String(priceCents);
      row.querySelector("data bdi").textContent = price;
      row.querySelector("[name=max_price_cents]").value = String(priceCents);
      row.querySelector("button").setAttribute("aria-label", label);
    }
  }

  readState();
  showChosen();
  return {
    prepare: prepareSearch,
    refused,
    /** Something of the page was pressed. */
    press(element) {
      for (const [selector, act] of Object.entries(actions)) if (element.matches(selector)) act(element);
    },
    /** Enter in the search field: the best hit is opened, as soon as it is known. */
    async enter() {
      const words = query.value.trim();
      // Not where a row buys: what costs money is pressed itself.
      if (!words || frame.querySelector("[data-rows]")) return;
      await Promise.race([prepareSearch(), new Promise((resolve) => setTimeout(resolve, INDEX_PATIENCE_MS))]);
      if (query.value.trim() === words) results.rows()[0]?.querySelector("a")?.click();
    },
    /** A field says something else. */
    changed(field) {
      if (field === sort) remember();
      changed();
    },
  };
}
