// A button with data-copy="<id of a field or of code>" puts what stands there on the clipboard and says so for a moment.
// Without scripts or a clipboard the button stays hidden, and the field is there to be selected by hand.
const SAID_MS = 2000;

function selectAll(event) {
  event.currentTarget.select();
}

async function copy(event) {
  const button = event.currentTarget;
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  const before = button.dataset.before ?? words.textContent;
  button.dataset.before = before;
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
  } catch {
    field.select?.(); // the browser refused: one keystroke is left to do
    return;
  }
  words.textContent = button.dataset.copied;
  document.getElementById("live").textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, SAID_MS);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", copy);
}
for (const field of document.querySelectorAll("[data-copy-source]")) field.addEventListener("focus", selectAll);
