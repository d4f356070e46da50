/* What pages do in the browser besides showing what they are told. Everything works by
 * attributes and events on the document, so it does not matter who drew an element, the
 * server or React, or when. Without this script forms still post and links still lead. */

const root = document.documentElement;
// A guest's page shows no time, but for examples.
const showsTime = () => document.querySelector("[data-countdown], time[data-local], [data-live-page]");
if (root.dataset.visitor === "member" || showsTime()) import("./clock.js");
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/* ---- The search of every page: "/", Ctrl-K or its button. It is loaded when it is asked for ---- */

/** What was typed while it is loaded; null when it is not. */
let typedAhead = null;

async function search() {
  if (typedAhead !== null) return;
  typedAhead = "";
  try {
    const { toggle } = await import("./palette.js");
    toggle(typedAhead);
  } catch {
    location.assign(`/${location.pathname.split("/")[1]}/browse`); // no connection, perhaps: the browser says so
  }
  typedAhead = null;
}

// At the window: while React takes a page over it stops events on their way down, at the document.
window.addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing || event.altKey) return;
    const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (typedAhead !== null && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      typedAhead += event.key;
      return;
    }
    const isLetter = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping;
    const isBusy = document.querySelector("dialog[open]:not(#search)");
    if (isBusy || !(isLetter || isSlash)) return;
    event.preventDefault();
    search();
  },
  true,
);

/* ---- A search field that suggests: <input data-suggest="id of the place"> ---- */

async function suggestFor(input) {
  if (input.dataset.suggesting !== undefined) return;
  input.dataset.suggesting = "";
  const place = document.getElementById(input.dataset.suggest);
  // Without it the form around the field still leads to the list.
  if (place) (await import("./suggest.js").catch(() => null))?.suggest(input, place);
}
window.addEventListener("focusin", ({ target }) => target.matches?.("[data-suggest]") && suggestFor(target), true);
if (document.activeElement?.matches("[data-suggest]")) suggestFor(document.activeElement);

/* ---- Small messages at the bottom of the page ---- */

export function toast(text, mood = "neutral", more = []) {
  const line = document.createElement("p");
  line.className =
    "toast max-w-md rounded-xl bg-ink px-4 py-3 text-sm leading-relaxed text-paper shadow-xl shadow-black/20 data-[mood=bad]:bg-danger-tint data-[mood=bad]:text-danger";
  line.dataset.mood = mood;
  line.textContent = text;
  for (const { href, label } of more) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = label;
    link.className = "pointer-events-auto me-4 inline-block py-2 font-semibold underline underline-offset-4";
    line.append(" ", link);
  }
  document.getElementById("toasts")?.append(line);
  setTimeout(() => line.remove(), more.length ? 12000 : 6000);
}

/* ---- Light and dark ---- */

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
let theme = "system";
try {
  theme = localStorage.getItem("theme") ?? theme;
} catch {
  // Private windows may have no storage: the choice lasts for this page.
}

/* A script in the head has drawn the page so already (Reflex's, which knows the same three words). */
function applyTheme() {
  if (root.dataset.mini !== undefined) return; // Telegram's: see site/miniapp/page.js
  const now = theme === "system" ? (prefersDark.matches ? "dark" : "light") : theme;
  root.classList.remove("light", "dark");
  root.classList.add(now);
  root.style.colorScheme = now;
  const paper = getComputedStyle(root).getPropertyValue("--paper");
  for (const bar of document.querySelectorAll("meta[name=theme-color]")) bar.content = paper;
  for (const choice of document.querySelectorAll("[data-theme-choice]")) {
    choice.setAttribute("aria-pressed", String(choice.dataset.themeChoice === theme));
  }
}

function chooseTheme(wish) {
  theme = wish;
  applyTheme();
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // As above.
  }
}
applyTheme();
// In another tab, and by the system. After React, which follows what it knew when it began.
window.addEventListener("storage", ({ key, newValue }) => {
  if (key !== "theme" || !newValue) return;
  theme = newValue;
  applyTheme();
});
prefersDark.addEventListener("change", () => setTimeout(applyTheme, 100));

/* ---- The tab of this page is in sight, however many there are ---- */

for (const tabs of document.querySelectorAll("[data-tabs]")) {
  const [row, here] = [tabs, tabs.querySelector("[aria-current]")].map((one) => one?.getBoundingClientRect());
  if (here) tabs.scrollLeft += (here.left + here.right - row.left - row.right) / 2;
  // Where there is more, the row fades. From right to left it scrolls below nought.
  const fade = () => {
    const passed = Math.abs(tabs.scrollLeft);
    tabs.toggleAttribute("data-before", passed > 2);
    tabs.toggleAttribute("data-after", passed + tabs.clientWidth < tabs.scrollWidth - 2);
  };
  tabs.addEventListener("scroll", fade, { passive: true });
  window.addEventListener("resize", fade);
  fade();
}

/* ---- Whoever used a control that has gone stays where it was ---- */

