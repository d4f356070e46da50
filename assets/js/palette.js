/* The search of every page, in a dialog: loaded and made when it is first opened. */

import { make, say, suggest } from "./suggest.js";

let parts = null;

function build() {
  const input = make(
    "input",
    "min-h-14 w-full bg-transparent ps-12 pe-4 text-base text-ink outline-none placeholder:text-muted",
  );
  Object.assign(input, { type: "text", maxLength: 60, enterKeyHint: "go", spellcheck: false, placeholder: say("searchAll") });
  input.setAttribute("inputmode", "search");
  input.setAttribute("autocapitalize", "none");
  input.setAttribute("aria-label", say("searchAll"));
  const glass = document.querySelector("[data-search] svg")?.cloneNode(true);
  const field = make("div", "relative border-b border-line", input);
  if (glass) {
    glass.setAttribute("class", "pointer-events-none absolute inset-y-0 start-4 my-auto size-5 fill-none stroke-current stroke-[1.8] text-muted [stroke-linecap:round] [stroke-linejoin:round]");
    field.prepend(glass);
  }
  const place = make("div", "max-h-[min(28rem,65dvh)] min-h-40 overflow-y-auto overscroll-contain p-2");
  const close = make(
    "button",
    "min-h-9 pointer-coarse:min-h-11 cursor-pointer rounded-lg px-3 text-sm font-semibold text-accent hover:bg-sunken",
    say("close"),
  );
  close.type = "button";
  close.dataset.dialogClose = "";
  const hint = make("p", "max-sm:hidden", say("searchKeys"));
  const foot = make("div", "flex items-center justify-between gap-4 border-t border-line px-4 py-2 text-sm text-muted", hint, close);
  close.classList.add("ms-auto");
  const dialog = make(
    "dialog",
    "mx-auto mt-[max(0.75rem,10dvh)] mb-auto w-[calc(100%-1.5rem)] max-w-xl overflow-clip rounded-2xl border border-line bg-surface p-0 text-start text-ink shadow-xl shadow-black/20 backdrop:bg-black/50",
    make("div", "", field, place, foot),
  );
  dialog.setAttribute("aria-label", say("search"));
  dialog.id = "search";
  // Outside of what React draws, in the language in which the page's words are.
  const frame = document.getElementById("content")?.parentElement;
  if (frame?.lang) [dialog.lang, dialog.dir] = [frame.lang, frame.dir];
  document.body.append(dialog);
  return { dialog, input, place, update: null };
}

/** Open it, with what was typed already, or close it when it is open. */
export function toggle(typed = "") {
  parts ??= build();
  const { dialog, input, place } = parts;
  if (dialog.open) return void dialog.close();
  input.value = typed;
  dialog.showModal();
  input.focus();
  if (parts.update) parts.update();
  else parts.update = suggest(input, place, { always: true });
}
