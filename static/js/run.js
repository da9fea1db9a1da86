import "./compare.js";
import "./job.js";
import "./outline.js";
