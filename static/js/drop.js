// Choose, drop or paste a photo: it is shown at once and sent at once, so that Generate has nothing left to upload.
import { onEach } from "./start.js";
import { words } from "./kept.js";
import { pending, recall, remember } from "./preview.js";

const LIMIT_BYTES = 20 * 1024 * 1024;

onEach("[data-drop]", (zone) => {
  const find = (name) => zone.querySelector(`[data-${name}]`);
  const input = zone.querySelector('input[type="file"]');
  const form = zone.closest("form");
  const said = document.getElementById("live");
  const say = words();

  function show(url, name, size) {
    const image = find("preview");
    image.hidden = !url;
    if (url) image.src = url;
    find("photo").hidden = false;
    find("name").textContent = name;
    find("size").textContent = size;
    // What was made of another photo goes, too.
    for (const part of ["empty", "empty-hint", "samples", "earlier"]) find(part)?.setAttribute("hidden", "");
    const pick = find("pick");
    pick.classList.remove("btn--primary");
    pick.querySelector("span").textContent = pick.dataset.replace;
  }

  // Who draws on the photo hears of each one: without an outline while it is not kept yet.
  const tell = (detail) => form.dispatchEvent(new CustomEvent("photo", { detail }));

  function refuse(sentence) {
    const line = find("refused");
    line.hidden = !sentence;
    line.querySelector("span").textContent = sentence;
    said.textContent = sentence;
  }

  function send(file) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("image", file);
    const request = new XMLHttpRequest();
    request.open("POST", say.url);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) find("size").textContent = say.uploading.replace("{n}", Math.round((event.loaded / event.total) * 100));
    });
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 201) {
        find("upload").value = answer.id;
        find("size").textContent = answer.size;
        said.textContent = say.ready;
        input.value = "";
        remember(answer.id, file);
        tell(answer);
      } else {
        find("size").textContent = "";
        if (answer?.message) input.value = "";
        refuse(answer?.message ?? say.later);
      }
    });
    // The file stays in the field, so Generate sends it with the form.
    request.addEventListener("error", () => refuse(say.later));
    request.send(body);
  }

  function take(file) {
    if (!file) return;
    refuse("");
    if (file.size > LIMIT_BYTES) {
      input.value = "";
      refuse(say.large);
      return;
    }
    find("upload").value = "";
    find("sample").value = find("again").value = "";
    tell({ isNew: true });
    show(URL.createObjectURL(file), file.name || say.pasted, say.uploading.replace("{n}", "0"));
    send(file);
  }

  function hand(files) {
    if (!files.length) return;
    input.files = files;
    take(files[0]);
  }

  find("preview").addEventListener("error", (event) => (event.target.hidden = true));
  input.addEventListener("change", () => take(input.files[0]));
  addEventListener("paste", (event) => hand(event.clipboardData?.files ?? []));
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? delete zone.dataset.over);
  addEventListener("drop", (event) => {
    delete zone.dataset.over;
    // A file dropped on the field for the background belongs there.
    if (event.target.closest?.('input[type="file"], [data-backdrop]') || !event.dataTransfer.files.length) return;
    event.preventDefault();
    hand(event.dataTransfer.files);
  });
  // After a sign-in, a reload or a look elsewhere the photo is still there.
  const empty = ["upload", "sample", "again"].every((name) => !find(name).value);
  const id = empty ? pending() : find("upload").value;
  const kept = recall(id);
  if (!kept) return;
  if (empty) {
    find("upload").value = id;
    show(kept, say.kept, "");
    tell({ id });
  }
  find("preview").src = kept;
  find("preview").hidden = false;
});
