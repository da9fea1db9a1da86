// Keeps words and photo in this tab until a run has been made of them: a reload, a sign-in or a look at the balance loses nothing.
import { settle } from "./preview.js";

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
  if (prompt && !prompt.value && kept.prompt) prompt.value = kept.prompt;
  prompt?.addEventListener("input", () => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ prompt: prompt.value }));
    } catch {
      // Then this draft is not kept.
    }
  });
} else if (document.querySelector("[data-run]")) {
  // The server has them now.
  sessionStorage.removeItem(KEY);
  settle();
}
