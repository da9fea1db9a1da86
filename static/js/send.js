// Generate is sent from this page: where the connection or our side fails, the page stays, says so, and sends the same again.
import { sent } from "./draft.js";
import { photo, words } from "./kept.js";
import { patience } from "./retry.js";

const TIMEOUT_MS = 30000;
// RFC 7240: where a run was started its address will do; the page of it is loaded once, by the browser itself.
const headers = { Prefer: "return=minimal" };
const form = document.querySelector("[data-studio]");

function say(sentence) {
  const line = form.querySelector("[data-unsent]");
  line.hidden = !sentence;
  line.querySelector("span").textContent = document.getElementById("live").textContent = sentence;
}

/** Resolves with the answer and its page once there is one. The form's own id makes any number of sendings one run. */
async function post() {
  const isLong = [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length);
  for (let missed = 0; ; missed += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", headers, body: new FormData(form), signal: isLong ? null : AbortSignal.timeout(TIMEOUT_MS) });
      return [answer, await answer.text()];
    } catch {
      say(words().lost);
      await patience(missed);
    }
  }
}

async function send(button) {
  await photo.sending;
  say("");
  const [answer, page] = await post();
  if (answer.status === 201) {
    sent();
    button.dataset.accepted = "";
    location.assign(answer.headers.get("Location"));
  } else if (answer.redirected) {
    location.assign(answer.url);
  } else if (answer.status < 500 || page.includes("data-studio")) {
    // A page with what is wrong: it comes the plain way.
    form.submit();
  } else {
    say(words().failed.replace("{id}", answer.headers.get("X-Request-Id") ?? ""));
    return true;
  }
}

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || event.target !== form || !button?.matches("[data-generate]")) return;
  event.preventDefault();
  form.ariaBusy = "true";
  if (!(await send(button))) return;
  form.ariaBusy = null;
  button.removeAttribute("aria-busy");
});

// Back from the run: its page was taken out of the browser's memory as it was left.
addEventListener("pageshow", () => document.querySelector("[data-accepted]")?.removeAttribute("data-accepted"));
