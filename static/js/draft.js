// Keeps what was typed in this tab until a run has been made of it: a reload, a sign-in or a look at the balance loses nothing.
const KEY = "draft";
const form = document.querySelector("[data-studio]");

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

if (form) {
  const prompt = form.querySelector("[data-draft]");
  const kept = read();
  if (!prompt.value && kept.prompt) prompt.value = kept.prompt;
  prompt.addEventListener("input", () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ prompt: prompt.value }));
    } catch {
      // A full or forbidden storage only means that this draft is not kept.
    }
  });
} else if (document.querySelector("[data-run]")) {
  // The server has it now.
  sessionStorage.removeItem(KEY);
}
