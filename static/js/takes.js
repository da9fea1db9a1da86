// The tiles of one submission ask for themselves: not in a hidden tab, and again after a lost connection.
const RETRY_MS = 4000;
const asking = ".take__state[hx-trigger]";

function poll() {
  for (const tile of document.querySelectorAll(asking)) tile.dispatchEvent(new CustomEvent("poll"));
}

document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.target.matches?.(asking)) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden || poll());
for (const failure of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(failure, ({ target }) => target.matches?.(asking) && setTimeout(poll, RETRY_MS));
}
