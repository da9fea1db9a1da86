import "./fill.js";
import "./draft.js";
import "./drop.js";
import "./canvas.js";
