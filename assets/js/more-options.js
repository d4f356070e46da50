/* The panel "More options" of a service's page: loaded when somebody opens it.
 *
 *   <details data-more> around a form with
 *     [name=route]       select; each option is "country:cents" and has its price in data-price
 *     [name=quantity]    radio buttons        [data-more-total]   hidden until there is a total
 */

/** So many times a price in cents, written as the price is. */
function total(option, quantity) {
  const cents = Number(option.value.split(":")[1]) * quantity;
  const figures = /\d+([^\d])\d\d(?!\d)/;
  const written = `${Math.floor(cents / 100)}$1${String(cents % 100).padStart(2, "0")}`;
  return option.dataset.price.replace(figures, written);
}

/** Begins when the panel is opened for the first time. */
export function start(panel) {
  const form = panel.querySelector("form");
  const { route } = form.elements;
  const sum = panel.querySelector("[data-more-total]");

  function show() {
    const option = route.selectedOptions[0];
    sum.querySelector("bdi").textContent = total(option, Number(form.elements.quantity.value));
    sum.hidden = false;
  }

  // Somebody came for one country: ?country=my
  const country = new URL(location.href).searchParams.get("country");
  const wanted = [...route.options].find(({ value }) => value.split(":")[0] === country);
  if (wanted) route.value = wanted.value;

  form.addEventListener("change", show);
  // The price has changed since the page was loaded.
  form.addEventListener("refused", ({ detail }) => {
    if (!detail?.price) return;
    const option = route.selectedOptions[0];
    option.value = `${option.value.split(":")[0]}:${detail.priceCents}`;
    option.textContent = option.textContent.replace(option.dataset.price, detail.price);
    option.dataset.price = detail.price;
    show();
  });
  show();
}