let trail = [];
document.addEventListener("focusin", ({ target }) => {
  trail = [];
  for (let element = target; element && element !== document.body; element = element.parentElement) {
    trail.push(element);
  }
});
new MutationObserver(() => {
  // The browser gives the focus of what is removed to nobody: the next Tab would begin at the
  // top of the page, and a screen reader would fall silent.
  if (!trail.length || trail[0].isConnected || document.activeElement !== document.body) return;
  // Not what has no box: a focus that nobody sees is none.
  const place = trail.find((element) => element.isConnected && element.offsetWidth && element.offsetHeight);
  trail = [];
  if (!place) return;
  if (place.tabIndex < 0 && !place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}).observe(document.body, { subtree: true, childList: true });

/* ---- Copying ---- */

async function copy(button) {
  const text = button.dataset.copy ?? codeBeside(button);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No permission, or plain http on another host: the old way.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  button.dataset.copied = "";
  toast(words.copied ?? "Copied", "good");
  clearTimeout(button.copyTimer);
  button.copyTimer = setTimeout(() => delete button.dataset.copied, 2000);
}

function codeBeside(button) {
  const shown = [...button.closest("[data-code]").querySelectorAll("pre")].find((pre) => pre.offsetParent);
  return shown?.textContent ?? "";
}

/* ---- The sign-in page: where to go afterwards, and what went wrong before ---- */

function readSignInAddress() {
  const query = new URLSearchParams(location.search);
  const next = query.get("next");
  if (next) {
    for (const anchor of document.querySelectorAll("[data-provider]")) {
      const url = new URL(anchor.href);
      url.searchParams.set("next", next);
      anchor.href = url.href;
    }
    const onward = document.querySelector("[data-onward]");
    // The server checks where the providers lead back to; here it is only ever a path of ours.
    const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
    // The path alone may still be another host's: "//host", of "/.//host".
    const isOurs = url?.origin === location.origin && !url.pathname.startsWith("//");
    if (onward && isOurs) onward.href = url.pathname + url.search;
  }
  for (const outcome of document.querySelectorAll("[data-outcome]")) {
    outcome.hidden = outcome.dataset.outcome !== query.get("error");
  }
}
if (document.querySelector("[data-provider]")) readSignInAddress();

/* ---- Signing in leads back to where one was ---- */

function rememberPlace(anchor) {
  const url = new URL(anchor.href);
  if (!location.pathname.endsWith("/login")) {
    url.searchParams.set("next", location.pathname + location.search);
    anchor.href = url.href;
  }
}

/* ---- Choosing a language keeps the page and is remembered ---- */

function chooseLanguage(anchor) {
  const lang = anchor.dataset.locale;
  document.cookie = `locale=${lang}; path=/; max-age=31536000; samesite=lax`;
  if (root.dataset.visitor === "member") {
    // With the account, too. Nobody waits for it: the page is being left.
    fetch("/api/shop/language", { method: "POST", body: new URLSearchParams({ lang }), keepalive: true }).catch(() => {});
  }
  const url = new URL(anchor.href);
  const [, , ...rest] = location.pathname.split("/");
  url.pathname = ["", lang, ...rest].join("/");
  [url.search, url.hash] = [location.search, location.hash];
  anchor.href = url.href;
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const copied = target.closest("[data-copy], [data-copy-code]");
  if (copied) return void copy(copied);
  if (target.closest("[data-search]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    return void search();
  }
  const themed = target.closest("[data-theme-choice]");
  if (themed) return void chooseTheme(themed.dataset.themeChoice);
  const opener = target.closest("[data-dialog-open]");
  if (opener) return void document.getElementById(opener.dataset.dialogOpen)?.showModal();
  if (target.closest("[data-dialog-close]")) return void target.closest("dialog")?.close();
  const dialog = target.closest("dialog");
  // A click on the backdrop is a click on the dialog itself, outside of its content.
  if (dialog && target === dialog) return void dialog.close();
  const language = target.closest("[data-locale]");
  if (language) return void chooseLanguage(language);
  const signIn = target.closest("[data-sign-in]");
  if (signIn) rememberPlace(signIn);
});

/* ---- A service's page, come to in search of another number: ?instead=order ---- */

const swap = document.querySelector("[data-swap]");
let instead = swap && new URLSearchParams(location.search).get("instead");
if (instead) swap.hidden = false;

/** The old order is replaced: whoever comes back to this page buys one more. */
function forgetSwap() {
  instead = null;
  swap.hidden = true;
  const url = new URL(location.href);
  url.searchParams.delete("instead");
  history.replaceState(history.state, "", url);
}

/* ---- Forms that would load a page only to say "no" say it here ---- */

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-enhanced]")) return;
  // A guest is led to sign in, by the plain form. Some forms are for guests too.
  if (root.dataset.visitor !== "member" && form.dataset.forAnybody === undefined) return;
  event.preventDefault();
  if (form.dataset.busy !== undefined) return;
  const button = event.submitter ?? form.querySelector("[type=submit]");
  form.dataset.busy = "";
  button?.setAttribute("aria-busy", "true");
  try {
    // One key for one intention: a repeated click, or a retry after a lost answer, buys once.
    form.dataset.key ??= crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    const fields = new URLSearchParams(new FormData(form));
    if (instead) fields.set("instead", instead);
    const headers = { accept: "application/json", "idempotency-key": form.dataset.key };
    // The Mini App has more to say: who sends it.
    form.dispatchEvent(new CustomEvent("sending", { bubbles: true, detail: { headers, fields } }));
    const answer = await fetch(form.action, {
      method: "POST",
      headers,
      body: fields,
      credentials: "same-origin",
    });
    const body = await answer.json().catch(() => null);
    if (answer.ok && body?.data?.location) {
      if (instead) forgetSwap();
      if (lead(body.data.location)) return; // stays busy until the next page is there
      delete form.dataset.key;
      return void rest(form, button);
    }
    delete form.dataset.key;
    if (answer.ok && body?.data?.notice) return void done(form, button, body.data.notice);
    if (body?.details?.location) {
      if (!lead(body.details.location)) rest(form, button);
      return;
    }
    form.dispatchEvent(new CustomEvent("refused", { bubbles: true, detail: body?.details }));
    refuse(form, body);
  } catch {
    // The answer was lost, not necessarily the order: the key stays for the next try.
    toast(words.offline ?? "Couldn't connect. Try again.", "bad");
  }
  rest(form, button);
});

