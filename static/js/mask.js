// The mask of a run, drawn or a file of one's own: kept by the server at once and named in a hidden field.
import { onEach } from "./start.js";
import { post } from "./kept.js";
import { recallMask, rememberMask } from "./preview.js";

/** Keep a mask for this form's run; returns "" or the sentence that says why not. It is named only while `isWanted`. */
async function keep(form, file, { isDrawn, isWanted }) {
  const { failed } = form.querySelector("[data-mask]").dataset;
  const answer = await post(form, ["mask", file, "mask.png"]).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.status !== 201) return told?.message ?? failed;
  if (!isWanted()) return "";
  form.elements.mask_upload.value = told.id;
  form.elements.mask.value = "";
  rememberMask(form.elements.upload.value, told.id);
  form.dispatchEvent(new CustomEvent("mask", { detail: { isDrawn } }));
  return "";
}

/** Send what is drawn before the form goes: what is sent is what is seen. drawn(): the file now; told(sentence): "" or why not. */
export function sender(form, { drawn, told }) {
  let isSent = true;
  let round = 0; // a photo of its own each
  let sending = null;

  async function upload() {
    while (!isSent) {
      const mine = round;
      isSent = true;
      told("");
      const isWanted = () => isSent && mine === round;
      const sentence = await keep(form, await drawn(), { isDrawn: true, isWanted });
      if (mine !== round) return true;
      told(sentence);
      if (sentence) return (isSent = false);
    }
    return true;
  }

  const send = () => (sending ??= upload().finally(() => (sending = null)));
  form.addEventListener("submit", async (event) => {
    if (isSent && !sending) return;
    event.preventDefault();
    if (event.submitter?.ariaBusy === "true") return;
    event.submitter?.setAttribute("aria-busy", "true");
    const isKept = await send();
    event.submitter?.removeAttribute("aria-busy");
    if (isKept) form.requestSubmit(event.submitter);
  });
  return {
    send,
    changed: () => (isSent = false),
    forget() {
      isSent = true;
      round += 1;
    },
  };
}

onEach("[data-mask]", (fold) => {
  const input = fold.querySelector('input[type="file"]');
  const { form } = input;
  const line = fold.querySelector("[data-mask-refused]");

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    form.elements.mask_upload.value = "";
    const sentence = await keep(form, file, { isDrawn: false, isWanted: () => input.files[0] === file });
    line.hidden = !sentence;
    line.querySelector("span").textContent = sentence;
  });
  // A mask belongs to its photo; the one drawn on this photo before a reload is still there.
  form.addEventListener("photo", ({ detail }) => {
    input.value = "";
    if (detail.isNew) form.elements.mask_upload.value = "";
    form.elements.mask_upload.value ||= recallMask(detail.id);
  });
});
