// Puts our few lines in the place of libraries, while Vite bundles the pages.
import { fileURLToPath } from "node:url";

const ours = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Prerendering is left with the real router: it matches addresses to pages. */
function onePage() {
  return {
    name: "one-page",
    enforce: "pre",
    applyToEnvironment: (environment) => environment.name === "client",
    resolveId: { filter: { id: /^react-router$/ }, handler: () => ours("one_page.js") },
  };
}

/** What is prerendered and what takes it over must be made by the same hands. */
function plainElements() {
  return {
    name: "plain-elements",
    enforce: "pre",
    resolveId: { filter: { id: /^@emotion\/react$/ }, handler: () => ours("elements.js") },
    transform: {
      filter: { id: /\.jsx$/, code: /\["[&@:][^"]*"\]\s*:/ },
      handler(_code, id) {
        this.error(`${id} styles what is not the element itself. Use classes.`);
      },
    },
  };
}

export default () => [onePage(), plainElements()];
