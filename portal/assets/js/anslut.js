// Every page's script. Each page works without it; with it, saving and following a run need no reload.
import "./htmx.js";
import { startComponents } from "./components.js";
import { announceVerdict } from "./announcing.js";
import { keepFocus } from "./focus.js";
import { showSaveState } from "./saving.js";
import { keepDrafts } from "./drafts.js";

startComponents(document);
keepDrafts();
showSaveState();
keepFocus();
announceVerdict();
