// Every page's script. Each page works without it; with it, saving and following a run need no reload.
import "./htmx.js";
import { startComponents } from "./components.js";
import { announceVerdict } from "./announcing.js";
import { keepFocus } from "./focus.js";
import { showSaveState } from "./saving.js";

startComponents(document);
showSaveState();
keepFocus();
announceVerdict();
