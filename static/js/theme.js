// Light, dark or as the system says. The server reads the cookie, so the next page comes in the right colors at once.
const YEAR_S = 31536000;

function choose(value) {
  const root = document.documentElement;
  if (value === "system") delete root.dataset.theme;
  else root.dataset.theme = value;
  const age = value === "system" ? 0 : YEAR_S;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${value}; path=/; max-age=${age}; samesite=lax${secure}`;
  mark();
}

function mark() {
  const now = document.documentElement.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice] button")) {
    button.setAttribute("aria-pressed", String(button.value === now));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice] button");
  if (button) choose(button.value);
});
mark();
