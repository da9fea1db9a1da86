// What every form of ours does: takes one press only, and leads the reader to the first problem.
const BUSY_MS = 10000;

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.classList.contains("btn")) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.form?.ariaBusy || button.removeAttribute("aria-busy"), BUSY_MS);
});

// A page taken back out of the browser's memory must not look as if it were still sending.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('.btn[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// The page of a form that was open too long leads back to it, with everything that was typed still there.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]")) return;
  event.preventDefault();
  history.back();
});

const problem = document.querySelector("[data-focus]");
if (problem) {
  document.title = `${problem.dataset.prefix ?? "Error: "}${document.title}`;
  problem.focus();
}
