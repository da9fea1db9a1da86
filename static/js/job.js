// While a run is under way: no polling in a hidden tab, patience with a lost connection, and each stage said once.
import { onEach } from "./start.js";
import { recall } from "./preview.js";
import { patience } from "./retry.js";

const live = document.getElementById("live");
const words = document.getElementById("run-words");
let missed = 0;
let said = "";

const polled = () => document.querySelector('section[hx-trigger][data-state="queued"], section[hx-trigger][data-state="running"]');

function poll() {
  const section = polled();
  if (section) section.dispatchEvent(new CustomEvent("poll"));
}

function say(sentence) {
  if (!sentence || sentence === said) return;
  said = sentence;
  live.textContent = sentence;
}

document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.target === polled()) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden || poll());

function lost() {
  const head = polled()?.querySelector(".steps__head");
  if (head) {
    head.classList.add("lost");
    head.textContent = words.dataset.lost;
  }
  say(words.dataset.lost);
  patience(missed).then(poll);
  missed += 1;
}

document.addEventListener("htmx:error", (event) => event.target === polled() && lost());
document.addEventListener("htmx:response:error", (event) => event.target === polled() && lost());
document.addEventListener("htmx:before:response", (event) => {
  const { raw, status } = event.detail.ctx.response;
  if (event.target !== polled() || !(raw.redirected || (status >= 400 && status < 500))) return;
  // Signed out meanwhile, or deleted elsewhere: the page itself leads on, and back here.
  event.preventDefault();
  location.reload();
});

onEach("section[data-state]", (section) => {
  missed = 0;
  const now = section.querySelector('[data-step="now"]')?.textContent;
  say(now ?? section.dataset.ended);
  const figure = section.querySelector("[data-kept-photo]");
  if (!figure) return;
  const url = recall(figure.dataset.keptPhoto);
  const image = figure.querySelector("img");
  if (!url) return figure.remove();
  image.src = url;
  delete image.dataset.blank;
});

// What had the focus beside the stage is gone once the run has ended: the new heading takes it.
let held = null;
document.addEventListener("focusin", (event) => (held = event.target.closest("#side") ? event.target : null));
document.addEventListener("htmx:after:process", () => {
  if (!held || held.isConnected) return;
  held = null;
  document.querySelector("#side h1")?.focus();
});

document.addEventListener("keydown", (event) => {
  const cancel = document.querySelector("[data-cancel]");
  if (event.key !== "Escape" || !cancel || document.querySelector("dialog[open]")) return;
  document.querySelector("[data-asked]").hidden = false;
  cancel.focus();
});
