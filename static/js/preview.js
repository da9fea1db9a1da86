// A small copy of the chosen photo, kept in this tab only: the server never sends back a picture it has not yet cleaned.
const KEY = "photo";
// The upload no run has been made of yet.
const PENDING = "pending";
const MASK = "mask";
const LONG_SIDE_PX = 960;

export const pending = () => sessionStorage.getItem(PENDING) ?? "";
export const settle = () => [PENDING, MASK].forEach((key) => sessionStorage.removeItem(key));

/** The mask drawn on an upload, "" where there is none. */
export function recallMask(id) {
  const [photo, mask] = (sessionStorage.getItem(MASK) ?? "").split(" ");
  return id && photo === id ? mask : "";
}

export function rememberMask(id, mask) {
  try {
    sessionStorage.setItem(MASK, `${id} ${mask}`);
  } catch {
    // Then a reload starts from the subject that was found.
  }
}

// The file itself, until the server has it: one in the whole browser, and only the tab that put it there takes it back.
const UNSENT = "unsent";

export async function hold(file) {
  try {
    const at = `/${UNSENT}/${Math.random()}/${encodeURIComponent(file.name)}`;
    await caches.delete(UNSENT);
    await (await caches.open(UNSENT)).put(at, new Response(file));
    sessionStorage.setItem(UNSENT, at);
  } catch {
    // Then only what has been sent outlives this page.
  }
}

export function release() {
  if (!sessionStorage.getItem(UNSENT)) return;
  sessionStorage.removeItem(UNSENT);
  caches.delete(UNSENT);
}

export async function held() {
  const at = sessionStorage.getItem(UNSENT);
  const file = at && (await (await caches.match(at))?.blob());
  return file && new File([file], decodeURIComponent(at.split("/").pop()), { type: file.type });
}

export async function remember(id, file, slot = KEY) {
  try {
    if (slot === KEY) sessionStorage.setItem(PENDING, id);
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE_PX / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    sessionStorage.setItem(slot, JSON.stringify({ id, data: canvas.toDataURL("image/jpeg", 0.8) }));
  } catch {
    // A picture this browser cannot draw (HEIC in most) is simply shown without a preview.
  }
}

export function recall(id, slot = KEY) {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(slot));
  } catch {
    return null;
  }
  if (!id || kept?.id !== id) return null;
  const bytes = Uint8Array.from(atob(kept.data.split(",")[1]), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
}
