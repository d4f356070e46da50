/* What pages that change by themselves do besides that: they correct the visitor's clock, ask
 * for news after sleep, a lost network or the end of a window, and tell in the title of a
 * hidden tab what became of what they show. Everything is read from attributes. */

const root = document.documentElement;
const page = document.querySelector("[data-live-page]");
/** The title while nothing is told in its place. */
let title = null;

/* ---- Something was asked for: React sends the event, the next answer ends the waiting ---- */

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  target?.closest("[data-act]")?.setAttribute("aria-busy", "true");
});

/* ---- Seeing what changed ---- */

let clockOf;
let skewOf;
let stage;

function look() {
  const shown = page.querySelector("[data-server-now]");
  if (!shown) return;
  setClock(Number(shown.dataset.serverNow));
  const { stage: now, headline } = shown.dataset;
  if (stage && now !== stage && headline && document.visibilityState !== "visible") {
    title ??= document.title;
    document.title = headline;
  }
  if (stage && now !== stage) showOutcome();
  stage = now;
}

/* What came of it stands above what was paid from, which may be all that is in view. */
function showOutcome() {
  const outcome = page.querySelector("[data-outcome-of-stage]");
  if (!outcome || document.activeElement?.matches("input, textarea")) return; // in the middle of a word
  const { top, bottom } = outcome.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  outcome.scrollIntoView({ block: "start", behavior: isCalm ? "instant" : "smooth" });
}

function setClock(serverNow) {
  if (!serverNow || serverNow === clockOf) return;
  clockOf = serverNow;
  for (const busy of page.querySelectorAll("[data-act][aria-busy]")) busy.removeAttribute("aria-busy");
  const skew = serverNow - Date.now() / 1000;
  // The way here takes a moment, now and then a long one, and makes our clock seem to be ahead: of
  // all that is heard the earliest is right. Else a late answer would set the time back.
  if (skewOf !== undefined && skew <= skewOf) return;
  skewOf = skew;
  // Only a clock that is really wrong is corrected.
  if (Math.abs(skew - Number(root.dataset.skew ?? 0)) <= 1) return;
  root.dataset.skew = String(skew);
  try {
    sessionStorage.setItem("skew", root.dataset.skew);
  } catch {
    // The next page finds out by itself.
  }
}

new MutationObserver(look).observe(page, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-stage", "data-server-now"],
});
look();

/* ---- Asking for news ---- */

let asked = Date.now();

function lookAgain() {
  if (!page.querySelector("[data-server-now]") || Date.now() - asked < 2000) return;
  asked = Date.now();
  // React listens to clicks on it. When the connection is gone, the click waits for the next.
  document.getElementById("look-again")?.click();
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  if (title !== null) document.title = title;
  title = null;
  lookAgain();
});
window.addEventListener("online", lookAgain);

/* A window that closes changes nothing in the database at that moment, so nobody announces it. */
setInterval(() => {
  const closesAt = Number(page.querySelector("[data-closes-at]")?.dataset.closesAt ?? 0);
  const now = Date.now() / 1000 + Number(root.dataset.skew ?? 0);
  if (closesAt && now > closesAt + 0.5 && clockOf < closesAt) lookAgain();
}, 1000);
