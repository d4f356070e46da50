// React Router, for documents that hold one page each. A link loads a document, so nothing is
// matched, fetched or restored here: the server has chosen the page, and named its modules in
// `__reactRouterRouteModules`. Names are those that compiled pages import; another one stops
// the bundler.
import { createElement } from "react";

const ROOT = "root";

const modules = () => window.__reactRouterRouteModules;
const routeId = () => Object.keys(modules()).find((id) => id !== ROOT);

/** All of the document. */
export function Page() {
  const root = modules()[ROOT];
  return createElement(root.Layout, null, createElement(root.default));
}

export function Outlet() {
  return createElement(modules()[routeId()].default);
}

// What the server wrote for these stays as it is: React passes over what it did not ask for in
// the head, and at the end of the body.
const written = () => null;
export const Links = written;
export const Meta = written;
export const Scripts = written;
// The browser restores where a document was scrolled to by itself.
export const ScrollRestoration = written;

export const UNSAFE_withComponentProps = (component) => component;

// The same objects every time: a changed one would mean that somebody went to another page. What
// they say is of now: a page that draws several views writes their addresses itself.
const place = {
  get pathname() {
    return location.pathname;
  },
  get search() {
    return location.search;
  },
  get hash() {
    return location.hash;
  },
  state: null,
};
const query = [new URLSearchParams(location.search)];
let params;

export const useLocation = () => place;
export const useSearchParams = () => query;
export const useParams = () => (params ??= namedParts());
export const useNavigate = () => go;

function go(address, { replace = false } = {}) {
  location[replace ? "replace" : "assign"](address);
}

/** The variable parts of the address, by their names in the route: `en/order/:order_id`. */
function namedParts() {
  const route = window.__reactRouterManifest.routes[routeId()].path ?? "";
  const parts = place.pathname.split("/").filter(Boolean);
  const named = route.split("/").flatMap((part, at) => (part[0] === ":" ? [[part.slice(1), decoded(parts[at])]] : []));
  return Object.fromEntries(named);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not an encoding of anything: as it stands
  }
}
