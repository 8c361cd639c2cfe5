// The quiet line under an answer: it says that saving is under way, that it failed, or leaves the server's own words.
const WORDS = {
  sv: { saving: "Sparar …", failed: "Det gick inte att spara. Kontrollera nätet och välj Spara." },
  en: { saving: "Saving …", failed: "It could not be saved. Check the network and choose Save." },
};
const words = WORDS[document.documentElement.lang] ?? WORDS.sv;

function lineOf(element) {
  const target = element?.getAttribute?.("hx-target");
  const line = target?.startsWith("#") ? document.querySelector(target) : null;
  return line?.classList.contains("saved") ? line : null;
}

// The line also carries the answer's version in a hidden field: only the words beside it are replaced.
function say(line, text, state) {
  for (const node of [...line.childNodes]) {
    if (!(node instanceof HTMLInputElement)) node.remove();
  }
  line.append(text);
  line.dataset.state = state;
}

export function showSaveState() {
  document.addEventListener("htmx:before:request", (event) => {
    const line = lineOf(event.target);
    if (line) say(line, words.saving, "saving");
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const line of document.querySelectorAll(".saved[data-state]")) delete line.dataset.state;
  });
  document.addEventListener("htmx:error", (event) => {
    const line = lineOf(event.target);
    if (line) say(line, words.failed, "failed");
  });
}
