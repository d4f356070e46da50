// Whether two bundled scripts do the same: their syntax trees, whatever their variables are called.
//
// Reads {name: [one, other]} from standard input, writes {name: "" or the first difference}. Names
// of variables are the minifier's choice; the last part of a script's name is of its content.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { parseAst } = await import(
  pathToFileURL(createRequire(`${process.cwd()}/`).resolve("vite"))
);
// Differ from build to build: names after content, the moment, and Reflex's numbers of variables.
const FLEETING = [
  [/-[\w-]{8}\.js/g, "-H.js"],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+/g, "moment"],
  [/reflex_Var_\d+/g, "reflex_Var"],
];
const IGNORED = new Set(["start", "end", "raw", "range", "loc"]);

function lasting(text) {
  return FLEETING.reduce((made, [fleeting, name]) => made.replace(fleeting, name), text);
}

/** Whether React would leave an attribute out: ours says so, the direct build does not name it. */
function isAbsent(node) {
  return node?.type === "Property" && node.value.type === "Literal" && node.value.value === null;
}

function* spell(node, field) {
  if (Array.isArray(node)) {
    const there = node.filter((each) => !isAbsent(each));
    yield `[${there.length}`;
    for (const each of there) yield* spell(each, field);
  } else if (typeof node === "string") {
    yield lasting(node);
  } else if (node === null || typeof node !== "object") {
    yield String(node);
  } else if (node.type === "TemplateLiteral" && !node.expressions.length) {
    yield "text";
    yield* spell(node.quasis[0].value.cooked);
  } else if (node.type === "TemplateElement") {
    yield* spell(node.value.cooked);
  } else if (node.type === "Literal" && typeof node.value === "string") {
    yield "text";
    yield* spell(node.value);
  } else if (node.type === "Identifier") {
    yield field === "property" || field === "key" ? `name ${lasting(node.name)}` : "name";
  } else {
    for (const [name, value] of Object.entries(node))
      if (!IGNORED.has(name)) {
        yield name;
        yield* spell(value, name);
      }
  }
}

function difference(one, other) {
  const [left, right] = [one, other].map((source) => [...spell(parseAst(source, { lang: "js" }))]);
  for (let at = 0; at < Math.max(left.length, right.length); at++)
    if (left[at] !== right[at])
      return [left, right].map((all) => all.slice(Math.max(0, at - 12), at + 3).join(" ")).join("\n");
  return "";
}

const answer = {};
for (const [name, [one, other]] of Object.entries(JSON.parse(await text(process.stdin))))
  answer[name] = difference(one, other);
process.stdout.write(JSON.stringify(answer));
