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
const [NAME, ALIAS, NAME_BEGINS, ALIAS_BEGINS, WORDS_BEGIN, HOLDS, HOLDS_WORDS, NEARLY] = [0, 1, 2, 3, 4, 5, 6, 7];
/** Words and parts of what is seldom wanted come so much later: behind NEARLY. */
const SELDOM_MORE = 4;
const SLIPS = 10;
const BEGINS_WITH_SLIPS = 13;
const BY_SOUND = 30;
/** The well known, misspelled by one letter, are NEARLY named. */
const POPULAR_UP_TO = 100;
const SELDOM_FROM = 300;
const SLIPPED = [NEARLY, SLIPS + 1, SLIPS + 2];
const ROUTE_WORDS_MAX = 5;
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

/** What fits a text, the best first: entries, at most so many of them. "telegram indonesia" is the
 * entry of the service with that of the country as its `country`. */
export function find(index, text, { kind, limit = Infinity } = {}) {
  let query = fold(text.slice(0, QUERY_MAX), index.same);
  if (/^\s*(?:\+|00)/.test(text)) query = query.replace(/^00/, "");
  if (!query) return [];
  const ofKind = (wanted) => index.entries.filter((entry) => entry.kind === wanted);
  const hits = ranked(kind ? ofKind(kind) : index.entries, query, index.letters);
  const found = hits.map(([, entry]) => entry);
  if (kind !== "country" && !(hits[0]?.[0] < WORDS_BEGIN)) {
    const best = hits[0]?.[0] ?? Infinity;
    const route = routeOf(ofKind("service"), ofKind("country"), query.split(" "), best, index.letters);
    if (route) return [route, ...found.filter((entry) => entry.kind !== "service" || entry.key !== route.key)].slice(0, limit);
  }
  return found.slice(0, limit);
}

/** A service for a country, as a query names both in either order; both must fit better than the
 * best of what fits the whole query. */
function routeOf(services, countries, parts, best, letters) {
  if (parts.length < 2 || parts.length > ROUTE_WORDS_MAX) return null;
  let found = null;
  let [least, leastSum] = [best, Infinity];
  for (let cut = 1; cut < parts.length; cut += 1) {
    const [first, last] = [parts.slice(0, cut).join(" "), parts.slice(cut).join(" ")];
    for (const [one, other] of [[first, last], [last, first]]) {
      const country = named(countries, other, letters);
      const service = country && named(services, one, letters);
      if (!service) continue;
      const [better, worse] = [service[0], country[0]].sort((a, b) => a - b);
      // One of them may be misspelled: two guesses are no answer.
      const isFit = better < WORDS_BEGIN && worse < best;
      if (!isFit || worse > least || (worse === least && better + worse >= leastSum)) continue;
      [least, leastSum] = [worse, better + worse];
      found = { ...service[1], country: country[1] };
      if (worse <= ALIAS) return found;
    }
  }
  return found;
}

/** The best, if it is called so or nearly: names that hold a word somewhere say too little. */
function named(entries, half, letters) {
  const [best] = ranked(entries, half, letters);
  const tier = best ? best[0] % BY_SOUND : HOLDS;
  return tier < HOLDS || SLIPPED.includes(tier) ? best : null;
}

/** What fits a folded query as it is, or else as it sounds: [tier, entry], the best first. */
function ranked(entries, query, letters) {
  let hits = hitsOf(entries, query);
  if (!hits.length) {
    const sound = [...query].map((letter) => letters[letter] ?? letter).join("");
    if (sound && sound !== query) {
      hits = hitsOf(entries, sound).map(([tier, entry]) => [tier + BY_SOUND, entry]);
    }
  }
  return hits.sort(([a, one], [b, other]) => a - b || one.weight - other.weight || (one.key < other.key ? -1 : 1));
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
  if (hits.filter(([tier]) => tier < NEARLY).length >= ENOUGH || compact.length < ONE_SLIP_FROM) return hits;
  const letters = lettersOf(compact);
  for (const entry of others) {
    const tier = slipTier(entry, compact, letters);
    if (tier < Infinity) hits.push([tier === SLIPS + 1 && entry.weight < POPULAR_UP_TO ? NEARLY : tier, entry]);
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
  const later = entry.weight >= SELDOM_FROM ? SELDOM_MORE : 0;
  if (parts.every((part) => entry.text.includes(` ${part}`))) return WORDS_BEGIN + later;
  if (!isShort(compact) && entry.text.includes(compact)) return HOLDS + later;
  const isIn = (part) => entry.text.includes(isShort(part) ? ` ${part}` : part);
  return parts.length > 1 && parts.every(isIn) ? HOLDS_WORDS + later : -1;
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
