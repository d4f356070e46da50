/* Lists that narrow while one types: services and countries. The server wrote them whole,
 * so this only takes rows out, puts them in another order, and keeps the address in step:
 *
 *   [data-filter]            around it all
 *     [data-filter-query]    search field         [data-filter-sort]   select
 *     [data-filter-stock]    checkbox             [data-filter-category="id"]  links
 *     [data-filter-count]    what is announced    [data-filter-none]   shown when nothing fits
 *     [data-filter-items]    in a box of its own: <li data-words data-category data-price data-stock data-key> with
 *                            the name in <b><bdi>
 */

/** Text as it is compared: no case, no accents, words apart by one space, one before each. */
function fold(text) {
  const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD");
  return ` ${plain.replace(/\p{M}+/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim()}`;
}

/** Short words of Latin letters must begin a word: "us" is not in "Russia". */
const SHORT = /^ [a-z0-9]{1,2}$/;

/** Rows that are laid at once where nobody knows yet how many a screen holds. */
const FIRST = 32;
/** Rows that are laid in one go when nobody waits for them. */
const PIECE = 32;
/** Whoever has not typed for so long has time for rows that no screen holds yet: */
const REST_MS = 250;
/** one piece after the other, and time in between for the next key. */
const BETWEEN_MS = 60;
/** Whoever has emptied the search for so long types no more, and gets the list itself back. */
const BACK_MS = 1_500;
/** Rows that are read in one idle moment. */
const AHEAD = 64;

const whenIdle = window.requestIdleCallback ?? setTimeout;

