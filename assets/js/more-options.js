/* The panel "More options" of a service's page: loaded when somebody opens it.
 *
 *   <details data-more> around a form with
 *     [data-more-routes] noscript that holds the select
 *     [name=route]       select; each option is "country:cents", and reads "name · price"
 *     [name=quantity]    radio buttons        [data-more-total]      hidden until there is a total
 *     [name=operator]    select with "any"    [data-more-operator]   hidden until there are others
 */

const BETWEEN = " · ";
const priceOf = (option) => option.text.split(BETWEEN).at(-1);

/** So many times a price in cents, written as the price is. */
function total(option, quantity) {
  const cents = Number(option.value.split(":")[1]) * quantity;
  const figures = /\d+([^\d])\d\d(?!\d)/;
  const written = `${Math.floor(cents / 100)}$1${String(cents % 100).padStart(2, "0")}`;
  return priceOf(option).replace(figures, written);
}

/** Begins when the panel is opened for the first time. */
export function start(panel) {
  const form = panel.querySelector("form");
  const folded = panel.querySelector("[data-more-routes]");
  folded.outerHTML = folded.textContent;
  const { route, operator, service, locale } = form.elements;
  const sum = panel.querySelector("[data-more-total]");
  const country = () => route.value.split(":")[0];

  function show() {
    const option = route.selectedOptions[0];
    sum.querySelector("bdi").textContent = total(option, Number(form.elements.quantity.value));
    sum.hidden = false;
  }

  /* ---- Operators are read for the country that is chosen, and only for members ---- */

  let asked = "";
  async function readOperators() {
    if (document.documentElement.dataset.visitor !== "member" || asked === country()) return;
    const mine = (asked = country());
    offer([]);
    const query = new URLSearchParams({ service: service.value, country: mine, locale: locale.value });
    const answer = await fetch(`/api/shop/operators?${query}`, { credentials: "same-origin" }).catch(() => null);
    const body = answer?.ok ? await answer.json().catch(() => null) : null;
    // Another country may have been chosen meanwhile.
    if (asked === mine) offer(body?.data?.operators ?? []);
  }

  function offer(operators) {
    operator.replaceChildren(operator.options[0]);
    for (const { id, label, stock } of operators) {
      const option = new Option(label, id);
      option.disabled = stock === 0;
      operator.append(option);
    }
    operator.disabled = operators.length === 0;
    panel.querySelector("[data-more-operator]").hidden = operator.disabled;
  }

  // Somebody came for one country: ?country=my
  const wish = new URL(location.href).searchParams.get("country");
  const wanted = [...route.options].find(({ value }) => value.split(":")[0] === wish);
  if (wanted) route.value = wanted.value;

  form.addEventListener("change", () => {
    show();
    readOperators();
  });
  // The price has changed since the page was loaded.
  form.addEventListener("refused", ({ detail }) => {
    if (!detail?.price) return;
    const option = route.selectedOptions[0];
    option.value = `${country()}:${detail.priceCents}`;
    option.text = [...option.text.split(BETWEEN).slice(0, -1), detail.price].join(BETWEEN);
    show();
    asked = "";
    readOperators();
  });
  show();
  readOperators();
}
