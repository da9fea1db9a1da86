// A button with data-copy="<id>" copies that field or code and says so for a moment; without a clipboard it stays hidden.
import { onEach } from "./start.js";

const SAID_MS = 2000;

async function copy({ currentTarget: button }) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  const before = button.dataset.before ?? words.textContent;
  button.dataset.before = before;
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
  } catch {
    getSelection().selectAllChildren(field); // the browser refused: one keystroke is left to do
    field.select?.();
    return;
  }
  words.textContent = button.dataset.copied;
  document.getElementById("live").textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = before; }, SAID_MS);
}

onEach("[data-copy]", (button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", copy);
});
onEach("[data-copy-source]", (field) => field.addEventListener("focus", () => field.select()));
