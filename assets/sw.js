// The service worker. It keeps files that never change and one page for the time without
// a network. It keeps no page and no answer of the API: those are somebody's own.

const BUILD = "__BUILD__"; // written by the build, so that each one starts afresh
const FILES = `files-${BUILD}`;
const OFFLINE = `offline-${BUILD}`;
const FILES_MAX = 300;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(OFFLINE)
      .then((cache) => cache.add("/offline/en"))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (isLasting(url)) event.respondWith(file(event));
});

async function tidy() {
  const names = await caches.keys();
  const old = names.filter((name) => name !== FILES && name !== OFFLINE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // Never navigation preload: for addresses that we leave alone the browser would ask
  // twice, and an answer of a sign-in provider can be used once.
  await self.clients.claim();
}

async function page(event, url) {
  const offline = `/offline/${url.pathname.split("/")[1]}`;
  try {
    const response = await fetch(event.request);
    if (/^\/offline\/[a-z]{2}$/.test(offline)) event.waitUntil(keepOffline(offline));
    return response;
  } catch (error) {
    const cache = await caches.open(OFFLINE);
    const kept = (await cache.match(offline)) || (await cache.match("/offline/en"));
    if (kept) return kept;
    throw error;
  }
}

async function keepOffline(address) {
  const cache = await caches.open(OFFLINE);
  if (await cache.match(address)) return;
  const response = await fetch(address).catch(() => null); // next time, then
  if (response?.ok) await cache.put(address, response);
}

// Addresses with a hash or a version in them.
function isLasting(url) {
  return url.pathname.startsWith("/assets/") || url.searchParams.has("v");
}

async function file(event) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  const lasts = (response.headers.get("cache-control") || "").includes("immutable");
  if (response.status === 200 && lasts) event.waitUntil(keepFile(cache, event.request, response.clone()));
  return response;
}

async function keepFile(cache, request, response) {
  await cache.put(request, response);
  const kept = await cache.keys(); // the oldest first
  await Promise.all(kept.slice(0, -FILES_MAX).map((old) => cache.delete(old)));
}
