/* The index that the server writes for the language of the page: fetched when somebody is about to
 * search, once for a page, and kept by the browser. */

import { prepare } from "./search.js";

let loading = null;
let ready = null;

/** The index, if it is here already. */
export const loadedIndex = () => ready;

/** The index. Rejects when it cannot be fetched; asked again, it is tried again. */
export function loadIndex() {
  loading ??= fetch(`/search/${document.documentElement.dataset.mini ?? location.pathname.split("/")[1]}.json`)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((data) => (ready = prepare(data)))
    .catch((trouble) => {
      loading = null;
      throw trouble;
    });
  return loading;
}
