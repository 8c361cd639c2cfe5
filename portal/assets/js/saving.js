// The quiet line under an answer: that saving is under way, that it failed and is tried again, or the server's words.
const WORDS = {
  sv: {
    saving: "Sparar …",
    offline: "Inte sparat: ingen förbindelse. Det ni skrev finns kvar i webbläsaren och sparas när förbindelsen är tillbaka.",
    failed: "Inte sparat: servern tog inte emot svaret. Det ni skrev finns kvar i webbläsaren. Ladda om sidan och ta tillbaka det.",
  },
  en: {
    saving: "Saving …",
    offline: "Not saved: no connection. What you wrote is kept in the browser and saved when the connection is back.",
    failed: "Not saved: the server did not take the answer. What you wrote is kept in the browser. Reload the page and take it back.",
  },
};
const words = WORDS[document.documentElement.lang] ?? WORDS.sv;
const ANSWERED = new Set([200, 204, 409, 422]);
const AGAIN_AFTER = 15_000;
const waiting = new Map();

function lineOf(element) {
  const target = element?.getAttribute?.("hx-target");
  const line = target?.startsWith("#") ? document.getElementById(target.slice(1)) : null;
  return line?.classList.contains("saved") ? line : null;
}

// The line also carries the answer's version in hidden fields: only the words beside them are replaced.
function say(line, text, state) {
  for (const node of [...line.childNodes]) {
    if (!(node instanceof HTMLInputElement)) node.remove();
  }
  line.append(text);
  line.dataset.state = state;
}

// A request that waited for the one before it was put together before that one had given the answer a new version.
function carryVersion(line, body) {
  for (const field of line.querySelectorAll(":scope > input[type=hidden]")) {
    if (body?.has?.(field.name)) body.set(field.name, field.value);
  }
}

function again() {
  for (const [line, element] of [...waiting]) {
    waiting.delete(line);
    if (line.isConnected && line.dataset.state === "offline") {
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

function lost(line, element) {
  say(line, words.offline, "offline");
  waiting.set(line, element.closest("[data-draft]") ?? element);
  setTimeout(again, AGAIN_AFTER);
}

export function showSaveState() {
  document.addEventListener("htmx:before:request", (event) => {
    const line = lineOf(event.target);
    if (!line) return;
    waiting.delete(line);
    carryVersion(line, event.detail.ctx.request.body);
    say(line, words.saving, "saving");
  });
  // An answer that is none of ours, such as a whole error page, is not put into the line.
  document.addEventListener("htmx:before:response", (event) => {
    const line = lineOf(event.target);
    if (!line || ANSWERED.has(event.detail.ctx.response.status)) return;
    event.preventDefault();
    say(line, words.failed, "failed");
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const line = document.getElementById(event.detail.ctx.target?.id ?? "");
    if (line?.classList.contains("saved")) delete line.dataset.state;
  });
  document.addEventListener("htmx:error", (event) => {
    const line = lineOf(event.target);
    if (line) lost(line, event.target);
  });
  window.addEventListener("online", again);
}
