/* What the invite page does besides showing what it is told: it opens what the system shares with,
 * and a form whose amount was moved is empty for the next. */

if (navigator.share) document.documentElement.dataset.canShare = "";

document.addEventListener("click", async ({ target }) => {
  const { share: url, shareWords: text } = target.closest?.("[data-share]")?.dataset ?? {};
  if (!url) return;
  try {
    await navigator.share({ url, text });
  } catch {
    // They changed their mind, or there was nothing to share with.
  }
});

const quiet = (form) => {
  const place = form.querySelector("[data-refusal]");
  if (place) place.hidden = true;
  form.querySelector("[aria-invalid]")?.setAttribute("aria-invalid", "false");
};
for (const event of ["input", "submit"]) {
  // Before shop.js hears of it, who says there what is wrong this time.
  document.addEventListener(event, ({ target }) => {
    const form = target.closest?.("[data-move]");
    if (form) quiet(form);
  }, true);
}

new MutationObserver((records) => {
  for (const { target: form } of records) {
    // After a lost answer the key stays: whoever presses again means the same amount.
    const isMoved = form.dataset.busy === undefined && form.dataset.key === undefined;
    if (form.matches("[data-move]") && isMoved && form.querySelector("[data-refusal]")?.hidden) form.reset();
  }
}).observe(document.querySelector("[data-invite]"), {
  subtree: true,
  attributes: true,
  attributeFilter: ["data-busy"],
});
