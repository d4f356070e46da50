/* Keys in a list: arrows walk through its rows, Escape leads back to the search. */

const target = (row) => row?.querySelector("button, a");
/** Rows beyond which nobody looks for the one below: no line has more. */
const NEAR = 14;

/** The row that stands below another one, or above it. */
function beside(list, here, step) {
  const from = list[here].getBoundingClientRect();
  let best = -1;
  let bestAt = null;
  for (let next = here + step; next >= 0 && next < list.length && Math.abs(next - here) <= NEAR; next += step) {
    const at = list[next].getBoundingClientRect();
    if (Math.abs(at.top - from.top) < 4) continue;
    if (bestAt && Math.abs(at.top - bestAt.top) > 4) break; // a line further
    if (!bestAt || Math.abs(at.left - from.left) < Math.abs(bestAt.left - from.left)) [best, bestAt] = [next, at];
  }
  return best;
}

/** Where an arrow leads from a row: an index, -1 above the first line, or null for no key of ours. */
function destination(key, list, here, isRows, isRightToLeft) {
  const forward = isRightToLeft ? "ArrowLeft" : "ArrowRight";
  if (key === "ArrowDown") return Math.max(beside(list, here, 1), here);
  if (key === "ArrowUp") return beside(list, here, -1);
  if (isRows || (key !== "ArrowLeft" && key !== "ArrowRight")) return null;
  return key === forward ? Math.min(here + 1, list.length - 1) : here - 1;
}

/** @returns What handles a key that was pressed. */
export function listKeys({ frame, query, rows, empty }) {
  const isRows = frame.querySelector("[data-rows]") !== null;
  const isRightToLeft = () => getComputedStyle(frame).direction === "rtl";

  function ofQuery(event) {
    const first = target(rows()[0]);
    if (event.key === "Escape" && query.value) {
      event.preventDefault();
      empty();
    } else if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
  }

  function walk(event) {
    const row = event.target.closest("[data-filter-items] > li");
    if (!row) return;
    const list = rows();
    const to = destination(event.key, list, list.indexOf(row), isRows, isRightToLeft());
    if (to === null) return;
    event.preventDefault();
    if (to < 0) query.focus();
    else target(list[to])?.focus();
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!(event.target instanceof Element) || !frame.contains(event.target)) return;
    if (event.target === query) ofQuery(event);
    else if (event.key.startsWith("Arrow")) walk(event);
    else if (event.key === "Escape" && event.target.closest("[data-filter-items]")) query.focus();
  };
}
