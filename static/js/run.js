import "./compare.js";
import "./draft.js";
import "./job.js";
import "./outline.js";
import "./takes.js";
