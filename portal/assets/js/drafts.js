// What is typed into an answer is kept in the browser until it is saved, and offered back to the one who typed it.
//
// A draft is kept by person, connection, requirement and the version that it was written over, so that nobody else on
// the same browser sees it and a newer answer is never overwritten by it: the server then shows both.
const PREFIX = "anslut.draft";
const SENT = "anslut.sent";
const OLDEST = 30 * 24 * 60 * 60 * 1000;
const WORDS = {
  sv: {
    offer: (when) => `Ni har osparad text från ${when}.`,
    answer: "Svar",
    take: "Ta tillbaka",
    drop: "Släng",
    full: "Webbläsaren kan inte spara det ni skriver. Stäng inte fliken förrän svaret är sparat.",
  },
  en: {
    offer: (when) => `You have unsaved text from ${when}.`,
    answer: "Answer",
    take: "Take it back",
    drop: "Discard",
    full: "The browser cannot keep what you write. Do not close the tab until the answer is saved.",
  },
};
const words = WORDS[document.documentElement.lang] ?? WORDS.sv;
const person = document.body.dataset.person;
const saved = new WeakMap();
const sent = new WeakMap();

function field(scope, name) {
  return scope.querySelector(`[name="${name}"], [name$="-${name}"]`);
}

function radios(scope) {
  return [...scope.querySelectorAll('input[type="radio"]')];
}

function tidy(text) {
  return (text ?? "").replace(/\r\n?/g, "\n").trim();
}

function typed(scope) {
  return {
    value: radios(scope).find((found) => found.checked)?.value ?? "",
    comment: tidy(field(scope, "comment")?.value),
  };
}

function same(one, other) {
  return one !== undefined && one.value === other.value && one.comment === other.comment;
}

function version(scope) {
  return field(scope, "version")?.value ?? "0";
}

function place(scope) {
  return `${PREFIX}/${person}/${scope.dataset.connection}/${scope.dataset.draft}/`;
}

function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

function drop(prefix) {
  for (const key of keys(prefix)) localStorage.removeItem(key);
}

function held(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return typeof found?.comment === "string" && typeof found.at === "number" ? { ...found, key } : null;
  } catch {
    return null;
  }
}

function warn() {
  const announcer = document.getElementById("announcer");
  if (announcer.textContent !== words.full) announcer.textContent = words.full;
}

function keep(scope) {
  const now = typed(scope);
  const key = place(scope) + version(scope);
  try {
    if (same(saved.get(scope), now)) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...now, at: Date.now() }));
    delete scope.dataset.full;
  } catch {
    scope.dataset.full = "yes";
    warn();
  }
}

function clock(at) {
  const then = new Date(at);
  const time = `${String(then.getHours()).padStart(2, "0")}.${String(then.getMinutes()).padStart(2, "0")}`;
  if (then.toDateString() === new Date().toDateString()) return time;
  return `${then.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" })} ${time}`;
}

function fill(scope, draft) {
  for (const radio of radios(scope)) radio.checked = radio.value === draft.value;
  const comment = field(scope, "comment");
  comment.value = draft.comment;
  comment.dispatchEvent(new Event("input", { bubbles: true }));
  // Written over an older version, it is sent as such: the server tells of the newer one and asks which to keep.
  const written = draft.key.slice(draft.key.lastIndexOf("/") + 1).split("~")[0];
  const current = field(scope, "version");
  if (Number(written) < Number(current.value)) current.value = written;
  keep(scope);
  localStorage.removeItem(draft.key);
  scope.dispatchEvent(new Event("change", { bubbles: true }));
}

function labelOf(scope, value) {
  const radio = radios(scope).find((found) => found.value === value);
  return radio ? scope.querySelector(`label[for="${CSS.escape(radio.id)}"]`).textContent.trim() : "–";
}

// Where the keyboard goes on when the button it stood on is gone.
function focusOn(scope) {
  (radios(scope).find((found) => found.checked) ?? radios(scope)[0])?.focus();
}

