import "./theme.js";
import "./forms.js";
import "./menu.js";
import "./dialog.js";
import "./toast.js";
