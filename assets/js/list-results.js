/* What was found in a list is shown as copies, beside the list itself, which is set aside: to take
 * a thousand rows out of it would take longer than a key may.
 *
 * A screenful is laid at once, the rest in small pieces while nobody types, or when it is scrolled. */

/** Rows that are laid at once where nobody knows yet how many a screen holds. */
const FIRST = 32;
/** Rows that are laid in one go when nobody waits for them. */
const PIECE = 32;
/** One piece after the other, and time in between for the next key. */
const BETWEEN_MS = 60;

export class Results {
  #waiting = [];
  #resting = 0;
  #place = null;
  #folded = [];

  /** @param {Element} frame All of it. @param {Element} whole The list itself. @param {Element} list Where copies go. */
  constructor(frame, whole, list) {
    Object.assign(this, { frame, whole, list });
  }

  get isShown() {
    return !this.list.hidden;
  }

  /** The rows to be seen, in their order. */
  rows() {
    const all = this.isShown
      ? [...this.list.children]
      : [...this.whole.querySelectorAll("[data-filter-items]:not([hidden]) > li")];
    return all.filter((row) => row.getClientRects().length || this.isShown);
  }

  /** How many rows a screen holds: looked up beforehand, for after a change that takes a layout. */
  measure() {
    if (this.#place) return this.#place;
    const above = this.frame.getBoundingClientRect().top;
    const [first, second] = this.rows();
    this.#place = { isAbove: above < 0, count: FIRST };
    if (second && this.isShown) {
      const wide = second.offsetTop === first.offsetTop ? getComputedStyle(this.list).gridTemplateColumns.split(" ").length : 1;
      const room = innerHeight - this.list.getBoundingClientRect().top + Math.min(above, 0);
      const line = first.offsetHeight;
      if (line) this.#place.count = Math.min(FIRST * 2, Math.max(1, Math.ceil(room / line) + 1) * wide);
    }
    return this.#place;
  }

  forget() {
    this.#place = null;
  }

  /** Show copies of rows: some now, the others after a rest, and what is more than `most` when asked to. */
  show(elements, rest, most = Infinity) {
    this.#waiting = elements.slice(0, most);
    this.#folded = elements.slice(most);
    const now = this.#copies(this.measure().count);
    // They are seen, so they need not wait for the browser to find that out.
    for (const copy of now) copy.style.contentVisibility = "visible";
    this.list.replaceChildren(...now);
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#layAll(), rest);
    this.list.hidden = elements.length === 0;
    this.#setAside(true);
  }

  get isFolded() {
    return this.#folded.length > 0;
  }

  /** Lay what was folded. Returns its first row. */
  unfold() {
    const place = this.list.childElementCount + this.#waiting.length;
    this.#waiting.push(...this.#folded);
    this.#folded = [];
    while (this.list.childElementCount <= place && this.#waiting.length) this.more();
    this.#layAll();
    return this.list.children[place] ?? null;
  }

  /** Show the list itself again. */
  close() {
    this.#waiting = this.#folded = [];
    clearTimeout(this.#resting);
    this.#setAside(false);
    this.list.hidden = true;
    this.list.replaceChildren();
  }

  more() {
    if (this.#waiting.length) this.list.append(...this.#copies(PIECE));
  }

  #layAll() {
    this.more();
    if (this.#waiting.length) this.#resting = setTimeout(() => this.#layAll(), BETWEEN_MS);
  }

  #copies(count) {
    const now = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return now.map((element) => document.importNode(element, true));
  }

  #setAside(isAside) {
    if (CSS.supports("content-visibility", "hidden")) {
      this.whole.style.contentVisibility = isAside ? "hidden" : "";
      this.whole.style.height = isAside ? "0" : "";
      this.whole.style.overflow = isAside ? "clip" : "";
    } else {
      this.whole.hidden = isAside;
    }
  }
}
