import "./compare.js";
import "./copy.js";
import "./draft.js";
import "./job.js";
import "./outline.js";
