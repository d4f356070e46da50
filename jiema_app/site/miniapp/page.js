/* The Mini App in Telegram's window: it lets its owner in, goes from view to view, and has
 * Telegram's own buttons, colours and haptics do what a page's would.
 *
 * The launch and the bearer stay in this module's memory. The address holds neither: see
 * serving/mini_app_page.py, whose script has taken the launch out of it before this one asks. */

import "./clock.js";

const root = document.documentElement;
const stage = document.querySelector("[data-stage]");
const HOME = "/tg";
const locale = root.dataset.mini;

await window.launched;
const app = window.Telegram?.WebApp;
const initData = app?.initData ?? "";
const can = (version) => Boolean(app?.isVersionAtLeast?.(version));

/* ---- Letting in ---- */

const KEY = "jiema-launch-key";
/** Renewed so long before it runs out. */
const AHEAD_MS = 5 * 60_000;
let bearer = "";
let endsAt = 0;
let isAsking = null;

/** A secret of this window's, which tells it from others that come with the same launch. */
const key = (() => {
  const made = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .slice(0, 22);
  try {
    const kept = sessionStorage.getItem(KEY) ?? made;
    sessionStorage.setItem(KEY, kept);
    return kept;
  } catch {
    return made; // it is full: this one lasts until the window is closed
  }
})();

/** Say why there is nothing to see: none, blocked, stale or refused. */
function shut(why) {
  bearer = "";
  root.dataset.launch = why;
  app?.MainButton?.hide();
}

/** Have a bearer, the one that is there or a new one; empty where there is none to be had. */
async function haveBearer(isNew = false) {
  if (!isNew && bearer && Date.now() < endsAt - AHEAD_MS) return bearer;
  isAsking ??= exchange().finally(() => (isAsking = null));
  return isAsking;
}

async function exchange(wait = 1000) {
  let answer, body;
  try {
    answer = await fetch("/api/auth/telegram/miniapp", {
      method: "POST",
      credentials: "omit",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ initData, key }),
    });
    body = await answer.json();
  } catch {
    answer = null; // no network, or half an answer
  }
  if (answer?.ok) {
    bearer = body.data.token;
    endsAt = Date.parse(body.data.expiresAt);
    return bearer;
  }
  if (answer?.status === 401) return shut("stale"), "";
  if (answer?.status === 403 || answer?.status === 404) return shut("refused"), "";
  const pause = Math.min(30_000, Number(answer?.headers.get("retry-after") ?? 0) * 1000 || wait);
  await new Promise((done) => setTimeout(done, pause));
  return exchange(wait * 2);
}

const enterForm = () => document.getElementById("mini-enter");

/** Hand the bearer over, in an event of this page's own connection. */
function enter(token) {
  const form = enterForm();
  form.elements.bearer.value = token;
  form.requestSubmit();
  form.elements.bearer.value = "";
}

let lastEntered = 0;
let refusalsSeen = 0;
let retry = 0;

/** Whenever the server does not know whose window this is: at each connection, and when an hour is over. */
async function answerStage() {
  const { hydrated, phase, refusals } = stage.dataset;
  if (!hydrated || phase !== "asks" || root.dataset.launch) return;
  const isRefused = Number(refusals) > refusalsSeen;
  refusalsSeen = Number(refusals);
  if (!isRefused && Date.now() - lastEntered < 3000) {
    clearTimeout(retry);
    retry = setTimeout(answerStage, 3000);
    return;
  }
  lastEntered = Date.now();
  const token = await haveBearer(isRefused);
  if (token) enter(token);
}

setInterval(async () => {
  if (document.hidden || !bearer || Date.now() < endsAt - AHEAD_MS || root.dataset.launch) return;
  const token = await haveBearer();
  if (token && stage.dataset.phase === "in") enter(token);
}, 20_000);

window.addEventListener("sending", ({ detail }) => {
  detail.headers.authorization = `Bearer ${bearer}`;
  detail.fields.set("locale", locale);
  const instead = new URLSearchParams(location.search).get("instead");
  if (instead) detail.fields.set("instead", instead);
  const wish = new URLSearchParams(location.search).get("for");
  if (wish && detail.fields.has("for")) detail.fields.set("for", wish);
});

