/* What the page of an order does besides showing it: tells of a code while its owner looks
 * elsewhere. What it does as every live page stands in live-page.js.
 * Everything is read from attributes, so it does not matter how or when they were drawn. */

const page = document.querySelector("[data-order-page]");
const canVibrate = "vibrate" in navigator;
const canNotify = "Notification" in window;
const name = document.title.split(" · ").at(-1);
let title = document.title;

/* ---- What was asked for, remembered by this browser ---- */

const KEY = "order-alerts";
const wanted = new Set();
try {
  for (const kind of JSON.parse(localStorage.getItem(KEY) ?? "[]")) wanted.add(kind);
} catch {
  // No storage, or nonsense in it: nothing was asked for.
}
if (canNotify && Notification.permission !== "granted") wanted.delete("notice");

function showSwitches() {
  for (const button of document.querySelectorAll("[data-alert]")) {
    const kind = button.dataset.alert;
    button.hidden = (kind === "vibration" && !canVibrate) || (kind === "notice" && !canNotify);
    button.setAttribute("aria-pressed", String(wanted.has(kind)));
  }
}

async function toggle(kind) {
  if (wanted.has(kind)) {
    wanted.delete(kind);
  } else {
    if (kind === "notice" && (await Notification.requestPermission()) !== "granted") return;
    wanted.add(kind);
    // What it will be like, and the gesture without which browsers stay silent.
    if (kind === "sound") beep();
    if (kind === "vibration") navigator.vibrate(120);
  }
  try {
    localStorage.setItem(KEY, JSON.stringify([...wanted]));
  } catch {
    // The choice lasts for this page.
  }
  showSwitches();
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest("[data-alert]");
  if (button) void toggle(button.dataset.alert);
});

/* ---- Telling ---- */

let audio;

function wakeAudio() {
  if (!wanted.has("sound")) return;
  audio ??= new AudioContext();
  void audio.resume();
}
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wakeAudio);

function beep() {
  audio ??= new AudioContext();
  void audio.resume();
  [660, 880].forEach((frequency, i) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + i * 0.16;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.25, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.32);
  });
}

async function notify(code) {
  const words = page.dataset.codeWord;
  const options = { body: code, tag: "code", icon: "/favicon.svg" };
  const worker = await navigator.serviceWorker?.getRegistration();
  // Phones show notifications through the service worker only.
  if (worker?.active) await worker.showNotification(words, options);
  else new Notification(words, options);
}

function tell(code) {
  if (wanted.has("sound")) beep();
  if (wanted.has("vibration") && canVibrate) navigator.vibrate([120, 80, 120]);
  if (document.visibilityState === "visible") return;
  document.title = `(1) ${code.slice(0, 40)} · ${page.dataset.codeWord}`;
  if (wanted.has("notice")) void notify(code).catch(() => {});
}

/* ---- Seeing what changed ---- */

const counts = new Map();

function look() {
  const order = page.querySelector("[data-order]");
  if (!order) return;
  const told = title;
  title = `${order.dataset.title} · ${name}`;
  if (document.title === told) document.title = title;
  const { order: id, smsCount, code } = order.dataset;
  const count = Number(smsCount);
  const before = counts.get(id);
  counts.set(id, count);
  // Nothing is told of what was there when the page was opened.
  if (before !== undefined && count > before) tell(code);
}

new MutationObserver(() => {
  look();
  showSwitches();
}).observe(page, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-sms-count", "data-status", "data-title"],
});
look();
showSwitches();

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") document.title = title;
});
