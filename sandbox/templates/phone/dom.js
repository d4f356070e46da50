// Small things that every part of the phone needs.
export const $ = (selector, root = document) => root.querySelector(selector);

export function make(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "data") Object.assign(node.dataset, value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

let clearing;
export function say(text, bad = false) {
  $("#toast").replaceChildren(make("span", { textContent: text, className: bad ? "bad" : "" }));
  clearTimeout(clearing);
  clearing = setTimeout(() => $("#toast").replaceChildren(), Math.max(2500, text.length * 60));
}

// Resolves to the id of the button that was pressed, or "" when the dialog was closed.
export function ask(title, text, buttons) {
  const dialog = $("#ask");
  $("h3", dialog).textContent = title;
  $("h3", dialog).hidden = !title;
  $("p", dialog).textContent = text;
  $("menu", dialog).replaceChildren(...buttons.map((button) =>
    make("button", { value: button.id, textContent: button.text, className: button.type === "destructive" ? "destructive" : "" })));
  dialog.returnValue = "";
  // Over the phone, not over the page.
  const box = $("#phone").getBoundingClientRect();
  Object.assign(dialog.style, { left: `${box.left}px`, right: `${innerWidth - box.right}px` });
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

export async function copy(text) {
  window.phoneClipboard = text;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page without the right to it keeps the text for itself.
  }
  say("Copied: " + (text.length > 40 ? text.slice(0, 40) + "…" : text));
}

// Asks a control. Says what went wrong, and then resolves to null.
export async function act(path, body) {
  try {
    const answer = await fetch("/control/telegram/" + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const json = await answer.json();
    if (answer.ok) return json;
    say(json.message, true);
  } catch {
    say("The sandbox does not answer.", true);
  }
  return null;
}

export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const HUES = ["#c9515f", "#cf7f33", "#7a5cd0", "#3a8f4c", "#2f8f9d", "#2f74c0", "#b9488c"];
export const hue = (id) => HUES[Math.abs(id) % HUES.length];