function startFilter(frame) {
  const part = (name) => frame.querySelector(`[data-filter-${name}]`);
  const query = part("query");
  const sort = part("sort");
  const stock = part("stock");
  const count = part("count");
  const items = part("items");
  const none = part("none");
  const categories = [...frame.querySelectorAll("[data-filter-category]")];
  const language = frame.closest("[lang]")?.lang || "en";
  const figures = new Intl.NumberFormat(`${language}-u-nu-latn`);
  let category = "";

  const rows = [...items.children];
  const read = [];
  /** What is known of a row. Folding takes a while for a thousand of them. */
  function describe(element, position) {
    const { words = "", price, stock = "0", category = "" } = element.dataset;
    const name = element.querySelector("b bdi").textContent;
    const folded = fold(name);
    return {
      element,
      position,
      category,
      name,
      folded,
      text: `${folded}${words && fold(words)}`,
      price: price === undefined || stock === "0" ? Infinity : Number(price),
      stock: Number(stock),
    };
  }

  function entries() {
    while (read.length < rows.length) read.push(describe(rows[read.length], read.length));
    return read;
  }

  /** Read a little whenever the browser is idle, so that the first key finds it done. */
  function readAhead() {
    const to = Math.min(read.length + AHEAD, rows.length);
    while (read.length < to) read.push(describe(rows[read.length], read.length));
    if (to < rows.length) {
      whenIdle(readAhead);
    } else {
      measure();
      search("a"); // what ran once runs faster
    }
  }

  let names = null;
  const orders = {
    // The server wrote them by popularity.
    popular: (a, b) => a.position - b.position,
    price: (a, b) => (a.price === b.price ? 0 : a.price - b.price),
    stock: (a, b) => b.stock - a.stock,
    name: (a, b) => {
      names ??= new Intl.Collator(language, { numeric: true });
      return names.compare(a.name, b.name);
    },
  };

  /** How well a row fits: 0 begins with it, 1 a word begins with it, 2 holds it, -1 not. */
  function fit(entry, wanted, parts) {
    for (const part of parts) {
      if (!entry.text.includes(SHORT.test(part) ? part : part.slice(1))) return -1;
    }
    if (entry.folded.startsWith(wanted)) return 0;
    return entry.text.includes(wanted) ? 1 : 2;
  }

  /* While nothing is typed the list itself is shown. To take a thousand rows out of it would
   * take longer than a key may: so it is set aside, still drawn, and copies of what fits are
   * shown. */
  const whole = items.parentElement;
  const results = items.cloneNode(false);
  results.hidden = true;
  whole.after(results);

  function setAside(isAside) {
    if (CSS.supports("content-visibility", "hidden")) {
      whole.style.contentVisibility = isAside ? "hidden" : "";
      whole.style.height = isAside ? "0" : "";
    } else {
      whole.hidden = isAside;
    }
  }

  /* ---- Where the list stands: looked up beforehand, for after a change that takes a layout ---- */

  let place = null;
  function measure() {
    const above = frame.getBoundingClientRect().top;
    const list = shown();
    const [first, second] = list;
    place = { isAbove: above < 0, first: FIRST };
    if (!second) return;
    const wide = columns(list);
    const line = (list[wide] ?? second).offsetTop - first.offsetTop || first.offsetHeight;
    const room = innerHeight - first.parentElement.getBoundingClientRect().top + Math.min(above, 0);
    // A line more than fits: not all are of one height.
    if (line) place.first = Math.max(1, Math.ceil(room / line) + 1) * wide;
  }

  let waiting = [];
  let resting = 0;
  /** Show copies of rows: what the screen holds now, more when it is scrolled, all in time. */
  function lay(found, first, rest, then = layAll) {
    waiting = found;
    const now = copies(first);
    // They are seen, so they need not wait for the browser to find that out.
    for (const copy of now) copy.style.contentVisibility = "visible";
    results.replaceChildren(...now);
    clearTimeout(resting);
    resting = setTimeout(then, rest);
  }

  function copies(count) {
    const now = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return now.map(({ element }) => {
      const copy = element.cloneNode(true);
      copy.hidden = false;
      return copy;
    });
  }

  function layMore() {
    if (waiting.length) results.append(...copies(PIECE));
  }

  function layAll() {
    layMore();
    if (waiting.length) resting = setTimeout(layAll, BETWEEN_MS);
  }

  let sorted = [];
  let sortedBy = "";
  /** All rows, in the order that is chosen. */
  function inOrder() {
    if (sortedBy !== sort.value) {
      sortedBy = sort.value;
      sorted = entries().toSorted((a, b) => orders[sortedBy](a, b) || a.position - b.position);
    }
    return sorted;
  }

  let arranged = sort.value;
  let chosen = " false";
  /** Show the list itself, in the order that is chosen, without the rows that are not. */
  function arrange(found) {
    waiting = [];
    clearTimeout(resting);
    whenIdle(() => results.hidden && results.replaceChildren());
    if (arranged !== sort.value) {
      arranged = sort.value;
      items.replaceChildren(...inOrder().map((entry) => entry.element));
    }
    const choice = `${category} ${Boolean(stock?.checked)}`;
    if (choice === chosen) return;
    chosen = choice;
    const wanted = new Set(found);
    for (const entry of entries()) {
      if (entry.element.hidden === wanted.has(entry)) entry.element.hidden = !wanted.has(entry);
    }
  }

  /** The rows that are in stock and of the category, if that is asked for, and fit the words. */
  function search(words) {
    const wanted = fold(words);
    const parts = wanted.split(/(?= )/).filter((part) => part !== " ");
    const found = inOrder().filter(
      (entry) => (!category || entry.category === category) && (!stock?.checked || entry.stock > 0),
    );
    if (!parts.length) return found;
    for (const entry of found) entry.fit = fit(entry, wanted, parts);
    const only = (fits) => found.filter((entry) => fits(entry.fit));
    return sort.value === "popular"
      ? [0, 1, 2].flatMap((rank) => only((fit) => fit === rank))
      : only((fit) => fit >= 0);
  }

  function show(first = FIRST, rest = 0) {
    const found = search(query.value);
    const isSearch = fold(query.value) !== " ";
    // To show the list itself again takes longer than a key may: its first rows come before it.
    const isComingBack = !isSearch && rest > 0 && !results.hidden && found.length > first;
    const areCopies = isSearch || isComingBack;
    if (isSearch) lay(found, first, rest);
    else if (isComingBack) lay(found, first, BACK_MS, () => whenIdle(comeBack));
    else arrange(found);
    setAside(areCopies || found.length === 0);
    results.hidden = !areCopies || found.length === 0;
    none.hidden = found.length > 0;
    const words = count.dataset.words.replace("%", figures.format(found.length));
    if (count.textContent !== words) count.textContent = words;
  }

  /** The list itself in the place of copies of its first rows. Who walks along them walks on. */
  function comeBack() {
    if (fold(query.value) !== " ") return;
    const here = document.activeElement?.closest("[data-filter-items] > li");
    const position = here ? shown().indexOf(here) : -1;
    show();
    if (position >= 0) target(shown()[position])?.focus({ preventScroll: true });
  }

  const shown = () => [...(results.hidden ? items : results).children].filter((row) => !row.hidden);

  function choose(id) {
    category = categories.some((link) => link.dataset.filterCategory === id) ? id : "";
    for (const link of categories) {
      if (link.dataset.filterCategory === category) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /* ---- The address says what is shown, so that it can be kept, shared and come back to ---- */

  let writing = 0;
  function writeAddress() {
    clearTimeout(writing);
    writing = 0;
    const url = new URL(location.href);
    // Deleted first, so that they always stand in one order.
    const set = (name, value) => {
      url.searchParams.delete(name);
      if (value) url.searchParams.append(name, value);
    };
    set("q", query.value.trim());
    set("category", category);
    set("sort", sort.value === sort.options[0].value ? "" : sort.value);
    if (stock) set("stock", stock.checked ? "1" : "");
    url.hash = "";
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  function changed() {
    if (!place) measure();
    show(place.first, REST_MS);
    if (place.isAbove) frame.scrollIntoView({ block: "start", behavior: "instant" });
    // Browsers refuse more than some hundred changes of the address in half a minute.
    clearTimeout(writing);
    writing = setTimeout(writeAddress, 250);
  }

  function readAddress() {
    const given = new URL(location.href).searchParams;
    query.value = given.get("q") ?? "";
    const wish = given.get("sort");
    sort.value = [...sort.options].some((option) => option.value === wish) ? wish : sort.options[0].value;
    if (stock) stock.checked = given.get("stock") === "1";
    choose(given.get("category") ?? location.hash.slice(1));
    if (query.value || category || stock?.checked || sort.selectedIndex > 0) show();
  }

  function clear() {
    query.value = "";
    if (stock) stock.checked = false;
    choose("");
    changed();
    query.focus();
  }

  /* While React takes a page over it stops events on their way down, at the document: what
   * must not be missed is heard before, at the window. */
  const hear = (type, act) => window.addEventListener(type, act, true);

  hear("input", (event) => event.target === query && changed());
  hear("change", (event) => (event.target === sort || event.target === stock) && changed());
  hear("scroll", () => {
    place = null;
    layMore();
  });
  hear("resize", () => (place = null));
  hear("pagehide", () => writing && writeAddress());
  hear("click", (event) => {
    if (!(event.target instanceof Element) || !frame.contains(event.target)) return;
    const link = event.target.closest("[data-filter-category]");
    if (link) {
      event.preventDefault();
      choose(link.dataset.filterCategory);
      changed();
    } else if (event.target.closest("[data-filter-clear]")) {
      clear();
    }
  });

  /* ---- Keys: "/" to the search, Escape empties it, arrows walk through the list ---- */

  const target = (element) => element?.querySelector("button, a");

  function columns(list) {
    const next = list.findIndex((row) => row.offsetTop !== list[0].offsetTop);
    return next === -1 ? list.length : next;
  }

  function walk(event) {
    const here = event.target.closest("[data-filter-items] > li");
    const forward = getComputedStyle(items).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const list = shown();
    const width = columns(list);
    const steps = { ArrowDown: width, ArrowUp: -width };
    const isRow = items.hasAttribute("data-rows");
    if (!isRow) Object.assign(steps, { ArrowLeft: -1, ArrowRight: -1, [forward]: 1 });
    const step = steps[event.key];
    if (!here || !step) return;
    event.preventDefault();
    const to = list.indexOf(here) + step;
    if (to < 0) query.focus();
    else target(list[Math.min(to, list.length - 1)])?.focus();
  }

  hear("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      query.focus();
      query.select();
    } else if (event.target === query) {
      const first = target(shown()[0]);
      if (event.key === "Escape" && query.value) {
        event.preventDefault();
        query.value = "";
        changed();
      } else if (event.key === "ArrowDown" && first) {
        event.preventDefault();
        first.focus();
      } else if (event.key === "Enter" && query.value.trim() && !items.hasAttribute("data-rows")) {
        first?.click(); // a link; what a button does costs money, so it is pressed itself
      }
    } else if (event.key.startsWith("Arrow")) {
      walk(event);
    } else if (event.key === "Escape" && event.target.closest?.("[data-filter-items]")) {
      query.focus();
    }
  });

  /* ---- Somebody came for one row: ?country=my ---- */

  function showChosen() {
    const key = new URL(location.href).searchParams.get("country");
    if (!key) return;
    const row = rows.find((element) => element.dataset.key === key);
    const absent = part("absent");
    if (row) {
      row.dataset.chosen = "";
      row.scrollIntoView({ block: "center", behavior: "instant" });
    } else if (absent) {
      absent.hidden = false;
    }
  }

  /* ---- The price has changed since the page was loaded: the row shows the new one ---- */

  hear("refused", (event) => {
    const { price, priceCents, label } = event.detail ?? {};
    const key = event.target.closest("[data-filter-items] > li")?.dataset.key;
    if (!price || !key) return;
    // The row itself, and its copy if there is one.
    for (const row of frame.querySelectorAll(`li[data-key="${CSS.escape(key)}"]`)) {
      row.querySelector("data").value = String(priceCents);
      row.querySelector("data bdi").textContent = price;
      row.querySelector("[name=max_price_cents]").value = String(priceCents);
      row.querySelector("button").setAttribute("aria-label", label);
    }
  });

  readAddress();
  showChosen();
  whenIdle(readAhead);
}

const frame = document.querySelector("[data-filter]");
if (frame) startFilter(frame);
