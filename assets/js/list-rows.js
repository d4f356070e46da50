/* The rows of a list: those in sight, and those folded away, which a browser that runs scripts
 * knows as text inside <noscript> until they are unfolded here.
 *
 * What a row says of itself is written in site/shop/filter_rows.py. */

const isKnown = (text) => text !== undefined && text !== "";
const numberOf = (text, unknown) => (isKnown(text) ? Number(text) : unknown);

function entryOf(element) {
  const { key, rank, stock, price, value, category = "" } = element.dataset;
  const count = numberOf(stock, 0);
  return {
    element,
    key,
    category,
    rank: numberOf(rank, 0),
    stock: count,
    price: count ? numberOf(price, Infinity) : Infinity,
    value: numberOf(value, Infinity),
    get name() {
      return element.querySelector("b bdi").textContent;
    },
  };
}

export class Rows {
  #folds;
  #unfolded = new Map();
  #all = null;

  /** @param {Element} whole What holds all lists. */
  constructor(whole) {
    this.whole = whole;
    this.#folds = [...whole.querySelectorAll("noscript[data-rest]")];
  }

  #unfold(fold) {
    if (!this.#unfolded.has(fold)) {
      const template = document.createElement("template");
      template.innerHTML = fold.textContent;
      this.#unfolded.set(fold, [...template.content.querySelectorAll("li")]);
    }
    return this.#unfolded.get(fold);
  }

  /** All of them, the most popular first. */
  all() {
    if (!this.#all) {
      const folded = this.#folds.flatMap((fold) => this.#unfold(fold));
      const rows = new Set([...this.whole.querySelectorAll("[data-filter-items] > li"), ...folded]);
      this.#all = [...rows].map(entryOf).sort((a, b) => a.rank - b.rank);
    }
    return this.#all;
  }

  /** Unfold a little, so that whoever types finds it done. Says whether there is more. */
  readAhead() {
    const next = this.#folds.find((fold) => !this.#unfolded.has(fold));
    if (next) this.#unfold(next);
    else this.all();
    return Boolean(next);
  }

  /** A row by its key. */
  find(key) {
    return this.all().find((entry) => entry.key === key)?.element ?? null;
  }

  /** Put the folded rows of one list below its others. Returns the first of them. */
  open(button) {
    const place = button.parentElement;
    const fold = place.querySelector("noscript[data-rest]");
    const list = place.querySelector("[data-filter-items]");
    if (!fold || !list) return null;
    const rows = this.#unfold(fold);
    list.hidden = false;
    list.append(...rows);
    button.remove();
    return rows[0] ?? null;
  }

  /** Show the list that a row is folded away in. */
  reveal(row) {
    if (row.isConnected) return;
    const fold = this.#folds.find((one) => this.#unfold(one).includes(row));
    const button = fold?.parentElement.querySelector("[data-show-all]");
    if (button) this.open(button);
  }
}

const names = new Map();
function byName(language) {
  if (!names.has(language)) names.set(language, new Intl.Collator(language, { numeric: true }));
  return (a, b) => names.get(language).compare(a.name, b.name);
}

/** How rows are put in order, by what the choice is called. */
export const orders = {
  popular: () => (a, b) => a.rank - b.rank,
  value: () => (a, b) => a.value - b.value,
  price: () => (a, b) => (a.price === b.price ? 0 : a.price - b.price),
  stock: () => (a, b) => b.stock - a.stock,
  name: byName,
};
