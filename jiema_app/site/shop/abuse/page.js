/* A report that was refused: why stands beside the field that is wrong, and what was typed stays. */

const form = document.querySelector("[data-report]");

if (form) {
  const place = form.querySelector("[data-refusal]");
  const home = place.parentElement;
  const clear = () => {
    place.hidden = true;
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
  };
  form.addEventListener("input", clear);
  form.addEventListener("submit", clear);
  form.addEventListener("refused", ({ detail }) => {
    const around = [...form.querySelectorAll("[data-field]")].find((one) => one.dataset.field === detail?.field);
    (around ?? home).append(place);
    const field = around === home ? null : around?.querySelector("input, textarea");
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-errormessage", place.id);
  });
}
