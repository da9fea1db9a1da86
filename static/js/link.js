// A photo by its address: the button says what goes on, and a pasted https link fills the field by itself.
import { onEach } from "./start.js";

onEach("[data-by-link]", (box) => {
  const zone = box.closest("[data-drop]");
  const [field, button] = [box.querySelector("input"), box.querySelector("[data-link]")];
  const said = button.textContent;

  function fetchIt() {
    const url = field.value.trim();
    if (!url || button.ariaBusy === "true") return field.focus();
    button.ariaBusy = "true";
    button.textContent = button.dataset.fetching;
    zone.dispatchEvent(new CustomEvent("link", { detail: url }));
  }

  button.addEventListener("click", (event) => {
    event.preventDefault();
    fetchIt();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    fetchIt();
  });
  zone.addEventListener("sent", () => {
    button.ariaBusy = null;
    button.textContent = said;
    box.open &&= field.value !== "";
  });
  addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (event.target.closest?.("input, textarea") || !/^https:\/\/\S+$/.test(text)) return;
    box.open = true;
    field.value = text;
    fetchIt();
  });
  // Whoever presses Generate first has the same photo fetched on the way.
  box.closest("form").addEventListener("submit", ({ submitter }) => {
    if (!field.value.trim() || !submitter?.dataset.fetching || submitter === button) return;
    const words = [...submitter.childNodes];
    submitter.textContent = submitter.dataset.fetching;
    addEventListener("pageshow", () => submitter.replaceChildren(...words), { once: true });
  });
});
