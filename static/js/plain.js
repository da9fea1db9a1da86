import "./theme.js";
import "./forms.js";
import "./back.js";
