import "./compare.js";
import "./draft.js";
import "./job.js";
