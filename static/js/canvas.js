// The frame over the photo, before anything is paid. The server reckons it; here it is only asked for and laid on top.
import { onEach } from "./start.js";
import { keepUpload } from "./kept.js";

// A slider says much; the subject may still be looked for.
const PAUSE_MS = 120;
const WAIT_S = [1, 1, 2, 2, 4, 4, 8, 8];

onEach("[data-canvas]", (picker) => {
  const form = picker.closest("form");
  const layers = form.querySelector("[data-layers]");
  const find = (name) => picker.querySelector(`[data-frame-${name}]`);
  const chosen = (name) => picker.querySelector(`[name="canvas_${name}"]:checked`)?.value;
  let timer, under_way, waits;

  function query() {
    const aspect = chosen("aspect");
    const asked = new URLSearchParams({ aspect: aspect === "own" ? form.elements.canvas_ratio.value.replaceAll(" ", "") : aspect, anchor: chosen("anchor") });
    if (chosen("size") === "padding") {
      const percent = form.elements.canvas_padding.value.trim().replace(",", ".");
      asked.set("padding", percent === "" || Number.isNaN(Number(percent)) ? "?" : String(Number((percent / 100).toFixed(6))));
    }
    const mask = form.elements.mask_upload?.value;
    if (mask) asked.set("mask", mask);
    return asked;
  }

  function lay(svg) {
    const [width, height] = svg ? svg.getAttribute("viewBox").split(" ").slice(2).map(Number) : [1, 1];
    const [left, top, across, down] = svg ? svg.dataset.view.split(" ").map(Number) : [0, 0, 1, 1];
    const scale = Math.min(1, width / across, height / down);
    const shift = (from, size, whole) => `${(-scale * 100 * (from + size / 2 - whole / 2)) / whole}%`;
    layers.style.setProperty("--frame-scale", scale);
    layers.style.setProperty("--frame-x", shift(left, across, width));
    layers.style.setProperty("--frame-y", shift(top, down, height));
    layers.querySelector("[data-frame]").replaceChildren(...(svg ? [svg] : []));
  }

  function show(text) {
    const answer = new DOMParser().parseFromString(text, "text/html");
    const [svg, size, why] = ["svg.frame", "[data-size]", "[data-why]"].map((one) => answer.querySelector(one));
    lay(svg);
    find("size").replaceChildren(...(size ? size.childNodes : []));
    find("words").replaceChildren(...(why ? [why] : []));
    document.getElementById("live").textContent = why ? why.textContent.trim() : "";
  }

  async function ask() {
    under_way?.abort();
    if (!chosen("aspect")) return show("");
    const id = await keepUpload(form);
    if (!id) return show("");
    under_way = new AbortController();
    try {
      const answer = await fetch(`${picker.dataset.url.replace("UPLOAD", id)}?${query()}`, { signal: under_way.signal });
      if (answer.status === 202) return later();
      if (answer.ok || answer.status === 422) show(await answer.text());
    } catch {
      // Superseded by a newer question, or no connection: Generate asks the same again.
    }
  }

  function later() {
    show("");
    if (waits < WAIT_S.length) timer = setTimeout(ask, WAIT_S[waits++] * 1000);
  }

  function soon() {
    clearTimeout(timer);
    waits = 0;
    timer = setTimeout(ask, PAUSE_MS);
  }

  picker.addEventListener("input", soon);
  // A hidden field's value is its attribute: whoever puts another photo or mask there is heard here.
  const watcher = new MutationObserver(soon);
  for (const name of ["upload", "mask_upload"]) {
    if (form.elements[name]) watcher.observe(form.elements[name], { attributeFilter: ["value"] });
  }
  if (chosen("aspect")) ask((waits = 0));
});