function button(text, kind, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `govuk-button${kind}`;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function paragraph(text, kind) {
  const made = document.createElement("p");
  made.className = kind;
  made.textContent = text;
  return made;
}

// What is offered moves to a place of its own, so that what is typed meanwhile does not take its place.
function setAside(draft) {
  if (draft.key.includes("~")) return draft;
  const key = `${draft.key}~${draft.at}`;
  try {
    localStorage.setItem(key, localStorage.getItem(draft.key));
    localStorage.removeItem(draft.key);
    return { ...draft, key };
  } catch {
    return draft;
  }
}

function show(scope, found) {
  const draft = setAside(found);
  const box = document.createElement("div");
  box.className = "kept";
  box.setAttribute("role", "status");
  const done = (act) => () => {
    box.remove();
    act();
    focusOn(scope);
    offer(scope);
  };
  const buttons = paragraph("", "actions");
  buttons.append(
    button(words.take, "", done(() => fill(scope, draft))),
    button(words.drop, " govuk-button--secondary", done(() => localStorage.removeItem(draft.key))),
  );
  box.append(paragraph(words.offer(clock(draft.at)), ""));
  box.append(paragraph(`${words.answer}: ${labelOf(scope, draft.value)}`, ""));
  if (draft.comment) box.append(paragraph(draft.comment, "written"));
  box.append(buttons);
  scope.prepend(box);
}

// The newest first; the others are offered once it is dealt with.
function offer(scope) {
  if (scope.querySelector(".kept")) return;
  const found = keys(place(scope)).map(held).filter(Boolean).sort((one, other) => other.at - one.at);
  for (const draft of found) {
    if (same(typed(scope), draft)) {
      if (!("unsaved" in scope.dataset)) localStorage.removeItem(draft.key);
      continue;
    }
    show(scope, draft);
    return;
  }
}

// A page that came after sending says that all was saved; then nothing is left to offer.
function settle() {
  try {
    const arrived = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
    sessionStorage.removeItem(SENT);
    if (document.querySelector(".note--success")) for (const key of arrived) localStorage.removeItem(key);
  } catch {
    // Without session storage an answer that was saved may be offered once more, which loses nothing.
  }
  for (const key of keys(`${PREFIX}/${person}/`)) {
    const found = held(key);
    if (!found || Date.now() - found.at > OLDEST) localStorage.removeItem(key);
  }
}

function sending(event) {
  const form = event.target;
  if (form.matches("[data-sign-out]")) return drop(`${PREFIX}/${person}/`);
  const scopes = [...document.querySelectorAll("[data-draft]")].filter(
    (scope) => scope === form || (form.id && field(scope, "comment")?.form === form),
  );
  chosen(event.submitter);
  const arriving = scopes.flatMap((scope) => keys(place(scope) + version(scope)));
  try {
    if (scopes.length) sessionStorage.setItem(SENT, JSON.stringify(arriving));
  } catch {
    // As above: nothing is lost, something may be offered once more.
  }
}

// Who keeps the other's answer has no use for the own text any longer. True when that was chosen.
function chosen(pressed) {
  if (pressed?.name !== "choice" || !pressed.value.startsWith("theirs ")) return false;
  const scope = document.querySelector(`[data-draft="${CSS.escape(pressed.value.slice(7))}"]`);
  if (scope) drop(place(scope));
  return true;
}

function values(scope, body) {
  const find = (name) => [...body.entries()].find(([key]) => key === name || key === `${scope.dataset.draft}-${name}`)?.[1];
  return { value: find("value") ?? "", comment: tidy(find("comment")) };
}

function arrived(event) {
  const { ctx } = event.detail;
  const scope = document.getElementById(ctx.target?.id ?? "")?.closest("[data-draft]");
  if (!scope || ctx.response?.status !== 200) return;
  delete scope.dataset.unsaved;
  // Where the other's answer was kept nothing was sent: the fields hold it now.
  const went = sent.get(scope) ?? typed(scope);
  saved.set(scope, went);
  // An offer that has not been answered stays.
  for (const key of keys(place(scope))) {
    const draft = held(key);
    if (!key.includes("~") || (draft && same(went, draft))) localStorage.removeItem(key);
  }
  if (!same(went, typed(scope))) keep(scope);
  if (document.activeElement === document.body) focusOn(scope);
}

export function keepDrafts() {
  if (!person) return;
  settle();
  for (const scope of document.querySelectorAll("[data-draft]")) {
    if (!("unsaved" in scope.dataset)) saved.set(scope, typed(scope));
    offer(scope);
  }
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const scope = event.target instanceof Element ? event.target.closest("[data-draft]") : null;
      if (scope) keep(scope);
    });
  }
  document.addEventListener("submit", sending);
  document.addEventListener("htmx:before:request", (event) => {
    const scope = event.target.closest?.("[data-draft]");
    const { body } = event.detail.ctx.request;
    if (scope && body?.entries) sent.set(scope, chosen(event.target) ? undefined : values(scope, body));
  });
  document.addEventListener("htmx:after:swap", arrived);
}
