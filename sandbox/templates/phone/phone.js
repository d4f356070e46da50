// The phone: whose it is, which chat is open, and what links lead to.
import { $, act, ask, clock, hue, make, say } from "./dom.js";
import * as app from "./app.js";
import { drawMessages } from "./messages.js";
import * as writing from "./writing.js";

const LOOK_EVERY_MS = 500;
const LANGUAGES = ["en", "ar", "bn", "de", "es", "fa", "fil", "fr", "hi", "id", "it", "ja", "ko", "ms", "pl", "pt-br", "ru", "th", "tr", "uk", "ur", "vi", "zh-hans", "zh-hant"];
const query = new URLSearchParams(location.search);
const BOT = document.body.dataset.bot;
let held = null; // the latest state
let version = -1;
let person = Number(query.get("person") ?? localStorage.getItem("phone-person") ?? 0);
let open = null; // id of the chat that is open
let thread = null;
let startWith = null; // the parameter of a link that waits for START
const read = JSON.parse(localStorage.getItem("phone-read") ?? "{}");

const chat = () => held.chats.find((one) => one.id === open);
const botName = () => held.bot.name;
const titleOf = (one) => (one.type === "private" ? botName() : one.title);
const lastOf = (one) => one.messages.at(-1);
const readKey = (one) => person + "/" + one.id;

async function refresh({ whole = false } = {}) {
  if (!person) person = Number(document.body.dataset.administrator);
  let fresh;
  try {
    fresh = await (await fetch(`/telegram/phone/state?person=${person}&since=${whole ? -1 : version}`)).json();
  } catch {
    say("The sandbox does not answer.", true);
    return;
  }
  version = fresh.version;
  if (!fresh.chats) return;
  held = fresh;
  draw();
}

function draw() {
  drawPeople();
  drawList();
  if (open !== null && chat()) drawChat();
  else if (open !== null) close();
}

function drawPeople() {
  const select = $("#person");
  const drawn = JSON.stringify([held.people, person]);
  if (select.dataset.drawn !== drawn) {
    select.dataset.drawn = drawn;
    select.replaceChildren(...held.people.map((one) => {
      const role = one.id === Number(document.body.dataset.administrator) ? " (administrator)" : "";
      return make("option", { value: one.id, textContent: `${one.first_name} ${one.last_name ?? ""}${role} · ${one.id}`, selected: one.id === person });
    }));
    if (!held.people.some((one) => one.id === person)) select.prepend(make("option", { value: person, textContent: `${held.me.first_name} · ${person}`, selected: true }));
  }
  const language = held.me.language_code ?? "en";
  if (!LANGUAGES.includes(language)) LANGUAGES.unshift(language);
  const tongues = $("#language");
  if (tongues.children.length !== LANGUAGES.length) tongues.replaceChildren(...LANGUAGES.map((one) => make("option", { value: one, textContent: one })));
  if (document.activeElement !== tongues) tongues.value = language;
  const mine = held.chats.find((one) => one.type === "private");
  const isIn = (id) => held.chats.some((one) => one.id === id && (one.type !== "channel" || one.joined));
  $("[data-deed=block]").textContent = mine?.blocked ? "Unblock the bot" : "Block the bot";
  $("[data-deed=channel]").textContent = isIn(held.channel) ? "Leave the channel" : "Join the channel";
  $("[data-deed=group]").textContent = isIn(held.supportGroup) ? "Leave the support group" : "Join the support group";
}

function face(one, node) {
  node.textContent = [...titleOf(one)][0].toUpperCase();
  node.style.setProperty("--hue", hue(one.id === person ? 5 : one.id));
}

function summary(one) {
  const last = lastOf(one);
  if (!last) return one.type === "private" ? "Tap to start" : "No messages yet";
  if (last.text) return last.text;
  if (last.media) return last.media === "photo" ? "Photo" : last.message[last.media].file_name ?? last.media;
  return last.message.forum_topic_created ? "New topic: " + last.message.forum_topic_created.name : "…";
}

function drawList() {
  const rows = [...held.chats].sort((a, b) => (lastOf(b)?.date ?? (b.type === "private" ? 1 : 0)) - (lastOf(a)?.date ?? (a.type === "private" ? 1 : 0)));
  const drawn = JSON.stringify(rows.map((one) => [one.id, titleOf(one), summary(one), lastOf(one)?.date, unread(one)]));
  const list = $("#chats");
  if (list.dataset.drawn === drawn) return;
  list.dataset.drawn = drawn;
  const focused = document.activeElement?.dataset?.chat;
  list.replaceChildren(...rows.map((one) => {
    const badge = make("span", { className: "face", ariaHidden: "true" });
    face(one, badge);
    const last = lastOf(one);
    const count = unread(one);
    const button = make("button", { type: "button", data: { chat: one.id } }, badge,
      make("div", { className: "names" },
        make("b", {}, make("span", { textContent: titleOf(one) }), make("time", { textContent: last ? clock(last.date) : "" })),
        make("div", { className: "row" }, make("span", { className: "last grow", dir: "auto", textContent: summary(one) }),
          count ? make("span", { className: "unread", textContent: count, ariaLabel: count + " unread" }) : null)));
    button.addEventListener("click", () => show(one.id));
    return make("li", {}, button);
  }));
  if (focused) $(`[data-chat="${focused}"]`, list)?.focus();
}

