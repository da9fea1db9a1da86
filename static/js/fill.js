// A chip puts its words into a field, where they can be read and changed; a native color picker mirrors a text field.
function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fills] button");
  const field = chip && document.getElementById(chip.closest("[data-fills]").dataset.fills);
  if (!field) return;
  event.preventDefault();
  // The way back stands beside the chips: what the box held before.
  const undo = chip.closest("[data-fills]").querySelector("[data-undo]");
  const [next, before] = [chip.value, field.value];
  if (undo) {
    undo.hidden = chip === undo || next === before;
    undo.value = before;
  }
  put(field, next);
  field.focus();
});

document.addEventListener("input", (event) => {
  const target = event.target;
  const mirrored = target.dataset?.mirrors && document.getElementById(target.dataset.mirrors);
  if (mirrored) {
    put(mirrored, target.value);
    return;
  }
  const mirror = document.querySelector(`[data-mirrors="${CSS.escape(target.id)}"]`);
  if (mirror && /^#[0-9a-f]{6}$/i.test(target.value)) mirror.value = target.value.toLowerCase();
  for (const chip of document.querySelectorAll(`[data-fills="${CSS.escape(target.id)}"] button:not([data-undo])`)) {
    chip.setAttribute("aria-pressed", String(chip.value === target.value));
  }
});

// Ctrl or Cmd with Enter sends the form one is writing in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const button = (event.target.form ?? document).querySelector("[data-generate]");
  if (button) button.click();
});
