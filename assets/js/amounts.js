/* The form of a top-up: an amount from the list, or one's own, never both. */

document.addEventListener("input", ({ target }) => {
  const form = target instanceof HTMLInputElement ? target.closest("[data-amounts]") : null;
  if (!form) return;
  form.querySelector("[data-refusal]").hidden = true;
  const own = form.elements.own_amount;
  own.setAttribute("aria-invalid", "false");
  if (target !== own) own.value = "";
  else if (own.value) for (const choice of form.querySelectorAll("[name=amount]")) choice.checked = false;
});
