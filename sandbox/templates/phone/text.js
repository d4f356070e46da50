// Text with entities becomes elements. Offsets count UTF-16 units, as JavaScript does.
import { copy, make } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", blockquote: "blockquote", expandable_blockquote: "blockquote", pre: "pre" };

// `act` is told what was tapped: {command} or {link}.
export function rich(text, entities, tapped) {
  return span(text, 0, text.length, [...(entities ?? [])], tapped);
}

function span(text, start, end, entities, tapped) {
  const nodes = [];
  let at = start;
  while (entities.length) {
    const first = entities.shift();
    const from = Math.max(first.offset, at);
    const to = Math.min(first.offset + first.length, end);
    if (to <= from) continue;
    if (from > at) nodes.push(text.slice(at, from));
    const inner = [];
    while (entities.length && entities[0].offset < to) inner.push(entities.shift());
    nodes.push(element(first, text.slice(from, to), span(text, from, to, inner, tapped), tapped));
    at = to;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function element(entity, plain, children, tapped) {
  const kind = entity.type;
  if (TAGS[kind]) return make(TAGS[kind], kind === "pre" && entity.language ? { title: entity.language } : {}, ...children);
  if (kind === "code") {
    const code = make("code", { tabIndex: 0, title: "Tap to copy" }, ...children);
    code.setAttribute("role", "button");
    code.setAttribute("aria-label", "Copy " + plain);
    code.addEventListener("click", () => copy(plain));
    code.addEventListener("keydown", (event) => event.key === "Enter" && copy(plain));
    return code;
  }
  if (kind === "spoiler") {
    const hidden = make("span", { className: "spoiler", tabIndex: 0 }, ...children);
    hidden.addEventListener("click", () => hidden.classList.add("seen"));
    hidden.addEventListener("keydown", (event) => event.key === "Enter" && hidden.classList.add("seen"));
    return hidden;
  }
  const link = { text_link: entity.url, url: /^\w+:/.test(plain) ? plain : "http://" + plain, mention: "https://t.me/" + plain.slice(1), email: "mailto:" + plain }[kind];
  if (link || kind === "bot_command") {
    const a = make("a", { href: link ?? "#" }, ...children);
    a.addEventListener("click", (event) => {
      event.preventDefault();
      tapped(link ? { link } : { command: plain });
    });
    return a;
  }
  return make("span", {}, ...children);
}
