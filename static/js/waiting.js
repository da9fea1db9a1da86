// A photo chosen before signing in waits here, in this browser only, until the studio opens in it; an hour at most.
import { onEach } from "./start.js";

const CACHE = "waiting-photo";
const KEPT_MS = 60 * 60 * 1000;
const LIMIT_BYTES = 20 * 1024 * 1024;

onEach("[data-waiting]", (zone) => {
  const wrong = zone.querySelector('[role="alert"]');
  async function take(file) {
    if (!file) return;
    wrong.hidden = /^image\/|^$/.test(file.type) && file.size <= LIMIT_BYTES;
    wrong.textContent = wrong.hidden ? "" : zone.dataset.wrong;
    if (!wrong.hidden) return;
    try {
      const headers = { "Content-Type": file.type || "image/heic", "X-Name": encodeURIComponent(file.name), "X-Until": String(Date.now() + KEPT_MS) };
      await (await caches.open(CACHE)).put("/waiting", new Response(file, { headers }));
    } catch {
      // Without a place to keep it the studio asks for it again.
    }
    location.assign(zone.dataset.waiting);
  }
  const input = zone.querySelector('input[type="file"]');
  input.addEventListener("change", () => take(input.files[0]));
  addEventListener("paste", (event) => take(event.clipboardData?.files[0]));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.dataset.over = "";
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? delete zone.dataset.over);
  addEventListener("drop", (event) => {
    event.preventDefault();
    delete zone.dataset.over;
    take(event.dataTransfer.files[0]);
  });
});

async function collect(input) {
  const kept = await caches.match("/waiting", { cacheName: CACHE });
  if (!kept) return;
  await caches.delete(CACHE);
  if (!input || Number(kept.headers.get("X-Until")) < Date.now()) return;
  const chosen = new DataTransfer();
  chosen.items.add(new File([await kept.blob()], decodeURIComponent(kept.headers.get("X-Name")), { type: kept.headers.get("Content-Type") }));
  input.files = chosen.files;
  input.dispatchEvent(new Event("change"));
}

// The studio takes what waits, and whoever comes back to the front page begins anew.
onEach("[data-studio]", (form) => window.caches && collect(form.querySelector('[data-drop] input[type="file"]')).catch(() => {}));
