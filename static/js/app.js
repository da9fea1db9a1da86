import "./theme.js";
import "./forms.js";
import "./menu.js";
import "./reveal.js";
import "./dialog.js";
import "./toast.js";