/** Go to another page. Returns false where that is a view of this one: the Mini App takes it over. */
function lead(address) {
  const isLoaded = document.dispatchEvent(new CustomEvent("leading", { cancelable: true, detail: address }));
  if (isLoaded) location.assign(address);
  return isLoaded;
}

function rest(form, button) {
  delete form.dataset.busy;
  button?.removeAttribute("aria-busy");
}

function done(form, button, notice) {
  rest(form, button);
  toast(notice, "good");
}

function refuse(form, body) {
  // Whoever agrees to the new price presses again.
  const ceiling = form.elements.max_price_cents;
  if (body?.details?.priceCents && ceiling) ceiling.value = String(body.details.priceCents);
  const notice = body?.details?.notice ?? body?.message ?? words.failed ?? "That didn't work. Try again.";
  // Some forms have a place of their own for it.
  const place = form.querySelector("[data-refusal]");
  if (!place) return void toast(notice, "bad", body?.details?.more);
  place.textContent = notice;
  place.hidden = false;
  const field = form.querySelector("input[aria-invalid],textarea[aria-invalid]");
  field?.setAttribute("aria-invalid", String(body?.code === "BAD_REQUEST"));
  if (body?.code === "BAD_REQUEST") field?.focus();
}

/* ---- Whoever sent a form is led to the field that is wrong ---- */

let sent = null;
document.addEventListener(
  "submit",
  ({ target }) => {
    sent = target;
    // It was wrong before, and nothing will say so anew if it still is.
    target.querySelector("[aria-invalid=true]")?.focus();
  },
  true,
);
new MutationObserver((records) => {
  const wrong = records.map(({ target }) => target).find((field) => field.ariaInvalid === "true" && sent?.contains(field));
  if (!wrong) return;
  sent = null;
  wrong.focus();
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-invalid"] });

/* ---- Back from the next page, out of the browser's memory ---- */

/* It keeps a page as it stands, with somebody's orders, also when they have signed out since. A page
 * that a guest opened shows them too, when they signed in elsewhere and it was connected anew. */
let isMembers = false;
function noteMember() {
  isMembers ||= /(?:^|; )signed_in=1/.test(document.cookie);
}
noteMember();
document.addEventListener("visibilitychange", noteMember);
window.addEventListener("pagehide", (event) => {
  noteMember();
  document.documentElement.hidden = isMembers && event.persisted;
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (isMembers) return location.reload();
  // Nothing is busy any more.
  for (const busy of document.querySelectorAll("[data-busy], [aria-busy]")) {
    delete busy.dataset.busy;
    busy.removeAttribute("aria-busy");
  }
});

if ("serviceWorker" in navigator && (location.protocol === "https:" || location.hostname === "localhost")) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

/* ---- What only one kind of page needs ---- */

if (document.querySelector("[data-live-page]")) import("./live-page.js");
if (document.querySelector("[data-example-tabs]")) import("./examples.js");
if (document.querySelector("[data-amounts]")) import("./amounts.js");
if (document.querySelector("[data-order-page]")) import("./order.js");
document.addEventListener(
  "toggle",
  async ({ target }) => {
    // Without it the list is there all the same.
    if (target.id === "languages") return void (await import("./languages.js").catch(() => null))?.open(target);
    if (!target.matches?.("[data-more]:not([data-started])")) return;
    target.dataset.started = "";
    (await import("./more-options.js")).start(target);
  },
  true,
);
