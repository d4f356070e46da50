/* Lists that narrow while one types: services and countries. The server wrote them, most of each
 * folded away, so that a page is light; they are unfolded, searched and put in order by list.js,
 * which is loaded when somebody is about to do so, or when the address asks for it.
 *
 *   [data-filter="service"]    around it all; what its rows are
 *     [data-filter-query]      search field       [data-filter-sort]   select
 *     [data-filter-stock]      checkbox           [data-filter-category="id"]  links
 *     [data-filter-count]      what is announced  [data-filter-none]   shown when nothing fits
 *     [data-filter-whole]      the list itself: one or more [data-filter-items], each perhaps with
 *                              <noscript data-rest> and [data-show-all] beside it
 *     [data-filter-results]    where copies of what was found are shown
 *     [data-filter-all]        shows the rest of them
 */

const PRESSED = "[data-filter-category], [data-filter-clear], [data-filter-all], [data-show-all]";
const FIELDS = "[data-filter-query], [data-filter-sort], [data-filter-stock]";
const ASKED = ["q", "category", "sort", "stock", "country"];

function startFilter(frame) {
  let list = null;
  const load = () =>
    (list ??= import("./list.js").then(
      ({ start }) => start(frame),
      () => ((list = null), null), // no connection: the next try loads it
    ));
  const isOurs = (target) => target instanceof Element && frame.contains(target);

  /* While React takes a page over it stops events on their way down, at the document: what must not
   * be missed is heard before, at the window. */
  const hear = (type, act) => window.addEventListener(type, (event) => isOurs(event.target) && act(event), true);

  for (const type of ["input", "change"]) {
    hear(type, async ({ target }) => {
      const isQuery = target.matches("[data-filter-query]");
      if (target.matches(FIELDS) && isQuery === (type === "input")) (await load())?.changed(target);
    });
  }
  hear("focusin", async ({ target }) => {
    if (target.matches(FIELDS)) (await load())?.prepare();
  });
  // Also before the list is there: whoever types fast has pressed it by then.
  hear("keydown", async (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (event.key === "Enter" && isPlain && event.target.matches("[data-filter-query]")) (await load())?.enter();
  });
  // What explains something is out of the way at once, without leaving what it explains.
  hear("keydown", ({ key, target }) => {
    if (key === "Escape" && target.matches("[aria-describedby]")) target.dataset.dismissed = "";
  });
  hear("focusout", ({ target }) => delete target.dataset.dismissed);
  hear("pointerdown", load);
  hear("click", async (event) => {
    // Not every browser opens what its link's target is folded into.
    if (event.target.closest("[data-more-open]")) document.querySelector("[data-more]").open = true;
    const pressed = event.target.closest(PRESSED);
    if (!pressed) return;
    event.preventDefault();
    (await load())?.press(pressed);
  });
  // The price has changed since the page was loaded.
  hear("refused", async ({ target, detail }) => (await load())?.refused(target, detail ?? {}));

  const given = new URL(location.href).searchParams;
  let isRemembered = false;
  try {
    isRemembered = localStorage.getItem(`sort:${frame.dataset.remember}`) !== null;
  } catch {
    // No storage: nothing is remembered.
  }
  if (isRemembered || location.hash || ASKED.some((name) => given.has(name))) load();
}

const frame = document.querySelector("[data-filter]");
if (frame) startFilter(frame);