const unread = (one) => one.messages.filter((row) => row.from !== person && row.messageId > (read[readKey(one)] ?? 0)).length;

function show(id, inThread = null) {
  if (open !== id) writing.forget();
  open = id;
  thread = inThread;
  $("#chat").hidden = false;
  $("#list").inert = true;
  drawChat();
  if (matchMedia("(hover: hover)").matches) $("#text").focus();
}

function close() {
  open = null;
  startWith = null;
  $("#chat").hidden = true;
  $("#list").inert = false;
  drawList();
}

function drawChat() {
  const one = chat();
  const isPrivate = one.type === "private";
  face(one, $("#chat-face"));
  $("#chat-title").textContent = titleOf(one);
  $("#chat-about").textContent = isPrivate ? "bot" : { channel: "channel", supergroup: one.is_forum ? "group with topics" : "group", group: "group" }[one.type];
  $("#open-main").hidden = !isPrivate;
  drawTopics(one);
  const pinned = one.messages.find((row) => row.messageId === one.pinned.at(-1));
  $("#pinned").hidden = !pinned;
  if (pinned) $("#pinned").replaceChildren(make("b", { textContent: "Pinned message" }), pinned.text);
  const rows = one.is_forum ? one.messages.filter((row) => (row.thread ?? null) === thread) : one.messages;
  const phone = { me: held.me, thread, botName: botName(), about: held.bot.description, openLink, send: writing.send, switchInline, answer: writing.answer };
  drawMessages(one, rows, phone);
  if (rows.length && !document.hidden) {
    read[readKey(one)] = Math.max(...one.messages.map((row) => row.messageId));
    localStorage.setItem("phone-read", JSON.stringify(read));
  }
  const needsStart = isPrivate && (!one.started || one.blocked || one.deactivated || startWith !== null);
  $("#start-row").hidden = !needsStart;
  $("#start").textContent = one.deactivated ? "This account was deleted" : one.blocked ? "RESTART BOT" : "START";
  $("#start").disabled = one.deactivated;
  $("#start").dataset.text = startWith ? "/start " + startWith : "/start";
  $("#write").hidden = needsStart || !one.canWrite;
  writing.drawMenu();
  writing.drawKeyboard(isPrivate ? one.keyboard : null);
}

function drawTopics(one) {
  $("#topics").hidden = $("#topic-form").hidden = !one.is_forum;
  if (!one.is_forum) return;
  const topics = [{ thread: null, name: "General" }, ...one.topics.filter((topic) => !topic.deleted)];
  const counts = topics.map((topic) => one.messages.filter((row) => (row.thread ?? null) === topic.thread).length);
  const drawn = JSON.stringify([topics, thread, counts]);
  if ($("#topics").dataset.drawn === drawn) return;
  $("#topics").dataset.drawn = drawn;
  $("#topics").replaceChildren(...topics.map((topic, place) => {
    const button = make("button", { type: "button", textContent: `${topic.closed ? "🔒 " : ""}${topic.name} · ${counts[place]}` });
    button.setAttribute("aria-current", String(topic.thread === thread));
    button.addEventListener("click", () => show(one.id, topic.thread));
    return make("li", {}, button);
  }));
}

// Where a link leads: t.me addresses of the bot and of chats on this phone; others open in a tab.
export async function openLink(address, { fromApp = false } = {}) {
  let link;
  try {
    link = new URL(address.trim().replace(/^tg:\/\/resolve\?domain=(\w+)&?/, "https://t.me/$1?"));
  } catch {
    say("That is no link.", true);
    return;
  }
  if (link.hostname !== "t.me" && link.hostname !== "telegram.me") {
    if (/^https?:$/.test(link.protocol)) window.open(link.href, "_blank", "noopener");
    else say("This phone has no app for " + link.protocol);
    return;
  }
  const [name, short] = link.pathname.slice(1).split("/");
  if (name === "share") await app.share(link.searchParams.get("url"), link.searchParams.get("text"));
  else if (name.toLowerCase() === BOT.toLowerCase()) {
    if (fromApp && !(await app.closeApp({ sure: true }))) return;
    show(person);
    if (short || link.searchParams.has("startapp")) await openMain(link.searchParams.get("startapp") ?? "");
    else if (link.searchParams.has("start")) {
      startWith = link.searchParams.get("start").replace(/[^\w-]/g, "").slice(0, 64);
      drawChat();
      $("#start").focus();
    }
  } else {
    const found = held.chats.find((one) => one.username?.toLowerCase() === name.toLowerCase());
    if (!found) say("There is no such chat on this phone.", true);
    else if (!fromApp || (await app.closeApp({ sure: true }))) show(found.id);
  }
}

