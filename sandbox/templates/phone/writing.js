// The line that people write in: commands, inline mode, answers, files, the bot's keyboard.
import { $, act, make, say } from "./dom.js";
import { openApp } from "./app.js";

let phone; // {person, chat, thread, bot, menu, miniApp, refresh}
let answering = null;
let asking = 0;
const UPLOAD_MAX = 20 * 1024 * 1024;

export function setUp(offered) {
  phone = offered;
  const field = $("#text");
  $("#write").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) send(text);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("#write").requestSubmit();
    }
    if (event.key === "ArrowUp" && !field.value && !$("#suggest").hidden) $("#suggest button")?.focus();
    if (event.key === "Escape") hideSuggestions();
  });
  field.addEventListener("input", suggest);
  $("#attach").addEventListener("change", attach);
  $("#answering button").addEventListener("click", () => answer(null));
  $("#menu").addEventListener("click", pressMenu);
  $("#start").addEventListener("click", () => {
    const text = $("#start").dataset.text;
    phone.begun();
    send(text);
  });
}

export async function send(text) {
  const order = { from: phone.person(), chat: phone.chat().id, text };
  if (phone.thread()) order.thread = phone.thread();
  if (answering) order.replyTo = answering.messageId;
  if (!(await act("message", order))) return;
  $("#text").value = "";
  grow();
  answer(null);
  hideSuggestions();
  await phone.refresh();
  $("#log").scrollTop = $("#log").scrollHeight;
}

export function answer(row) {
  answering = row;
  $("#answering").hidden = !row;
  if (!row) return;
  $("#answering span").textContent = row.text || "A message";
  $("#text").focus();
}

export function forget() {
  answer(null);
  hideSuggestions();
  $("#text").value = "";
  grow();
}

export function write(text) {
  $("#text").value = text;
  $("#text").focus();
  suggest();
}

function grow() {
  const field = $("#text");
  field.style.height = "auto";
  field.style.height = Math.min(Math.max(field.scrollHeight + 2, 40), 130) + "px";
}

function hideSuggestions() {
  $("#suggest").hidden = true;
  $("#suggest").replaceChildren();
}

function suggest() {
  grow();
  const text = $("#text").value;
  const inline = text.match(new RegExp(`^@${phone.bot().username}\\s+(.*)$`, "is"));
  clearTimeout(asking);
  if (inline) asking = setTimeout(() => askInline(inline[1].trim()), 350);
  else if (/^\/\w*$/.test(text)) showCommands(text.slice(1));
  else hideSuggestions();
}

function showCommands(begun) {
  const found = phone.chat().commands.filter((one) => one.command.startsWith(begun.toLowerCase()));
  $("#suggest").hidden = !found.length;
  $("#suggest").replaceChildren(...found.map((one) => {
    const button = make("button", { type: "button" }, make("b", { textContent: "/" + one.command }), make("small", { textContent: one.description }));
    button.addEventListener("click", () => send("/" + one.command));
    return button;
  }));
}

async function askInline(query) {
  const mine = (asking = Math.random());
  const kind = phone.chat().id === phone.person() ? "sender" : phone.chat().type;
  const asked = await act("inline", { from: phone.person(), query, chatType: kind, waitSeconds: 8 });
  if (!asked || mine !== asking) return;
  const box = $("#suggest");
  box.hidden = false;
  if (!asked.answer) {
    box.replaceChildren(make("p", { textContent: "The bot does not answer." }));
    return;
  }
  const { results, button } = asked.answer;
  const rows = results.map((one) => {
    const node = make("button", { type: "button" }, make("b", { textContent: one.title ?? one.type }), make("small", { textContent: one.description ?? "" }));
    node.addEventListener("click", async () => {
      const order = { from: phone.person(), queryId: asked.queryId, resultId: one.id, chat: phone.chat().id };
      if (await act("inline/choose", order)) {
        forget();
        await phone.refresh();
      }
    });
    return node;
  });
  if (button) {
    const node = make("button", { type: "button" }, make("b", { textContent: button.text }));
    node.addEventListener("click", () => {
      forget();
      if (button.web_app) openApp({ url: button.web_app.url });
      else phone.openLink(`https://t.me/${phone.bot().username}?start=${button.start_parameter ?? ""}`);
    });
    rows.unshift(node);
  }
  box.replaceChildren(...(rows.length ? rows : [make("p", { textContent: "Nothing found." })]));
}

async function attach() {
  const [file] = $("#attach").files;
  $("#attach").value = "";
  if (!file) return;
  if (file.size > UPLOAD_MAX) {
    say("At most 20 MB.", true);
    return;
  }
  const content = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(file);
  });
  const isPicture = ["image/png", "image/jpeg", "image/webp", "image/gif"].includes(file.type);
  const order = { from: phone.person(), chat: phone.chat().id, kind: isPicture ? "photo" : "document", name: file.name, content, caption: $("#text").value.trim() };
  if (file.type) order.mimeType = file.type;
  if (phone.thread()) order.thread = phone.thread();
  if (await act("file", order)) {
    forget();
    await phone.refresh();
  }
}

export function drawMenu() {
  const menu = phone.menu();
  const isPrivate = phone.chat().type === "private";
  const node = $("#menu");
  node.hidden = !isPrivate || (menu.type !== "web_app" && !phone.chat().commands.length);
  node.textContent = menu.type === "web_app" ? menu.text : "☰ Menu";
  node.setAttribute("aria-label", menu.type === "web_app" ? "Open " + menu.text : "Commands");
}

function pressMenu() {
  const menu = phone.menu();
  if (menu.type === "web_app") openApp({ url: menu.web_app.url, hasQuery: true });
  else if ($("#suggest").hidden) showCommands("");
  else hideSuggestions();
}

export function drawKeyboard(keyboard) {
  const box = $("#keyboard");
  const drawn = JSON.stringify(keyboard ?? null);
  if (box.dataset.drawn === drawn) return;
  box.dataset.drawn = drawn;
  const rows = keyboard?.keyboard ?? [];
  box.hidden = !rows.length;
  box.replaceChildren(...rows.map((row) => make("div", {}, ...row.map((one) => {
    const text = typeof one === "string" ? one : one.text;
    const button = make("button", { type: "button", textContent: text });
    button.addEventListener("click", () => (one.web_app ? openApp({ url: one.web_app.url, button: text }) : send(text)));
    return button;
  }))));
}
