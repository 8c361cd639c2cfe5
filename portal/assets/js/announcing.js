// A run that is followed says its verdict aloud once, when it is over: a replaced region says nothing by itself.
let running = false;

function verdict() {
  return document.querySelector(".verdict");
}

export function announceVerdict() {
  running = verdict()?.classList.contains("verdict--running") ?? false;
  document.addEventListener("htmx:after:swap", () => {
    const found = verdict();
    if (!found || !running || found.classList.contains("verdict--running")) return;
    running = false;
    document.getElementById("announcer").textContent = found.textContent.replace(/\s+/g, " ").trim();
  });
}
