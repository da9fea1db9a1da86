// A phone paints the small copy of a picture first. Once that stands, the file itself takes its place where the screen is finer.
import { onEach } from "./start.js";

const loaded = new Promise((done) => {
  if (document.readyState === "complete") done();
  else addEventListener("load", done, { once: true });
});

onEach("[data-first]", async (first) => {
  await loaded;
  await first.parentElement.querySelector("img").decode().catch(() => {}); // a picture that was replaced meanwhile
  // Without it the picture chooses by the fineness of the screen; until the file is there, the copy stays.
  if (!navigator.connection?.saveData) first.remove();
});
