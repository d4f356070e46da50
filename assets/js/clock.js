/* What pages show of time: what is left, and when something was in the visitor's own zone. */

const root = document.documentElement;

/* ---- Time that is left: <time data-countdown="unix seconds"> ---- */

function countDown() {
  // The server's clock decides, where a page has told how far off ours is (an order's page.js).
  const now = Date.now() / 1000 + Number(root.dataset.skew ?? 0);
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(0, Math.ceil(Number(element.dataset.countdown) - now));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const text = element.dataset.words?.replace("%", clock) ?? clock;
    if (element.textContent !== text) element.textContent = text;
    const whole = Number(element.dataset.whole);
    if (whole) {
      const ring = element.closest("[data-ring]");
      ring?.style.setProperty("--left", String(Math.min(1, left / whole)));
    }
  }
  // What has ended stands in the header for a moment only.
  for (const element of document.querySelectorAll("[data-gone-at]")) {
    const goneAt = Number(element.dataset.goneAt);
    element.hidden = goneAt > 0 && now > goneAt;
  }
}
/** At each full second, when all figures change: at any other pace one of them would be skipped. */
function tick() {
  countDown();
  const now = Date.now() + 1000 * Number(root.dataset.skew ?? 0);
  setTimeout(tick, 1005 - (((now % 1000) + 1000) % 1000));
}
// Before a page is told how far off the clock is, as the page before was told.
try {
  root.dataset.skew ??= sessionStorage.getItem("skew") ?? "0";
} catch {
  // No storage: right as soon as the page is told.
}
tick();
// Drawn anew in the same frame, not half a second later.
new MutationObserver(countDown).observe(root, { attributes: true, attributeFilter: ["data-skew"] });
document.addEventListener("visibilitychange", countDown);
/** Called at each change of the page, but for the long lists: no time is in them (catalogue.js). */
const onChange = (act) =>
  new MutationObserver((records) => records.some(({ target }) => !target.closest("[data-filter]")) && act());
onChange(countDown).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-countdown"],
});

/* ---- Times in the visitor's own zone: <time data-local datetime="…"> ---- */

function localTimes() {
  for (const element of document.querySelectorAll("time[data-local]")) {
    if (element.dataset.shown === element.dateTime) continue;
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const style = element.dataset.local === "time" ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    const tag = element.closest("[lang]")?.lang || "en";
    element.textContent = new Intl.DateTimeFormat(`${tag}-u-ca-gregory-nu-latn`, style).format(at);
    element.dataset.shown = element.dateTime;
  }
}
onChange(localTimes).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["datetime"],
});
localTimes();