const mainUrl = () => (held.menuButton.type === "web_app" ? held.menuButton.web_app.url : held.miniApp);
const openMain = (startParam) => app.openApp({ url: mainUrl(), startParam: startParam.replace(/[^\w-]/g, "").slice(0, 512) });

function switchInline(text, here = false) {
  if (!here) {
    say("Choose a chat to write it in.");
    close();
    const waiting = (event) => {
      const id = event.target.closest("[data-chat]")?.dataset.chat;
      if (id) setTimeout(() => writing.write(`@${BOT} ${text}`));
      $("#chats").removeEventListener("click", waiting);
    };
    $("#chats").addEventListener("click", waiting);
    return;
  }
  writing.write(`@${BOT} ${text}`);
}

const deeds = {
  block: () => act("block", { user: person, blocked: !held.chats[0].blocked }),
  delete: async () => (await ask("Delete the chat?", "For both sides: the bot can edit nothing there any more.", [{ id: "", text: "Cancel" }, { id: "yes", text: "Delete", type: "destructive" }])) === "yes" && act("delete-chat", { user: person }),
  channel: () => join(held.channel),
  group: () => join(held.supportGroup),
};
function join(id) {
  const there = held.chats.find((one) => one.id === id);
  return act("member", { chat: id, user: person, status: there && (there.type !== "channel" || there.joined) ? "left" : "member" });
}

async function become(id) {
  person = id;
  localStorage.setItem("phone-person", id);
  await app.closeApp({ sure: true });
  close();
  await refresh({ whole: true });
}

function looks() {
  document.documentElement.dataset.theme = $("#dark").checked ? "dark" : "light";
  if ($("#notch").checked) document.body.dataset.notch = "";
  else delete document.body.dataset.notch;
  localStorage.setItem("phone-looks", JSON.stringify([$("#dark").checked, $("#notch").checked]));
  app.themeChanged();
  app.areasChanged();
}

function panel(isOpen) {
  if (isOpen) document.body.dataset.panel = "";
  else delete document.body.dataset.panel;
  $(isOpen ? "#panel-close" : "#panel-open").focus();
}

async function begin() {
  app.setUp({ person: () => person, bot: () => held.bot, openLink, switchInline, closed: () => open !== null && $("#text").focus() });
  writing.setUp({ person: () => person, chat, thread: () => thread, bot: () => held.bot, menu: () => held.menuButton, refresh, openLink, begun: () => (startWith = null) });
  const [dark, notch] = JSON.parse(localStorage.getItem("phone-looks") ?? "[false,false]");
  $("#dark").checked = query.has("theme") ? query.get("theme") === "dark" : dark;
  $("#notch").checked = query.has("notch") ? query.get("notch") === "1" : notch;
  looks();
  $("#dark").addEventListener("change", looks);
  $("#notch").addEventListener("change", looks);
  $("#back").addEventListener("click", close);
  $("#open-main").addEventListener("click", () => openMain(""));
  $("#panel-open").addEventListener("click", () => panel(true));
  $("#panel-close").addEventListener("click", () => panel(false));
  $("#person").addEventListener("change", (event) => become(Number(event.target.value)));
  $("#new-person").addEventListener("click", async () => {
    const made = await act("person", {});
    if (made) await become(made.user.id);
  });
  $("#language").addEventListener("change", async (event) => {
    await act("language", { user: person, languageCode: event.target.value });
    await refresh();
  });
  $("#link-form").addEventListener("submit", (event) => {
    event.preventDefault();
    panel(false);
    openLink($("#link").value);
  });
  for (const button of document.querySelectorAll("[data-deed]")) {
    button.addEventListener("click", async () => {
      if (await deeds[button.dataset.deed]()) await refresh();
    });
  }
  $("#topic-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const made = await act("topic", { from: person, chat: open, name: event.target.elements.name.value });
    event.target.reset();
    await refresh();
    if (made) show(open, made.thread);
  });
  await refresh();
  if (query.has("chat")) show(query.get("chat") === "bot" ? person : Number(query.get("chat")), Number(query.get("thread")) || null);
  if (query.has("link")) await openLink(query.get("link"));
  watch();
}

// The next look is planned after the last one ended, so a slow answer never piles up.
async function watch() {
  if (!document.hidden) await refresh();
  $("#time").textContent = clock(Date.now() / 1000);
  setTimeout(watch, LOOK_EVERY_MS);
}

begin();
