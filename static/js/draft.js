// Keeps what this tab is about to make: a reload, a sign-in, a look elsewhere and the way back from the result lose nothing.
import { release, settle } from "./preview.js";

const KEY = "draft";
const PICTURES = ["upload", "sample", "again", "mask_upload"];
const OWN = ["csrfmiddlewaretoken", "submission_id"];
const form = document.querySelector("[data-studio]");
const here = location.pathname + location.search;
const kept = read();
let sentAs = "";

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function fields() {
  const found = { ...kept.fields };
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !OWN.includes(name)) found[name] = value;
  }
  return found;
}

function save() {
  Object.assign(kept, { at: here, fields: fields(), sentAs });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Then this draft is not kept.
  }
}

/** A run has been made of it: only the way back still shows it, and sent unchanged it is the same run. */
export function sent() {
  sentAs = form.elements.submission_id.value;
  save();
  settle();
  release();
}

function changed() {
  if (JSON.stringify(fields()) === JSON.stringify(kept.fields)) return;
  if (sentAs) form.elements.submission_id.value = crypto.randomUUID?.() ?? "";
  sentAs = "";
  save();
}

/** isBack: all of it; else what the address does not say itself. */
function restore(isBack) {
  const known = kept.fields ?? {};
  const asked = new URLSearchParams(location.search);
  for (const field of form.elements) {
    const { name, type } = field;
    if (!(name in known) || (!isBack && (asked.has(name) || (asked.has("sample") && PICTURES.includes(name))))) continue;
    if (type === "radio") field.checked = field.value === known[name];
    else if (type !== "file" && field.matches("input, select, textarea") && (known[name] || (type !== "hidden" && (isBack || !field.value)))) {
      field.value = known[name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

if (form) {
  const [visit] = performance.getEntriesByType("navigation");
  const isBack = kept.at === here && /^(reload|back)/.test(visit?.type);
  if (isBack || (!kept.sentAs && "fresh" in form.dataset)) restore(isBack);
  else delete kept.fields;
  if (isBack && kept.sentAs) form.elements.submission_id.value = sentAs = kept.sentAs;
  form.addEventListener("input", changed);
  // A hidden field's value is its attribute.
  new MutationObserver(changed).observe(form, { subtree: true, attributeFilter: ["value"] });
}
