// What a swap must not take away: the element in focus, opened rows, and components of what came in.
import { startComponents } from "./components.js";

let focused = "";
let opened = new Set();
let closed = new Set();

// An element is found again by its id; a row's summary has none of its own, but its row has.
function address(element) {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  const row = element?.tagName === "SUMMARY" ? element.parentElement : null;
  return row?.id ? `#${CSS.escape(row.id)} > summary` : "";
}

function remember() {
  focused = address(document.activeElement);
  const rows = [...document.querySelectorAll("details[id]")];
  opened = new Set(rows.filter((row) => row.open).map((row) => row.id));
  closed = new Set(rows.filter((row) => !row.open && row.dataset.touched).map((row) => row.id));
}

function restore() {
  for (const row of document.querySelectorAll("details[id]")) {
    if (opened.has(row.id)) row.open = true;
    if (closed.has(row.id)) {
      row.open = false;
      row.dataset.touched = "yes";
    }
  }
  if (focused && document.activeElement === document.body) {
    document.querySelector(focused)?.focus({ preventScroll: true });
  }
}

export function keepFocus() {
  document.addEventListener("htmx:before:swap", remember);
  document.addEventListener("htmx:after:swap", () => {
    restore();
    startComponents(document);
  });
  document.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("summary")?.parentElement : null;
    if (row?.id) row.dataset.touched = "yes";
  });
}
