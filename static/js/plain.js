import "./theme.js";
import "./forms.js";
