/* Finds languages as a browser does, for a test: reads {index, queries}, answers with what is found. */
import { readFileSync } from "node:fs";

const { findLanguages, prepare } = await import(process.argv[2]);
const { index, queries } = JSON.parse(readFileSync(0, "utf8"));
const prepared = prepare(index);
process.stdout.write(JSON.stringify(queries.map((text) => findLanguages(prepared, text).map(({ key }) => key))));
