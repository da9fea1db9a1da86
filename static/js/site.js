import "./theme.js";
import "./forms.js";
import "./compare.js";
