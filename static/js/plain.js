import "./theme.js";
import "./forms.js";
import "./reveal.js";