/* ---- From view to view ---- */

const VIEWS = /^\/[a-z]{2,3}\/(?:(service|order)\/([\w.-]+)|account\/topup\/([\w-]+)|(orders|invite|browse)|account\/(topup|withdraw)|(account))$/;

/** The view of an address of the shop's; null where it has none. */
function viewOf(url) {
  if (url.origin !== location.origin) return null;
  if (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`)) return url.pathname + url.search;
  if (/^\/[a-z]{2,3}$/.test(url.pathname)) return HOME;
  const found = VIEWS.exec(url.pathname);
  if (!found) return null;
  const [, one, thing, recharge, all, money, account] = found;
  let path = HOME;
  if (one) path += `/${one}/${thing}`;
  else if (recharge) path += `/topup/${recharge}`;
  else if (money) path += `/${money}`;
  else if (account) path += "/more";
  else if (all !== "browse") path += `/${all}`;
  return path + url.search;
}

function go(address, { replace = false } = {}) {
  const url = new URL(address, location.origin);
  url.searchParams.set("lang", locale);
  const depth = history.state?.depth ?? 0;
  if (url.pathname + url.search === location.pathname + location.search) replace = true;
  history[replace ? "replaceState" : "pushState"]({ depth: replace ? depth : depth + 1 }, "", url);
  arrive();
}

function arrive() {
  document.activeElement?.blur?.();
  scrollTo({ top: 0, behavior: "instant" });
  document.getElementById("mini-arrive").click();
  showBack();
}
window.addEventListener("popstate", arrive);

function leave(url) {
  const address = url.href;
  if (/^https:\/\/t\.me\//.test(address) && can("6.1")) app.openTelegramLink(address);
  else if (app?.openLink && app.initData) app.openLink(address);
  else window.open(address, "_blank", "noopener");
}

/** Go where the shop would: to a view of it, or out of the window. */
function lead(address) {
  const url = new URL(address, location.href);
  if (/^\/[a-z]{2,3}\/login$/.test(url.pathname)) {
    void haveBearer(true).then((token) => token && enter(token));
    return;
  }
  const view = viewOf(url);
  if (view === null) leave(url);
  else go(view);
}

document.addEventListener("leading", (event) => {
  event.preventDefault();
  lead(event.detail);
});

// At the window, before any other script of the page hears of it.
window.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const url = new URL(link.href);
    if (url.pathname === location.pathname && url.hash) return;
    event.preventDefault();
    if (link.dataset.web !== undefined) leave(url);
    else lead(url);
  },
  true,
);
// Hours are somebody's own: those of the clock that they look at.
window.addEventListener(
  "submit",
  ({ target: form }) => {
    if (form.matches("[data-by-the-clock]")) form.elements.offset.value = String(-new Date().getTimezoneOffset());
  },
  true,
);
// Forms that a browser would load a page with: a search, a filter.
window.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    // Those of the state have no address: what they hold must never get into one.
    if (form.method !== "get" || !form.hasAttribute("action")) return;
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    lead(url);
  },
  true,
);

function showBack() {
  if (!can("6.1")) return;
  if (location.pathname === HOME) app.BackButton.hide();
  else app.BackButton.show();
}

function back() {
  const open = document.querySelector("dialog[open]");
  if (open) open.close();
  else if (history.state?.depth) history.back();
  else go(HOME, { replace: true });
}

/* ---- The main act of a view, on Telegram's own button ---- */

let target = null;

function mainAct() {
  if (root.dataset.launch || document.querySelector("dialog[open]")) return null;
  const all = stage.querySelectorAll("[data-main]");
  return [...all].find((one) => {
    if (one.closest(".hidden:not([data-choice] .hidden)")) return false;
    const row = one.closest("[data-choice]");
    return !row || row.querySelector("input:checked") !== null;
  });
}

function showMain() {
  const button = app?.MainButton;
  if (!button || root.dataset.mainButton === undefined) return;
  const before = target;
  target = mainAct() ?? null;
  if (target !== before) keepInView();
  if (!target) {
    button.hide();
    return;
  }
  const words = [...target.childNodes].map((part) => part.textContent).join(" ");
  const text = words.replace(/\s+/g, " ").trim().slice(0, 64);
  const isBusy = target.getAttribute("aria-busy") === "true";
  button.setParams({ text, is_visible: true, is_active: !isBusy && !target.disabled });
  if (isBusy) button.showProgress(true);
  else button.hideProgress();
}

/** The row that Telegram's button is about: the button takes room, and would push it out of sight. */
function keepInView() {
  target?.closest("[data-choice]")?.scrollIntoView({ block: "nearest" });
}

let isShowing = 0;
function showMainSoon() {
  isShowing ||= requestAnimationFrame(() => {
    isShowing = 0;
    showMain();
  });
}

/* ---- Haptics ---- */

const haptic = can("6.1") ? app.HapticFeedback : null;
let codes = new Map();

function feel() {
  for (const order of stage.querySelectorAll("[data-order]")) {
    const { order: id, smsCount } = order.dataset;
    if (codes.has(id) && Number(smsCount) > codes.get(id)) haptic?.notificationOccurred("success");
    codes.set(id, Number(smsCount));
  }
}

document.addEventListener("change", ({ target: field }) => {
  if (field.matches?.("[data-choice] input")) haptic?.selectionChanged();
  if (field.matches?.("[data-choose-language]")) void chooseLanguage(field.value);
  if (field.matches?.("[data-by-the-clock] select")) field.form.requestSubmit();
  showMainSoon();
});
document.addEventListener("refused", () => {
  haptic?.notificationOccurred("error");
  document.getElementById("mini-arrive").click(); // the price may have changed
});
document.addEventListener("click", ({ target: pressed }) => {
  if (pressed.closest?.("[data-copy]")) haptic?.notificationOccurred("success");
  // The number and the code themselves are as good to press as the buttons beside them.
  const shown = pressed.closest?.("[data-shown-code], [data-shown-number]");
  if (shown && !getSelection()?.toString()) shown.parentElement?.closest("section")?.querySelector("[data-copy]")?.click();
});

/* ---- Language ---- */

function openIn(lang) {
  const url = new URL(location.href);
  url.searchParams.set("lang", lang);
  // Telegram's script keeps the launch for the next document of this window, where it may. Else
  // that one is told, as this one was; it takes it out of its address likewise.
  if (root.dataset.storeless !== undefined) url.hash = new URLSearchParams(window.Telegram.WebView.initParams).toString();
  location.replace(url);
}

async function chooseLanguage(lang) {
  try {
    await fetch("/api/shop/language", {
      method: "POST",
      credentials: "omit",
      headers: { authorization: `Bearer ${await haveBearer()}` },
      body: new URLSearchParams({ lang }),
    });
  } catch {
    // It is chosen for this window at least.
  }
  openIn(lang);
}

function followAccount() {
  const { language } = stage.dataset;
  if (root.dataset.guess === undefined || !language || language === locale) return;
  delete root.dataset.guess;
  openIn(language);
}

/* ---- Colours ---- */

const HEX = /^#[0-9a-f]{6}$/i;
const light = (colour) => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};
const LEGIBLE = 4.5;

/** Telegram's colours for ours, as far as what is written in them can be read. */
function paint() {
  const theme = app.themeParams ?? {};
  const isDark = app.colorScheme === "dark";
  root.classList.toggle("dark", isDark);
  root.classList.toggle("light", !isDark);
  root.style.colorScheme = isDark ? "dark" : "light";
  const given = (...names) => names.map((name) => theme[name]).find((colour) => HEX.test(colour ?? ""));
  const set = (name, colour) => (colour ? root.style.setProperty(`--${name}`, colour) : root.style.removeProperty(`--${name}`));
  const surface = given("section_bg_color", "bg_color");
  const paper = given("secondary_bg_color", "bg_color") ?? surface;
  const ink = given("text_color");
  const isWhole = surface && paper && ink && contrast(ink, surface) >= LEGIBLE && contrast(ink, paper) >= LEGIBLE;
  const onGrounds = (colour) => isWhole && colour && contrast(colour, surface) >= LEGIBLE && contrast(colour, paper) >= LEGIBLE;
  set("surface", isWhole && surface);
  set("paper", isWhole && paper);
  set("ink", isWhole && ink);
  set("sunken", isWhole && `color-mix(in srgb, ${ink} 7%, ${surface})`);
  set("line", isWhole && `color-mix(in srgb, ${ink} 15%, ${surface})`);
  const muted = given("subtitle_text_color", "hint_color");
  set("muted", isWhole && (onGrounds(muted) ? muted : `color-mix(in srgb, ${ink} 72%, ${paper})`));
  const accent = given("accent_text_color", "link_color", "button_color");
  const onAccent = given("button_text_color");
  const isAccent = onGrounds(accent) && onAccent && contrast(onAccent, accent) >= LEGIBLE;
  set("accent", isAccent && accent);
  set("accent-strong", isAccent && accent);
  set("on-accent", isAccent && onAccent);
  set("tint", isAccent && `color-mix(in srgb, ${accent} 12%, ${surface})`);
  if (can("6.1")) {
    app.setHeaderColor?.(theme.secondary_bg_color ? "secondary_bg_color" : "bg_color");
    if (isWhole) app.setBackgroundColor?.(paper);
  }
  if (can("7.10") && isWhole) app.setBottomBarColor?.(surface);
}

/* ---- Links into the app: t.me/<bot>?startapp=order_<id> ---- */

const STARTS = /^(?:(service|order|topup)_([\w-]{1,80})|(orders|topup|invite|withdraw|more))$/;

/** The signed one decides who has invited somebody; where to go is anybody's wish. */
function followStart() {
  const found = STARTS.exec(app.initDataUnsafe?.start_param ?? "");
  if (!found || location.pathname !== HOME || history.state?.depth !== undefined) return;
  const [, kind, thing, all] = found;
  const url = new URL(`${HOME}/${all ?? `${kind}/${thing}`}`, location.origin);
  url.searchParams.set("lang", locale);
  history.replaceState({ depth: 0 }, "", HOME + location.search);
  history.pushState({ depth: 1 }, "", url);
}

/* ---- Begin ---- */

/** Whether a client of Telegram's is around this page. A launch alone may stand in anybody's link, and would
 * let who follows it into the account of who made it: they would top that up. Of sites only Telegram's may
 * frame this one. */
const isInTelegram = "TelegramWebviewProxy" in window || "notify" in (window.external ?? {}) || window.parent !== window;

/** Say whose account it is, where money is paid into it. */
function sayWhose() {
  const name = app.initDataUnsafe?.user?.first_name ?? "";
  for (const place of document.querySelectorAll("[data-whose]")) {
    if (place.textContent !== name) place.textContent = name;
  }
}

function begin() {
  if (!app) return shut("blocked");
  if (!initData || !isInTelegram) return shut("none");
  app.ready();
  app.expand();
  paint();
  app.onEvent("themeChanged", paint);
  // React draws in the colours that the system prefers, when it takes the page over.
  new MutationObserver(() => {
    if (root.classList.contains("dark") !== (app.colorScheme === "dark")) paint();
  }).observe(root, { attributes: true, attributeFilter: ["class"] });
  // The in-page button stands there for clients that have none of their own.
  root.dataset.mainButton = "";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html[data-main-button] [data-main]{display:none}");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  app.MainButton.onClick(() => target?.click());
  app.onEvent("viewportChanged", ({ isStateStable }) => isStateStable && keepInView());
  if (can("6.1")) app.BackButton.onClick(back);
  followStart();
  showBack();
  void haveBearer(); // while the page connects
  new MutationObserver(() => {
    void answerStage();
    followAccount();
    sayWhose();
    showMainSoon();
    feel();
  }).observe(stage, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-phase", "data-hydrated", "data-refusals", "data-view", "data-language", "aria-busy", "class", "open", "data-sms-count"],
  });
  void answerStage();
}
begin();
