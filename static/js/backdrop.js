// A background picture of one's own: chosen or dropped, shown at once, and kept ahead of Generate.
import { onEach } from "./start.js";
import { post, words } from "./kept.js";
import { recall, remember } from "./preview.js";

const LIMIT_BYTES = 20 * 1024 * 1024;
const SLOT = "backdrop";

onEach("[data-backdrop]", (box) => {
  const form = box.closest("form");
  const input = box.querySelector('input[type="file"]');
  const thumb = box.querySelector("[data-thumb]");
  const kept = form.elements.background_upload;
  const said = document.getElementById("live");
  const line = box.querySelector("[data-refused]");

  function show(url) {
    thumb.hidden = !url;
    if (url) thumb.src = url;
  }

  function refuse(sentence) {
    line.hidden = !sentence;
    line.querySelector("span").textContent = said.textContent = sentence;
  }

  async function take(file) {
    if (!file) return;
    refuse("");
    kept.value = "";
    if (file.size > LIMIT_BYTES) {
      input.value = "";
      show("");
      refuse(words().large);
      return;
    }
    show(URL.createObjectURL(file));
    try {
      const answer = await post(form, ["background_image", file]);
      const { id, size, message } = await answer.json();
      if (input.files[0] !== file) return; // another was chosen meanwhile
      input.value = "";
      if (!answer.ok) {
        show("");
        refuse(message);
        return;
      }
      kept.value = id;
      form.dispatchEvent(new Event("input"));
      box.querySelector("[data-kept]").textContent = size;
      said.textContent = box.dataset.ready;
      document.getElementById("id_background_gone")?.remove();
      remember(id, file, SLOT);
    } catch {
      // The file stays in the field, so Generate sends it with the form.
    }
  }

  thumb.addEventListener("error", () => show(""));
  input.addEventListener("change", () => take(input.files[0]));
  box.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    take(input.files[0]);
  });
  const earlier = recall(kept.value, SLOT);
  if (earlier) show(earlier);
});
