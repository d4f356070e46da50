/* Finding services and countries by what people type, in any language. The server searches in the
 * same way (domain/catalog/search.py), and one list of queries holds both to the same answers.
 *
 * No document is needed here: node runs it too. */

export const QUERY_MAX = 60;
const ANYWHERE_FROM = 3;
const ONE_SLIP_FROM = 4;
const TWO_SLIPS_FROM = 8;
const ENOUGH = 3;
const WORD_MIN = 4;
/** A country's place counts so often: there are fewer of them. */
const COUNTRY_STEP = 2;
const [NAME, ALIAS, NAME_BEGINS, ALIAS_BEGINS, WORDS_BEGIN, HOLDS, HOLDS_WORDS, SLIPS] = [0, 1, 2, 3, 4, 5, 6, 7];
const BEGINS_WITH_SLIPS = 10;
const BY_SOUND = 20;
const ASCII = /^[\0-\x7f]*$/;
const DIGIT = /\p{Nd}/u;

/** The Western digit of any digit: each script has its ten in a row. */
function western(digit) {
  let value = 0;
  const code = digit.codePointAt(0);
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** Text as it is compared: no case, no accents, Western digits, words apart by one space. */
export function fold(text, same = {}) {
  const plain = text.normalize("NFKD").toLowerCase().normalize("NFKD");
  return plain
    .replace(/\p{M}+/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/[^\0-\x7f]/gu, (letter) => same[letter] ?? (DIGIT.test(letter) ? western(letter) : letter))
    .trim();
}

function lettersOf(compact) {
  let bits = 0;
  for (const letter of compact) bits |= 1 << (letter.codePointAt(0) & 31);
  return bits;
}

function bitCount(bits) {
  let count = 0;
  for (let rest = bits; rest; rest &= rest - 1) count += 1;
  return count;
}

function formOf(name, isShown = false) {
  const compact = name.replaceAll(" ", "");
  return { compact, size: compact.length, isShown, letters: lettersOf(compact) };
}

/** What the server wrote (site/shop/search_index.py), ready to be searched. */
export function prepare({ same, letters, rows }) {
  const places = { service: 0, country: 0 };
  const entries = rows.map(([isCountry, key, label, more, picture, names, others]) => {
    const kind = isCountry ? "country" : "service";
    const shown = names.split("|");
    const rest = others ? others.split("|") : [];
    return {
      kind,
      key,
      label,
      more,
      picture,
      weight: isCountry ? COUNTRY_STEP * places[kind]++ : places[kind]++,
      text: [...shown, ...rest].map((name) => ` ${name}`).join(""),
      forms: [...shown.map((name) => formOf(name, true)), ...rest.map((name) => formOf(name))],
      words: null, // made when they are needed: seldom
      spaced: [...shown, ...rest].filter((name) => name.includes(" ")),
    };
  });
  return { same, letters, entries };
}

/** What fits a text, the best first: entries, at most so many of them. */
export function find(index, text, { kind, limit = Infinity } = {}) {
  let query = fold(text.slice(0, QUERY_MAX), index.same);
  if (/^\s*(?:\+|00)/.test(text)) query = query.replace(/^00/, "");
  if (!query) return [];
  const entries = kind ? index.entries.filter((entry) => entry.kind === kind) : index.entries;
  let hits = hitsOf(entries, query);
  if (!hits.length) {
    const sound = [...query].map((letter) => index.letters[letter] ?? letter).join("");
    if (sound && sound !== query) {
      hits = hitsOf(entries, sound).map(([tier, entry]) => [tier + BY_SOUND, entry]);
    }
  }
  hits.sort(([a, one], [b, other]) => a - b || one.weight - other.weight || (one.key < other.key ? -1 : 1));
  return hits.slice(0, limit).map(([, entry]) => entry);
}

function hitsOf(entries, query) {
  const compact = query.replaceAll(" ", "");
  const parts = query.split(" ");
  const hits = [];
  const others = [];
  for (const entry of entries) {
    const tier = tierOf(entry, compact, parts);
    if (tier < 0) others.push(entry);
    else hits.push([tier, entry]);
  }
  if (hits.length >= ENOUGH || compact.length < ONE_SLIP_FROM) return hits;
  const letters = lettersOf(compact);
  for (const entry of others) {
    const tier = slipTier(entry, compact, letters);
    if (tier < Infinity) hits.push([tier, entry]);
  }
  return hits;
}

/** Short words of Latin letters must begin a word: "us" is not in "Russia". */
const isShort = (word) => word.length < ANYWHERE_FROM && ASCII.test(word);

function tierOf(entry, compact, parts) {
  let best = Infinity;
  for (const { compact: name, isShown } of entry.forms) {
    if (!name.startsWith(compact)) continue;
    const tier = name === compact ? (isShown ? NAME : ALIAS) : isShown ? NAME_BEGINS : ALIAS_BEGINS;
    if (tier < best) best = tier;
  }
  if (best < Infinity) return best;
  if (parts.every((part) => entry.text.includes(` ${part}`))) return WORDS_BEGIN;
  if (!isShort(compact) && entry.text.includes(compact)) return HOLDS;
  const isIn = (part) => entry.text.includes(isShort(part) ? ` ${part}` : part);
  return parts.length > 1 && parts.every(isIn) ? HOLDS_WORDS : -1;
}

function slipTier(entry, compact, letters) {
  const allowed = compact.length >= TWO_SLIPS_FROM ? 2 : 1;
  const mayBe = (form) =>
    form.size >= compact.length - allowed &&
    form.size >= ONE_SLIP_FROM - 1 &&
    bitCount(letters & ~form.letters) <= allowed;
  let best = Infinity;
  for (const form of entry.forms) {
    if (!mayBe(form)) continue;
    const [whole, beginning] = distances(compact, form.compact, allowed);
    if (Math.min(whole, beginning) > allowed) continue;
    best = Math.min(best, whole <= allowed ? SLIPS + whole : BEGINS_WITH_SLIPS + beginning);
  }
  if (best < Infinity) return best;
  entry.words ??= entry.spaced.flatMap((name) =>
    name.split(" ").filter((word) => word.length >= WORD_MIN).map((word) => formOf(word)),
  );
  for (const form of entry.words) {
    if (!mayBe(form)) continue;
    const [whole] = distances(compact, form.compact, allowed);
    if (whole <= allowed) best = Math.min(best, BEGINS_WITH_SLIPS + whole);
  }
  return best;
}

/** Slips between a text and a name, and between it and the best beginning of the name. */
export function distances(typed, whole, allowed) {
  const name = whole.slice(0, typed.length + allowed + 1);
  let before = [];
  let row = Array.from({ length: name.length + 1 }, (_, place) => place);
  for (let i = 1; i <= typed.length; i += 1) {
    const now = [i];
    let least = i;
    for (let j = 1; j <= name.length; j += 1) {
      let cost = Math.min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (typed[i - 1] === name[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      now.push(cost);
      if (cost < least) least = cost;
    }
    if (least > allowed) return [allowed + 1, allowed + 1];
    [before, row] = [row, now];
  }
  return [row.at(-1), Math.min(...row)];
}
