// One chat's messages: kept in place and changed where they changed, so that nothing loses the focus.
import { $, act, ask, clock, copy, make, say } from "./dom.js";
import { openApp } from "./app.js";
import { rich } from "./text.js";

const day = (seconds) => new Date(seconds * 1000).toLocaleDateString([], { day: "numeric", month: "long" });
const file = (id) => "/telegram/phone/file?id=" + encodeURIComponent(id);
const nameOf = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ");

// phone: {me, openLink, send, switchInline, answer}
export function drawMessages(chat, rows, phone) {
  const log = $("#log");
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const isOther = log.dataset.chat !== String(chat.id) + "/" + (phone.thread ?? "");
  if (isOther) {
    log.replaceChildren();
    log.dataset.chat = String(chat.id) + "/" + (phone.thread ?? "");
  }
  const known = new Map([...log.children].map((node) => [node.dataset.key, node]));
  const wanted = [];
  let today = "";
  if (!rows.length && chat.type === "private" && phone.about) wanted.push(["about", phone.about, () => make("p", { className: "about", textContent: phone.about })]);
  for (const row of rows) {
    const date = day(row.date);
    if (date !== today) wanted.push(["day" + date, date, () => make("span", { className: "day", textContent: date })]);
    today = date;
    // What the message answers may change under it; it is drawn as it was then.
    const { reply_to_message: _, ...shown } = row.message;
    wanted.push(["m" + row.messageId, JSON.stringify([shown, row.silent, row.reactions]), () => message(chat, row, phone)]);
  }
  wanted.forEach(([key, signature, build], place) => {
    let node = known.get(key);
    known.delete(key);
    if (!node || node.dataset.drawn !== signature) {
      const fresh = build();
      fresh.dataset.key = key;
      fresh.dataset.drawn = signature;
      const focused = node?.contains(document.activeElement) ? [...node.querySelectorAll("button,a,code")].indexOf(document.activeElement) : -1;
      node?.replaceWith(fresh);
      if (focused >= 0) fresh.querySelectorAll("button,a,code")[focused]?.focus();
      node = fresh;
    }
    if (log.children[place] !== node) log.insertBefore(node, log.children[place] ?? null);
  });
  known.forEach((node) => node.remove());
  if (isAtEnd || isOther) log.scrollTop = log.scrollHeight;
}

const SERVICE = {
  forum_topic_created: (m) => `${nameOf(m.from)} opened the topic “${m.forum_topic_created.name}”`,
  forum_topic_edited: (m) => `The topic is called “${m.forum_topic_edited.name}” now`,
  forum_topic_closed: () => "The topic was closed",
  forum_topic_reopened: () => "The topic was opened again",
  pinned_message: () => "A message was pinned",
  migrate_from_chat_id: () => "The group became a supergroup",
  migrate_to_chat_id: () => "The group became a supergroup",
  web_app_data: (m) => `Data from the button “${m.web_app_data.button_text}” was sent to the bot`,
};

function message(chat, row, phone) {
  const m = row.message;
  const service = Object.keys(SERVICE).find((name) => name in m);
  if (service) return make("span", { className: "service", textContent: SERVICE[service](m) });
  const isMine = m.from?.id === phone.me.id;
  const bubble = make("div", { className: "bubble" });
  if (chat.type !== "private" && !isMine) bubble.append(make("div", { className: "who", textContent: m.sender_chat?.title ?? nameOf(m.from) }));
  if (m.forward_origin) bubble.append(make("div", { className: "quote", textContent: "Forwarded from " + (m.forward_origin.chat?.title ?? nameOf(m.forward_origin.sender_user)) }));
  if (m.via_bot) bubble.append(make("div", { className: "quote", textContent: "via @" + m.via_bot.username }));
  const answered = m.reply_to_message;
  if (answered && !answered.forum_topic_created) bubble.append(make("div", { className: "quote", textContent: answered.text ?? answered.caption ?? "A message" }));
  bubble.append(...media(row, m));
  const text = m.text ?? m.caption;
  if (text) {
    const tapped = (what) => (what.link ? phone.openLink(what.link) : phone.send(what.command));
    bubble.append(make("div", { className: "body", dir: "auto" }, ...rich(text, m.entities ?? m.caption_entities, tapped)));
  }
  const foot = make("div", { className: "foot" });
  for (const reaction of row.reactions ?? []) foot.append(make("span", { textContent: reaction.emoji ?? "★" }));
  if (row.silent) foot.append(make("span", { textContent: "silent" }));
  if (m.edit_date) foot.append(make("span", { textContent: "edited", title: `${row.editCount} times` }));
  foot.append(make("time", { textContent: clock(m.date), dateTime: new Date(m.date * 1000).toISOString() }));
  bubble.append(foot);
  const whole = make("article", { className: "message" + (isMine ? " mine" : "") }, bubble);
  if (row.buttons.length) whole.append(buttons(chat, row, phone));
  if (chat.canWrite) {
    const reply = make("button", { type: "button", className: "plain round reply", textContent: "↩" });
    reply.setAttribute("aria-label", "Answer this message");
    reply.addEventListener("click", () => phone.answer(row));
    whole.append(reply);
  }
  return whole;
}

function media(row, m) {
  if (!row.media) return [];
  if (row.media === "photo" || (m.document?.mime_type ?? "").startsWith("image/")) {
    return [make("img", { className: "photo", src: file(row.fileId), alt: m.caption ?? "A picture" })];
  }
  const held = m[row.media];
  const size = held.file_size < 1024 ? `${held.file_size} B` : `${Math.round(held.file_size / 1024)} KB`;
  return [make("a", { className: "file", href: file(row.fileId), download: held.file_name ?? row.media },
    make("span", { textContent: "↓", ariaHidden: "true" }), make("div", {}, make("b", { textContent: held.file_name ?? row.media }), make("small", { textContent: size })))];
}

function buttons(chat, row, phone) {
  const box = make("div", { className: "buttons" });
  for (const line of row.buttons) {
    box.append(make("div", {}, ...line.map((one) => {
      const kind = Object.keys(one).find((name) => name !== "text");
      const button = make("button", { type: "button", textContent: one.text, dir: "auto", data: { kind } });
      button.addEventListener("click", () => press(button, kind, one, chat, row, phone));
      return button;
    })));
  }
  return box;
}

async function press(button, kind, one, chat, row, phone) {
  if (kind === "url") phone.openLink(one.url);
  else if (kind === "webApp") openApp({ url: one.webApp, hasQuery: true });
  else if (kind === "copyText") copy(one.copyText);
  else if (kind === "switchInlineQuery" || kind === "switchInlineQueryCurrentChat") phone.switchInline(one[kind], kind.endsWith("Chat"));
  else if (kind === "data") {
    button.classList.add("busy");
    const pressed = await act("press", { from: phone.me.id, chat: chat.id, messageId: row.messageId, data: one.data, waitSeconds: 15 });
    button.classList.remove("busy");
    const answer = pressed?.answer;
    if (pressed && !answer) say("The bot does not answer.", true);
    else if (answer?.url) phone.openLink(answer.url);
    else if (answer?.text && answer.show_alert) ask(phone.botName, answer.text, [{ id: "ok", text: "OK" }]);
    else if (answer?.text) say(answer.text);
  } else say("This phone does not know such a button.", true);
}
