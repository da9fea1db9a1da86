// Before and after on each other, cut at a handle that follows pointer and arrow keys. Without this they stand side by side.
import { onEach } from "./start.js";

const SHOWN_FIRST = 50;

onEach("[data-compare]", (compare) => {
  const range = compare.querySelector('input[type="range"]');
  if (!range) return;
  const cut = document.createElement("div");
  cut.className = "compare__cut";
  compare.insertBefore(cut, range.parentElement);

  function place() {
    compare.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", compare.dataset.value.replace("{n}", String(100 - range.value)));
  }

  function follow(event) {
    const box = cut.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * 100;
    range.value = String(Math.round(document.dir === "rtl" ? 100 - at : at));
    place();
  }

  for (const figure of compare.querySelectorAll("figure")) {
    figure.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      figure.setPointerCapture(event.pointerId);
      event.preventDefault();
      follow(event);
    });
    figure.addEventListener("pointermove", (event) => {
      if (figure.hasPointerCapture(event.pointerId)) follow(event);
    });
  }
  range.addEventListener("input", () => {
    compare.style.removeProperty("--wipe");
    place();
  });

  // A picture that has just been made is wiped in once, from the original to the result.
  const fresh = compare.closest("[data-wipe]");
  range.value = fresh ? "100" : String(SHOWN_FIRST);
  place();
  if (!fresh) return;
  compare.style.setProperty("--wipe", "var(--d-3)");
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      range.value = String(SHOWN_FIRST);
      place();
    }),
  );
});
