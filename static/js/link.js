// A photo by its address: the server fetches it, the button says so; a pasted https link fills the field by itself.
import { onEach } from "./start.js";
import { post, words } from "./kept.js";

onEach("[data-by-link]", (box) => {
  const zone = box.closest("[data-drop]");
  const form = box.closest("form");
  const find = (name) => zone.querySelector(`[data-${name}]`);
  const [field, button, line] = [box.querySelector("input"), find("link"), find("refused")];
  const said = button.textContent;

  function refuse(sentence) {
    line.hidden = !sentence;
    line.querySelector("span").textContent = document.getElementById("live").textContent = sentence;
  }

  // What is behind a link is never shown before it has been cleaned: the subject stands there as a shape.
  function show({ id, size, outline }) {
    const [preview, pick] = [find("preview"), find("pick")];
    preview.hidden = true;
    find("photo").hidden = false;
    find("name").textContent = new URL(field.value).hostname;
    find("size").textContent = size;
    for (const part of ["empty", "empty-hint", "samples", "earlier"]) find(part)?.setAttribute("hidden", "");
    pick.classList.remove("btn--primary");
    pick.querySelector("span").textContent = pick.dataset.replace;
    find("sample").value = find("again").value = field.value = "";
    form.dispatchEvent(new CustomEvent("photo", { detail: { isNew: true } }));
    find("upload").value = id;
    form.dispatchEvent(new CustomEvent("photo", { detail: { id, outline } }));
    box.open = false;
  }

  async function fetchIt() {
    if (!field.value.trim() || button.ariaBusy === "true") return field.focus();
    button.ariaBusy = "true";
    button.textContent = button.dataset.fetching;
    refuse("");
    try {
      const answer = await post(form, ["image_url", field.value.trim()]);
      const kept = await answer.json();
      if (answer.ok) show(kept);
      else refuse(kept.message);
    } catch {
      refuse(words().later); // Generate has it fetched again, or leads to signing in
    }
    button.ariaBusy = null;
    button.textContent = said;
  }

  button.addEventListener("click", (event) => {
    event.preventDefault();
    fetchIt();
  });
  addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (event.target.closest?.("input, textarea") || !/^https:\/\/\S+$/.test(text)) return;
    box.open = true;
    field.value = text;
    fetchIt();
  });
  // Whoever presses Generate first has the same photo fetched on the way.
  form.addEventListener("submit", ({ submitter }) => {
    if (!field.value.trim() || !submitter?.dataset.fetching || submitter === button) return;
    const label = [...submitter.childNodes];
    submitter.textContent = submitter.dataset.fetching;
    addEventListener("pageshow", () => submitter.replaceChildren(...label), { once: true });
  });
});
