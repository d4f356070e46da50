// Where in a script a mark stands: a token, or the name of a file that each language has as its own.
//
// Reads {"scripts": {name: source}, "token": pattern, "names": [name, …]} from standard input and
// writes {name: [piece, …]}: a piece is text as it stands, ["token", token, place] or ["file", name].
// A parser says what a mark stands in, for a quote, a backtick and plain code each need another
// spelling of the same words. Places: "value" (a whole literal, its quotes included), "template",
// "string", and "json string": JSON in a string.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { parseAst } = await import(
  pathToFileURL(createRequire(`${process.cwd()}/`).resolve("vite"))
);
const input = JSON.parse(await text(process.stdin));
const quoted = [...input.names]
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const MARK = new RegExp([...quoted, input.token].join("|"), "g");
const names = new Set(input.names);

function* childrenOf(node) {
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === "string") yield child;
}

/** The innermost node around each mark, and the one around that. */
function surroundings(node, parent, marks, found) {
  for (const mark of marks) found.set(mark, [node, parent]);
  for (const child of childrenOf(node)) {
    const within = marks.filter((mark) => child.start <= mark.start && mark.end <= child.end);
    // A piece of a template is asked for by its whole.
    if (within.length && child.type !== "TemplateElement")
      surroundings(child, node, within, found);
  }
}

function isPlainValue(node, parent) {
  return !(
    (parent.type === "Property" && parent.key === node && !parent.computed) ||
    parent.type.startsWith("Import") ||
    parent.type.startsWith("Export") ||
    parent.directive !== undefined
  );
}

function isJson(text) {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function placeOf(mark, node, parent, source) {
  const isTemplate = node.type === "TemplateLiteral";
  const isString = node.type === "Literal" && typeof node.value === "string";
  const isTagged = parent?.type === "TaggedTemplateExpression";
  if ((!isTemplate && !isString) || isTagged) return "";
  const quote = source[node.start];
  if (!"`'\"".includes(quote) || source[node.end - 1] !== quote) return "";
  // A backslash would be that of the text's first letter.
  if (/(^|[^\\])(\\\\)*\\$/.test(source.slice(node.start, mark.start))) return "";
  const isWhole = mark.start === node.start + 1 && mark.end === node.end - 1;
  if (isWhole && isPlainValue(node, parent)) return "value";
  if (isTemplate && node.expressions.length) return "template";
  const text = isString ? node.value : node.quasis[0].value.cooked;
  return (isJson(text) ? "json " : "") + (isTemplate ? "template" : "string");
}

function piecesOf(name, source) {
  const marks = [...source.matchAll(MARK)].map((found) => ({
    text: found[0],
    start: found.index,
    end: found.index + found[0].length,
  }));
  if (!marks.length) return [source];
  const found = new Map();
  surroundings(parseAst(source, { lang: "js" }), null, marks, found);
  const pieces = [];
  let end = 0;
  for (const mark of marks) {
    const [node, parent] = found.get(mark);
    const place = placeOf(mark, node, parent, source);
    if (!place) throw new Error(`${mark.text} stands in no text: ${name}, character ${mark.start}`);
    const isFile = names.has(mark.text);
    const margin = place === "value" && !isFile ? 1 : 0;
    pieces.push(source.slice(end, mark.start - margin));
    pieces.push(isFile ? ["file", mark.text] : ["token", mark.text, place]);
    end = mark.end + margin;
  }
  pieces.push(source.slice(end));
  return pieces;
}

const answer = {};
for (const [name, source] of Object.entries(input.scripts)) answer[name] = piecesOf(name, source);
process.stdout.write(JSON.stringify(answer));
