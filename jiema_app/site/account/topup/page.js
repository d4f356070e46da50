/* What the page to top up does for who came from a button that their balance did not cover: the
 * form remembers what for, and what is missing stands in it until somebody types. */

const form = document.querySelector("[data-amounts]");

if (form) {
  form.elements.for.value = new URLSearchParams(location.search).get("for") ?? "";
  const own = form.elements.own_amount;
  let isTouched = false;
  form.addEventListener("input", (event) => (isTouched ||= event.isTrusted));
  const fill = () => {
    const amount = document.querySelector("[data-preset]")?.dataset.preset;
    if (!amount || isTouched || own.value === amount) return;
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
