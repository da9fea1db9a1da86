// The page of a form that was open too long leads back to it, with everything that was typed still there.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]")) return;
  event.preventDefault();
  history.back();
});
