// A details menu closes when one clicks elsewhere or presses Esc.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
// What this tab keeps of one person's work is not the next one's to see.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-logout]")) return;
  sessionStorage.clear();
  self.caches?.delete("unsent");
});
