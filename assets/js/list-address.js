/* The address says what is shown, so that it can be kept, shared and come back to. */

/** What the address says, by name. */
export const readAddress = () => new URL(location.href).searchParams;

/** @param {() => object} state What is shown, by name and in the order of the address. */
export function addressWriter(state) {
  let writing = 0;
  function write() {
    clearTimeout(writing);
    writing = 0;
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(state())) {
      // Deleted first, so that they always stand in one order.
      url.searchParams.delete(name);
      if (value) url.searchParams.append(name, value);
    }
    url.hash = "";
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }
  window.addEventListener("pagehide", () => writing && write(), true);
  return () => {
    // Browsers refuse more than some hundred changes of the address in half a minute.
    clearTimeout(writing);
    writing = setTimeout(write, 250);
  };
}
