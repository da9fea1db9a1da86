// The outline of what will be kept, over the photo before anything is paid and while the run is under way.
import { keepUpload, words } from "./kept.js";
import { onEach } from "./start.js";
import { remember } from "./preview.js";

const RETRY_MS = 4000;
const form = document.querySelector("[data-studio]");

/** Let htmx fetch the outline from here on. */
function ask(address) {
  const next = document.createElement("div");
  const asks = address ? { "data-state": "working", "hx-get": address, "hx-trigger": "load", "hx-swap": "outerHTML" } : { "data-state": "waiting" };
  for (const [name, value] of Object.entries({ id: "outline", class: "outline", "data-outline": "", ...asks })) next.setAttribute(name, value);
  document.getElementById("outline").replaceWith(next);
  htmx.process(next);
}

function studio() {
  const said = document.getElementById("live");
  const [opener, preview] = ["brush-open", "preview"].map((name) => form.querySelector(`[data-${name}]`));
  const { outline: address } = words();
  const { upload, sample, again: earlier, mask_upload: mask } = form.elements;

  function again() {
    const from = upload.value && address + upload.value.slice("upl_".length);
    // Not every model takes the mask.
    ask(from && opener && mask?.value ? `${from}?mask=${mask.value}` : from);
  }

  /** A sample, or the photo of an earlier run, becomes an upload once it is looked at with scripts. */
  async function adopt() {
    const id = await keepUpload(form);
    if (id && !preview.hidden) remember(id, preview);
    if (id) again();
  }

  form.addEventListener("photo", ({ detail }) => {
    if (opener) opener.hidden = true;
    if (detail.isNew) earlier.value = "";
    again();
  });
  form.addEventListener("mask", again);
  document.addEventListener("htmx:before:response", (event) => {
    const { raw, status } = event.detail.ctx.response;
    // No page of another kind is laid over the photo: a sign-in, or that something is gone.
    if (event.target.id === "outline" && (raw.redirected || (status >= 400 && status < 500))) event.preventDefault();
  });
  for (const failure of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(failure, ({ target }) => target.id === "outline" && setTimeout(() => target.isConnected && again(), RETRY_MS));
  }
  onEach("[data-outline]", (outline) => {
    const { state } = outline.dataset;
    // Where no subject was found it can be painted by hand, if this browser shows the photo.
    const isBlank = state === "none" && !preview.hidden;
    if (opener && state !== "working") opener.hidden = !(state === "ready" || isBlank);
    // The brush comes once there is something to correct.
    if (opener && !opener.hidden) form.querySelector("[data-brush-slot]")?.dispatchEvent(new Event("needed"));
    if (opener && state === "ready") said.textContent = opener.dataset.ready;
    if (state === "none" || state === "limited") said.textContent = outline.textContent.trim();
  });
  if (!upload.value && (sample.value || earlier.value)) adopt();
}

function run() {
  let drawn = null;
  // The polled stage is new each time; the outline is fetched once, and its march goes on where it was.
  onEach("[data-kept-outline]", async (figure) => {
    drawn ??= fetch(figure.dataset.keptOutline)
      .then((answer) => answer.text())
      .then((page) => new DOMParser().parseFromString(page, "text/html").querySelector("svg"))
      .catch(() => null);
    const outline = (await drawn)?.cloneNode(true);
    if (!outline) return;
    figure.append(outline);
    for (const march of outline.getAnimations({ subtree: true })) march.startTime = 0;
  });
}

if (form) studio();
else run();
