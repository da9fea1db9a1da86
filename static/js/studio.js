import "./fill.js";
import "./draft.js";
import "./outline.js";
import "./mask.js";
import "./brush.js";
import "./drop.js";
import "./backdrop.js";
import "./canvas.js";
