import "./compare.js";
import "./copy.js";
import "./job.js";
import "./outline.js";
import "./sharpen.js";
import "./takes.js";
