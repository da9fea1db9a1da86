import "./fill.js";
import "./draft.js";
import "./drop.js";
import "./backdrop.js";
import "./canvas.js";
