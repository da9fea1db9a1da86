// Choose, drop or paste a photo: it is shown at once and sent at once, so that Generate has nothing left to upload.
import { anywhere } from "./anywhere.js";
import { onEach } from "./start.js";
import { photo, push, words } from "./kept.js";
import { held, hold, pending, recall, release, remember } from "./preview.js";
import { patience } from "./retry.js";

const LIMIT_BYTES = 20 * 1024 * 1024;

onEach("[data-drop]", (zone) => {
  const find = (name) => zone.querySelector(`[data-${name}]`);
  const input = zone.querySelector('input[type="file"]');
  const form = zone.closest("form");
  const said = document.getElementById("live");
  const say = words();
  let taken;

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

  const uploading = (percent) => (find("size").textContent = say.uploading.replace("{n}", percent));

  // Who draws on the photo hears of each one: without an outline while it is not kept yet.
  const tell = (detail) => form.dispatchEvent(new CustomEvent("photo", { detail }));

  function refuse(sentence, isOver = false) {
    const line = find("refused");
    line.hidden = !sentence;
    line.querySelector("span").textContent = sentence;
    const way = line.querySelector("a");
    if (way) way.hidden = !isOver;
    said.textContent = sentence;
  }

  async function send(file) {
    await hold(file);
    for (let missed = 0; file === taken; missed += 1) {
      const { status, response: answer, responseURL } = await push(form, file, uploading);
      if (file !== taken) return;
      if (status === 201) {
        find("upload").value = answer.id;
        find("size").textContent = answer.size;
        refuse("");
        said.textContent = say.ready;
        input.value = "";
        remember(answer.id, file);
        release();
        return tell(answer);
      }
      find("size").textContent = "";
      if (answer?.message) {
        input.value = "";
        release();
        return refuse(answer.message);
      }
      // The file stays in the field, so Generate could send it with the form.
      if (status && new URL(responseURL).pathname !== say.url) return refuse(say.over, true);
      refuse(status ? say.later : say.lost);
      await patience(missed);
    }
  }

  function take(file) {
    if (!file) return;
    refuse("");
    if (file.size > LIMIT_BYTES) {
      input.value = "";
      refuse(say.large);
      return;
    }
    taken = file;
    find("upload").value = "";
    find("sample").value = find("again").value = "";
    tell({ isNew: true });
    show(URL.createObjectURL(file), file.name || say.pasted, "");
    uploading(0);
    photo.sending = send(file);
  }

  function hand(files) {
    if (!files.length) return;
    input.files = files;
    take(files[0]);
  }

  find("preview").addEventListener("error", (event) => (event.target.hidden = true));
  input.addEventListener("change", () => take(input.files[0]));
  anywhere(zone, hand);
  // After a sign-in, a reload or a look elsewhere the photo is still there.
  const upload = find("upload");
  if (["upload", "sample", "again"].every((name) => !find(name).value)) upload.value = pending();
  const kept = recall(upload.value);
  // Not the one this page came with.
  if (upload.value && upload.value !== upload.dataset.upload) {
    show(kept ?? "", say.kept, "");
    tell({ id: upload.value });
  } else if (kept) {
    find("preview").src = kept;
    find("preview").hidden = false;
  }
  held().then((file) => {
    if (!file || taken) return;
    const files = new DataTransfer();
    files.items.add(file);
    hand(files.files);
  }, release);
});
