import "./fill.js";
import "./drop.js";
import "./backdrop.js";
import "./job.js";
import "./copy.js";
