/* What the page to top up does for who came from a button that their balance did not cover: the
 * form remembers what for, and what is missing stands in it until somebody types. */

const form = document.querySelector("[data-amounts]");

if (form) {
  const wish = new URLSearchParams(location.search).get("for") ?? "";
  form.elements.for.value = wish;
  // The head's script has kept them from being drawn as chosen: now none of them is.
  if (wish) for (const choice of form.querySelectorAll("[name=amount]")) choice.checked = false;
  delete document.documentElement.dataset.wish;
  const own = form.elements.own_amount;
  let isTouched = false;
  form.addEventListener("input", (event) => (isTouched ||= event.isTrusted));
  const fill = () => {
    const amount = document.querySelector("[data-preset]")?.dataset.preset;
    if (amount === undefined || isTouched || own.value === amount) return;
    if (!amount) {
      // Nothing is missing: the list stands as it does for everybody.
      for (const choice of form.querySelectorAll("[name=amount]")) choice.checked = choice.defaultChecked;
      return;
    }
    own.value = amount;
    own.dispatchEvent(new Event("input", { bubbles: true }));
  };
  new MutationObserver(fill).observe(document.getElementById("content"), {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-preset"],
  });
  fill();
}
