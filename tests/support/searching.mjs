/* Searches as a browser does, for a test: reads {indexes, queries} and answers with what is first. */
import { readFileSync } from "node:fs";

const { find, prepare } = await import(process.argv[2]);
const { indexes, queries } = JSON.parse(readFileSync(0, "utf8"));
const prepared = Object.fromEntries(Object.entries(indexes).map(([locale, index]) => [locale, prepare(index)]));
const answers = queries.map(([locale, text]) =>
  find(prepared[locale], text, { limit: 8 }).map(({ kind, key, country }) => `${kind}:${key}${country ? `?country=${country.key}` : ""}`),
);
process.stdout.write(JSON.stringify(answers));
