/* What the page to withdraw does besides showing what it is told: it writes all there is into the
 * field of the amount, leads whoever went on to what comes next, and shows what is under way. */

/** React hears of a value only when it is set behind its back. */
const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-fill]");
  if (button) {
    const field = document.getElementById(button.getAttribute("aria-controls"));
    setValue.call(field, button.dataset.fill);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  target.closest?.("[data-withdraw] [data-act]")?.setAttribute("aria-busy", "true");
});
document.addEventListener("submit", ({ submitter }) => {
  if (submitter?.closest("[data-withdraw]")) submitter.setAttribute("aria-busy", "true");
});

let step;
let answered;

function look() {
  const page = document.querySelector("[data-withdraw]");
  if (!page) return;
  const isAnswer = page.dataset.answered !== answered;
  if (isAnswer) {
    answered = page.dataset.answered;
    for (const busy of page.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  }
  const before = step;
  step = page.dataset.step;
  // Whoever has just come, or only looks on, stays where they are.
  if (before === undefined || before === step || !isAnswer) return;
  const place = page.querySelector(`[data-step-of="${step}"]:not(.hidden)`);
  if (!place) return;
  place.querySelector("h2")?.focus({ preventScroll: true });
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { top } = place.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) place.scrollIntoView({ behavior: isCalm ? "instant" : "smooth" });
}

new MutationObserver(look).observe(document.getElementById("content"), {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-step", "data-answered"],
});
look();
